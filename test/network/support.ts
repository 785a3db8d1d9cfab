/** Real nodes on 127.0.0.1 for the tests of this folder. */
import { createHash } from 'node:crypto'
import type { Connection } from '@libp2p/interface'
import { lpStream } from '@libp2p/utils'
import { multiaddr } from '@multiformats/multiaddr'
import { MurmurationError } from '../../protocols/errors.js'
import { limits as defaults } from '../../protocols/limits.js'
import type { Limits } from '../../protocols/limits.js'
import { createLayout } from '../../protocols/model/index.js'
import type { Layout } from '../../protocols/model/index.js'
import { createRandom } from '../../protocols/random.js'
import { decodeRunReply, encodeRunRequest } from '../../protocols/wire/index.js'
import type {
  Head,
  HeadsMessage,
  MemberRecord,
  MergeMessage,
  Presence,
  RunReply,
  RunRequest,
} from '../../protocols/wire/index.js'
import { topicsOf } from '../../node/network/gossip.js'
import { createNode } from '../../node/network/libp2p.js'
import { createIdentity, createNetwork, describeSnapshot, RUN_PROTOCOL } from '../../node/network/index.js'
import type {
  MergeCall,
  Network,
  NetworkHandlers,
  NetworkOptions,
  ServedSnapshot,
} from '../../node/network/index.js'

/** Milliseconds after which a test that waits for an event has failed. */
const PATIENCE_MS = 10_000

export interface Recorded {
  readonly kind:
    'heads' | 'merge' | 'admitted' | 'subscribed' | 'disconnected' | 'refused' | 'members' | 'discovered'
  readonly peer: string | null
  readonly code?: string
  readonly heads?: HeadsMessage
  readonly merge?: MergeMessage
  readonly presence?: Presence
  readonly records?: readonly MemberRecord[]
}

export interface TestPeer {
  readonly network: Network
  readonly id: string
  readonly address: string
  readonly events: readonly Recorded[]
  readonly mergeCalls: readonly MergeCall[]
  /** The first event, past or future, that fits. Fails after ten seconds. */
  until(fits: (event: Recorded) => boolean): Promise<Recorded>
  /** What the peer serves from now on. */
  serve(snapshot: ServedSnapshot | null): void
  /** How it answers requests for snapshots from now on. */
  serveWith(answer: NetworkHandlers['snapshot']): void
  /** How the peer answers in a merge from now on. @default with `none` */
  answer(shard: NetworkHandlers['shard']): void
}

export const layoutOf = (length: number, name = 'w'): Layout =>
  createLayout([{ name, shape: [length], kind: 'bias' }])

/** A configuration whose SHA-256 is the run id. */
export const runOf = (layout: Layout, text = 'a run') => {
  const configuration = new TextEncoder().encode(JSON.stringify(text))
  return { runId: createHash('sha256').update(configuration).digest('hex'), layout, configuration }
}

export const smallLimits = (changes: Partial<Limits>): Limits => ({ ...defaults, ...changes })

/** A swarm of peers that the test stops at its end with `await swarm.stop()`. */
export const createSwarm = () => {
  const peers: TestPeer[] = []
  return {
    async start(options: Partial<NetworkOptions> & Pick<NetworkOptions, 'run'>): Promise<TestPeer> {
      const peer = await startPeer(options)
      peers.push(peer)
      return peer
    },
    stop: () => Promise.all(peers.map(({ network }) => network.stop())),
  }
}

const startPeer = async (
  options: Partial<NetworkOptions> & Pick<NetworkOptions, 'run'>,
): Promise<TestPeer> => {
  const events: Recorded[] = []
  const mergeCalls: MergeCall[] = []
  const waiting = new Set<() => void>()
  let serving: NetworkHandlers['snapshot'] = () => null
  let shard: NetworkHandlers['shard'] = () => ({ type: 'none' })
  const record = (event: Recorded) => {
    events.push(event)
    for (const look of waiting) look()
  }
  const handlers: NetworkHandlers = {
    onHeads: (peer, heads) => record({ kind: 'heads', peer, heads }),
    onMerge: (peer, merge) => record({ kind: 'merge', peer, merge }),
    onAdmitted: (peer, presence) => record({ kind: 'admitted', peer, presence }),
    onSubscribed: (peer) => record({ kind: 'subscribed', peer }),
    onDisconnected: (peer) => record({ kind: 'disconnected', peer }),
    onRefused: (peer, code) => record({ kind: 'refused', peer, code }),
    onMembers: (records) => record({ kind: 'members', peer: null, records }),
    onDiscovered: (peer) => record({ kind: 'discovered', peer }),
    snapshot: (request, from) => serving(request, from),
    shard: (request, from) => shard(request, from),
    status: () => new TextEncoder().encode('{"round":1}'),
    mergeCall(call) {
      mergeCalls.push(call)
      return call.loopback
        ? { type: 'accepted' }
        : { type: 'refused', code: 'NOT_LOCAL', message: 'not from here' }
    },
    members: () => [],
  }
  const network = await createNetwork({
    identity: createIdentity(),
    listen: ['/ip4/127.0.0.1/tcp/0'],
    mdns: false,
    name: 'test peer',
    handlers,
    ...options,
  })
  return {
    network,
    id: network.peerId,
    address: network.addresses()[0] ?? '',
    events,
    mergeCalls,
    until: (fits) =>
      new Promise((resolve, reject) => {
        const signal = AbortSignal.timeout(PATIENCE_MS)
        const look = () => {
          const found = events.find(fits)
          if (!found) return
          waiting.delete(look)
          resolve(found)
        }
        signal.addEventListener('abort', () => {
          waiting.delete(look)
          reject(new Error(`waited in vain; seen: ${JSON.stringify(events)}`))
        })
        waiting.add(look)
        look()
      }),
    serve: (snapshot) => (serving = () => snapshot),
    serveWith: (answer) => (serving = answer),
    answer: (how) => (shard = how),
  }
}

/** Weights that are all different, with a negative zero among them. */
export const weightsOf = (length: number, seed = 'weights'): Float32Array => {
  const random = createRandom(seed)
  const weights = Float32Array.from({ length }, () => random.next() * 2 - 1)
  weights[0] = -0
  return weights
}

export const headOf = (digest: string, changes: Partial<Head> = {}): Head => ({
  version: 1,
  round: 1,
  samples: 32,
  digest,
  degree: 1,
  finished: false,
  loss: 0.5,
  accuracy: null,
  ...changes,
})

export const snapshotOf = async (
  weights: Float32Array,
  layout: Layout,
  { chunkBytes, ...head }: Partial<Head> & { readonly chunkBytes?: number } = {},
): Promise<ServedSnapshot> => {
  const { bytes, leaves, digest } = await describeSnapshot(weights, chunkBytes)
  return { head: headOf(digest, head), layout: layout.fingerprint, bytes, leaves }
}

/** A bare libp2p node that speaks the protocols by hand, to break their rules. */
export const startHostile = async (run: { readonly runId: string; readonly layout: Layout }) => {
  const topics = topicsOf(run.runId)
  const node = await createNode({
    identity: createIdentity(),
    listen: ['/ip4/127.0.0.1/tcp/0'],
    mdns: false,
    bootstrap: [],
    topics: [topics.heads, topics.merge],
    limits: defaults,
    onDiscovered: () => {},
  })
  const signal = AbortSignal.timeout(PATIENCE_MS)
  return {
    node,
    topics,
    id: node.peerId.toString(),
    signal,
    /** Connects without a word. */
    connect: (address: string) => node.dial(multiaddr(address), { signal }),
    async ask(connection: Connection, request: RunRequest): Promise<RunReply> {
      const frames = lpStream(await connection.newStream(RUN_PROTOCOL, { signal }))
      await frames.write(encodeRunRequest(request), { signal })
      return decodeRunReply((await frames.read({ signal })).subarray())
    },
    hello: (): RunRequest => ({
      type: 'hello',
      runId: run.runId,
      layout: run.layout.fingerprint,
      presence: { name: 'hostile', addresses: [], leaving: false },
    }),
    /** Resolves when the other side has closed the connection. */
    hungUp: (connection: Connection) =>
      new Promise<void>((resolve, reject) => {
        if (connection.status !== 'open') resolve()
        connection.addEventListener('close', () => resolve())
        signal.addEventListener('abort', () => reject(new Error('still connected')))
      }),
    stop: () => node.stop(),
  }
}

/** The code of the error of ours that it rejects with. */
export const codeOf = async (promise: Promise<unknown>): Promise<string> => {
  try {
    await promise
    return 'nothing was thrown'
  } catch (error) {
    if (error instanceof MurmurationError) return (error as MurmurationError).code
    throw error
  }
}
