/** Peers that do nothing but merge, in a process of their own: network and merge as they ship, no training. */
import '../../node/polyfills.js'
import { createKernels } from '../../node/kernels/kernels.js'
import {
  createNetwork,
  createSignatures,
  peerIdOf,
  seededIdentity,
  type Network,
} from '../../node/network/index.js'
import { createClaims } from '../../node/peer.js'
import { createMerges, type Merges } from '../../node/peer/merge/merges.js'
import { createSnapshots } from '../../node/peer/snapshots.js'
import { average, averagingRule } from '../../protocols/averaging/index.js'
import { createLayout } from '../../protocols/model/index.js'
import { createRandom } from '../../protocols/random.js'
import { encodeRunConfiguration, parseRunConfiguration, runIdOf } from '../../protocols/run/index.js'
import type { Trainer } from '../../protocols/training/contract.js'
import type { FromMergePeer, ToMergePeer } from './messages.js'

interface Peer {
  readonly merges: Merges
  readonly network: Network
}

const kernels = createKernels()
const peersHere = new Map<number, Peer>()

const send = (message: FromMergePeer): void => void process.send?.(message, () => {})
const failureOf = (index: number) => (error: unknown) => {
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
  send({ type: 'failed', index, message })
}

const setUp = async ({
  index,
  peers,
  parameters,
  method,
}: ToMergePeer & { type: 'setUp' }): Promise<void> => {
  const configuration = parseRunConfiguration({ name: 'merge', periods: 2, finalMerge: { method } })
  const identities = Array.from({ length: peers }, (_, i) => seededIdentity('merge', 1, i))
  const members = identities.map(peerIdOf).sort()
  const identity = identities[index]!
  const layout = createLayout([{ name: 'weights', shape: [parameters], kind: 'bias' }])
  const snapshots = createSnapshots()
  const network = await createNetwork({
    identity,
    listen: ['/ip4/127.0.0.1/tcp/0'],
    mdns: false,
    name: `peer-${index}`,
    run: { runId: runIdOf(configuration), layout, configuration: encodeRunConfiguration(configuration) },
    handlers: {
      onHeads(from, message) {
        if (message.type === 'presence') network.learn({ id: from, ...message.presence })
      },
      onMerge: (from, message) => peersHere.get(index)?.merges.hear(from, message),
      onAdmitted: (id, { name, addresses }) => network.learn({ id, name, addresses }),
      onDisconnected() {},
      onRefused() {},
      onMembers: (records) => records.forEach((record) => network.learn(record)),
      snapshot: (request) => snapshots.find(request),
      shard: (request, from) => peersHere.get(index)?.merges.serve(request, from) ?? { type: 'none' },
      status: () => new Uint8Array(),
      mergeCall: () => ({ type: 'refused', code: 'NO', message: 'not here' }),
      members: () => [],
    },
  })
  const claims = createClaims()
  const random = createRandom('weights', index)
  const weights = new Float32Array(new SharedArrayBuffer(4 * parameters)).map(() => random.next() - 0.5)
  const trainer = {
    statisticsLength: 0,
    mix({ rule, contributions }) {
      const out = new Float32Array(new SharedArrayBuffer(4 * parameters))
      average({ rule: averagingRule(rule), layout, contributions, out })
      return Promise.resolve(out)
    },
  } as Pick<Trainer, 'statisticsLength' | 'mix'> as Trainer
  const merges: Merges = createMerges({
    ...{
      self: network.peerId,
      configuration,
      layout,
      trainer,
      network,
      snapshots,
      timing: undefined,
      kernels,
    },
    signatures: createSignatures(identity),
    claim: (slot, value) => claims.claim(slot, value),
    members: () => members,
    signal: new AbortController().signal,
    freeze: () => merges.frozen({ weights, samples: 1 }),
    onMerged: ({ outcome: { digest, roster, attempts } }) =>
      send({
        ...{ type: 'merged', index, digest, models: roster.length, attempts, atMs: Date.now() },
        ...network.stats(),
      }),
    onAbandoned: ({ reason }) => send({ type: 'abandoned', index, reason }),
    onAccused: (id, fault) => send({ type: 'failed', index, message: `accuses ${id}: ${fault}` }),
    fail: failureOf(index),
  })
  peersHere.set(index, { merges, network })
  send({ type: 'ready', index, address: network.addresses()[0]! })
}

process.on('message', (message: ToMergePeer) => {
  const { index } = message
  const fail = failureOf(index)
  if (message.type === 'setUp') return void setUp(message).catch(fail)
  const { merges, network } = peersHere.get(index)!
  switch (message.type) {
    case 'dial':
      return void Promise.all(message.addresses.map((address) => network.dial(address))).then(
        () => send({ type: 'dialled', index, connected: network.connectedPeers().length }),
        fail,
      )
    case 'count':
      return send({ type: 'counted', index, ...network.stats() })
    case 'call':
      return merges.call()
  }
})
process.on('disconnect', () => process.exit(0))
