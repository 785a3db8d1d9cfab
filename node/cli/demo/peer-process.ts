/** One peer of the demo, as a process of its own. Started by `murmur demo`, steered over the IPC channel. */
import '../../polyfills.js'
import { join } from 'node:path'
import { isMurmurationError, reasonOf } from '../../../protocols/errors.js'
import { loadDataset, parseDataSource } from '../../data/index.js'
import { seededIdentity } from '../../network/index.js'
import { createPeer, type Peer, type PeerReport } from '../../peer.js'
import { saveRunModel } from '../save-model.js'
import type { FromPeer, ToPeer } from './messages.js'

const LISTEN = '/ip4/127.0.0.1/tcp/0'

const send = (message: FromPeer): void => void process.send?.(message)

const fail = (error: unknown): void => {
  const code = isMurmurationError(error) ? error.code : 'BUG'
  const name = error instanceof Error ? error.name : 'Error'
  send({ type: 'failed', error: { name, code, message: reasonOf(error) } })
}

let peer: Peer | undefined
let stopping: Promise<void> | undefined

const stop = (): Promise<void> => {
  stopping ??= (peer?.stop() ?? Promise.resolve()).finally(() => process.exit(0))
  return stopping
}

const setUp = async (setup: ToPeer & { type: 'setup' }): Promise<void> => {
  const { index, configuration } = setup
  const dataset = await loadDataset(parseDataSource(setup.data), {
    seed: configuration.seed,
    part: { index, of: configuration.minPeers, partition: setup.partition },
  })
  peer = await createPeer({
    configuration,
    identity: await seededIdentity('demo', configuration.seed, index),
    name: `peer-${index}`,
    train: dataset.train,
    test: dataset.test,
    listen: [LISTEN],
    dial: [],
    mdns: false,
    evaluateEvery: setup.reportEvery,
    ...(setup.backend === undefined ? {} : { backend: setup.backend }),
    onReport: (report) => send({ type: 'report', report: forTransport(report, setup.reportEvery) }),
  })
  peer.result
    .then(async ({ weights, ...result }) => {
      const path = join(setup.out, 'model.safetensors')
      await saveRunModel(path, { configuration, weights, digest: result.digest, peers: result.roster.length })
      send({ type: 'result', result, path })
    }, fail)
    .catch(fail)
  send({
    type: 'ready',
    id: peer.id,
    address: peer.addresses()[0]!,
    backend: peer.backend,
    labelCounts: dataset.labelCounts,
  })
}

/** Shared memory cannot cross to another process: weights go as a copy, and only when they are asked for. */
const forTransport = (report: PeerReport, every: number): PeerReport => {
  if (report.type !== 'round') return report
  const wanted = report.round % every === 0
  return { ...report, weights: wanted ? Float32Array.from(report.weights) : new Float32Array(0) }
}

/** The members tell each other the rest of the addresses. */
const go = async (addresses: readonly string[]): Promise<void> => {
  for (const address of addresses) await peer!.dial(address)
}

process.on('message', (message: ToPeer) => {
  switch (message.type) {
    case 'setup':
      return void setUp(message).catch(fail)
    case 'go':
      return void go(message.addresses).catch(fail)
    case 'stop':
      return void stop()
  }
})
// Ctrl-C reaches every process of the terminal; the demo decides what happens.
process.on('SIGINT', () => {})
process.on('disconnect', () => void stop())
