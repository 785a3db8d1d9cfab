import '../polyfills.js'
import { performance } from 'node:perf_hooks'
import type { PeerInfo } from '@libp2p/interface'
import { WireError } from '../../protocols/errors.js'
import { limits as defaultLimits } from '../../protocols/limits.js'
import type { MemberRecord, PushSumMessage, RunReply, RunRequest } from '../../protocols/wire/index.js'
import { createAddressBook, parseAddress, peerIdIn } from './address-book.js'
import { createAdmission } from './admission.js'
import type { Network, NetworkHandlers, NetworkLogger, NetworkOptions, Welcome } from './contract.js'
import { createDialler } from './dialler.js'
import { NetworkError } from './errors.js'
import { createGossip, topicsOf } from './gossip.js'
import { createHello } from './hello.js'
import { peerIdOf } from './identity.js'
import { createNode } from './libp2p.js'
import { createPushSumClient, hearPushSum, PUSH_SUM_PROTOCOL } from './push-sum-protocol.js'
import { createQuietDial } from './quiet-dial.js'
import { askRun, RUN_PROTOCOL, serveRun } from './run-protocol.js'
import { sha256 } from './sha256.js'
import { createShardClient } from './shard-client.js'
import { serveShards, SHARD_PROTOCOL } from './shard-server.js'
import { createSnapshotClient } from './snapshot-client.js'
import { serveSnapshots, SNAPSHOT_PROTOCOL } from './snapshot-server.js'
import { startNode } from './start-node.js'
import { createTally } from './tally.js'

const silent: NetworkLogger = { debug: () => {}, info: () => {}, warn: () => {} }

/**
 * Starts a peer's network: listens, dials the bootstrap list, and answers from then on.
 * @throws NetworkError BAD_IDENTITY, BAD_ADDRESS or ADDRESS_IN_USE; nothing is left running then.
 */
export const createNetwork = async (options: NetworkOptions): Promise<Network> => {
  const { identity, name, run, limits = defaultLimits, log = silent } = options
  const handlers = loud(options.handlers)
  for (const address of options.listen) parseAddress(address)
  const bootstrap = (options.bootstrap ?? []).map(parseAddress)
  const peerId = peerIdOf(identity)
  const topics = run && topicsOf(run.runId)
  const stopping = new AbortController()
  const tally = createTally()
  const book = createAddressBook(limits)

  const onFault = (peer: string, code: string, message: string) => {
    tally.refuse(code)
    log.debug({ peer, code }, message)
    handlers.onRefused(peer, code, message)
  }

  const node = await createNode({
    identity,
    listen: options.listen,
    mdns: options.mdns,
    bootstrap: bootstrap.filter((address) => peerIdIn(address) !== null).map(String),
    topics: topics ? [topics.heads, topics.merge] : [],
    limits,
    onDiscovered: (peer) => onDiscovered(peer),
  })
  const admission = createAdmission({
    limits,
    tally,
    log,
    handlers: {
      onAdmitted(peer, presence) {
        handlers.onAdmitted(peer, presence)
        gossip?.check(peer)
      },
      onDisconnected(peer) {
        gossip?.forget(peer)
        handlers.onDisconnected(peer)
      },
      onRefused: (peer, code, message) => handlers.onRefused(peer, code, message),
    },
  })
  const dialler = createDialler({
    node,
    admission,
    book,
    limits,
    visitor: run === null,
    stopped: stopping.signal,
  })
  const addresses = () => node.getMultiaddrs().map(String)
  const self = (): MemberRecord => ({
    id: peerId,
    name,
    addresses: addresses().slice(0, limits.addressesMax),
  })
  const hello = createHello({ run, self, admission, handlers, learn: book.learn, limits, tally, log })
  const exchanging = { connect: dialler.connect, limits, tally, stopped: stopping.signal, onFault }
  const client = createSnapshotClient({ ...exchanging, firstNonFinite: options.firstNonFinite })
  const shards = createShardClient(exchanging)
  const neighbours = createPushSumClient(exchanging)
  const gossip =
    topics &&
    createGossip({
      pubsub: node.services.pubsub,
      topics,
      self: peerId,
      admission,
      limits,
      tally,
      onFault,
      nowMs: () => performance.now(),
      handlers: {
        onHeads(from, message) {
          if (message.type === 'presence') book.learn({ id: from, addresses: message.presence.addresses })
          handlers.onHeads(from, message)
        },
        onMerge: handlers.onMerge.bind(handlers),
        onSubscribed: (peer) => handlers.onSubscribed?.(peer),
      },
    })

  const dialQuietly = createQuietDial({
    async dial(target) {
      const { remotePeer, remoteAddr } = await dialler.dial(target)
      // A visitor is told what answered: hosts also announce loopback and other addresses that mean nothing elsewhere.
      if (run === null) handlers.onDiscovered?.(remotePeer.toString(), [remoteAddr.toString()])
    },
    limits,
    log,
  })
  const onDiscovered = ({ id, multiaddrs }: PeerInfo) => {
    const found = id.toString()
    if (found === peerId || stopping.signal.aborted) return
    book.learn({ id: found, addresses: multiaddrs.map(String) })
    if (run !== null) handlers.onDiscovered?.(found, multiaddrs.map(String))
    if (!admission.isMember(found)) dialQuietly(found)
  }

  node.addEventListener('connection:open', ({ detail: connection }) => {
    admission.open(connection)
    if (connection.direction === 'outbound') void hello.greet(connection)
  })
  node.addEventListener('connection:close', ({ detail: connection }) => admission.closed(connection))
  const streamLimits = {
    maxInboundStreams: limits.streamsPerProtocol,
    maxOutboundStreams: limits.streamsPerProtocol,
  }
  await node.handle(RUN_PROTOCOL, serveRun({ limits, tally, answer: hello.answer, onFault }), streamLimits)
  await node.handle(
    SNAPSHOT_PROTOCOL,
    serveSnapshots({ snapshot: handlers.snapshot.bind(handlers), admission, limits, tally, onFault }),
    streamLimits,
  )
  await node.handle(
    SHARD_PROTOCOL,
    serveShards({ shard: handlers.shard.bind(handlers), admission, limits, tally, onFault }),
    streamLimits,
  )
  const onPushSum = (from: string, message: PushSumMessage) => handlers.onPushSum?.(from, message)
  await node.handle(
    PUSH_SUM_PROTOCOL,
    hearPushSum({ onPushSum, admission, limits, tally, onFault }),
    streamLimits,
  )
  await startNode(node, options.listen)
  gossip?.start()
  for (const address of bootstrap) if (peerIdIn(address) === null) dialQuietly(address.toString())

  const assertRunning = () => {
    if (stopping.signal.aborted) throw new NetworkError('STOPPED', 'this peer was stopped; start a new one')
  }
  const ask = async (peer: string, request: RunRequest): Promise<RunReply> => {
    assertRunning()
    const connection = await dialler.connect(peer)
    const reply = await askRun(connection, request, { limits, tally, signal: stopping.signal })
    if (reply.type === 'refused' && request.type !== 'callMerge') {
      throw new NetworkError('REFUSED', `${peer} refused: ${reply.message} (${reply.code})`, {
        peer,
        code: reply.code,
      })
    }
    return reply
  }
  const gossiping = () => {
    assertRunning()
    if (gossip) return gossip
    throw new NetworkError('NOT_ADMITTED', 'a visitor takes no part in the run and publishes nothing')
  }
  const unexpected = (peer: string, reply: RunReply) =>
    new WireError('MALFORMED', `${peer} answered with ${reply.type}, which was not asked for`, { peer })

  let stopped: Promise<void> | undefined
  return {
    peerId,
    addresses,
    async dial(target) {
      assertRunning()
      return (await dialler.dial(target)).remotePeer.toString()
    },
    publishHead: async (message) => gossiping().publishHead(message),
    publishMerge: async (message) => gossiping().publishMerge(message),
    async pull(options) {
      assertRunning()
      return client.pull(options)
    },
    async pullModel(options) {
      assertRunning()
      return client.pullModel(options)
    },
    async askShards(request) {
      assertRunning()
      return shards.ask(request)
    },
    async pullSum(request) {
      assertRunning()
      return shards.pullSum(request)
    },
    async tell(peer, message) {
      assertRunning()
      return neighbours.tell(peer, message)
    },
    async fetchRun(peer): Promise<Welcome> {
      const visit = { ...hello.request(), type: 'hello', runId: null, layout: null } as RunRequest
      const reply = await ask(peer, visit)
      if (reply.type !== 'welcome') throw unexpected(peer, reply)
      if (Buffer.from(sha256(reply.configuration)).toString('hex') !== reply.runId) {
        const message = `the run configuration of ${peer} does not hash to its run id; it was not used`
        throw new WireError('DIGEST_MISMATCH', message, { peer, runId: reply.runId })
      }
      return reply
    },
    async status(peer) {
      const reply = await ask(peer, { type: 'status' })
      if (reply.type !== 'status') throw unexpected(peer, reply)
      return reply.status
    },
    async callMerge(peer) {
      const reply = await ask(peer, { type: 'callMerge' })
      if (reply.type !== 'accepted' && reply.type !== 'refused') throw unexpected(peer, reply)
      return reply
    },
    learn: (record) => book.learn(record),
    connectedPeers: () => admission.members(),
    stats: () => tally.read(),
    stop() {
      stopped ??= (async () => {
        stopping.abort()
        admission.stop()
        client.stop()
        shards.stop()
        neighbours.stop()
        await node.stop()
      })()
      return stopped
    },
  }
}

/**
 * What a handler throws is a bug of ours: it ends the process. Thrown into a stream it would pass for a peer that hung up.
 */
const loud = (handlers: NetworkHandlers): NetworkHandlers =>
  new Proxy(handlers, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key)
      if (typeof value !== 'function') return value
      return (...args: unknown[]): unknown => {
        try {
          return Reflect.apply(value, target, args)
        } catch (error) {
          queueMicrotask(() => {
            throw error
          })
          throw error
        }
      }
    },
  })
