import '../polyfills.js'
import { createHash } from 'node:crypto'
import { gossipsub, StrictSign } from '@chainsafe/libp2p-gossipsub'
import type { GossipSub, GossipSubComponents } from '@chainsafe/libp2p-gossipsub'
import { bootstrap } from '@libp2p/bootstrap'
import type { BootstrapComponents } from '@libp2p/bootstrap'
import { identify } from '@libp2p/identify'
import type { Identify } from '@libp2p/identify'
import type { Libp2p, PeerDiscovery, PeerInfo } from '@libp2p/interface'
import { mdns } from '@libp2p/mdns'
import type { MulticastDNSComponents } from '@libp2p/mdns'
import { noise } from '@libp2p/noise'
import { ping } from '@libp2p/ping'
import type { Ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { createLibp2p } from 'libp2p'
import type { Limits } from '../../protocols/limits.js'
import { privateKeyOf } from './identity.js'
import { socketTls } from './socket-tls.js'

export type Node = Libp2p<{ identify: Identify; ping: Ping; pubsub: GossipSub }>

/** The service that peers announce by multicast DNS: our own, so that other libp2p programs are not dialled. */
const MDNS_SERVICE_TAG = '_murmuration._udp.local'

/**
 * Milliseconds between two queries: of a member, which goes on for hours (libp2p's default), and of a visitor, which
 * gives up after 10 s (guess: RFC 6762, section 5.2, asks for at least one second). Peers do not announce themselves
 * unasked, so this is also how late one that has just started is found.
 */
const MDNS_QUERY_EVERY_MS = { member: 10_000, visitor: 2_000 }

/** Bytes a peer may send on one stream before it must wait. Larger windows only cost memory (measured, loopback). */
const STREAM_WINDOW_BYTES_MAX = 1024 * 1024

export interface NodeOptions {
  readonly identity: Uint8Array
  readonly listen: readonly string[]
  readonly mdns: boolean
  /** Multiaddrs with peer id. */
  readonly bootstrap: readonly string[]
  readonly topics: readonly string[]
  readonly limits: Limits
  readonly onDiscovered: (peer: PeerInfo) => void
}

/** The libp2p node, not yet started: handlers are registered first, so that no early peer finds them missing. */
export const createNode = async (options: NodeOptions): Promise<Node> => {
  const { identity, listen, topics, limits } = options
  return createLibp2p({
    start: false,
    privateKey: privateKeyOf(identity),
    addresses: { listen: [...listen] },
    transports: [tcp()],
    // The order is the order of preference: TLS moves 20 to 60 % more than noise.
    connectionEncrypters: [socketTls(), noise()],
    streamMuxers: [yamux({ streamOptions: { maxStreamWindowSize: STREAM_WINDOW_BYTES_MAX } })],
    // Pings collide with the monitor's own, and a busy machine is late: neither is a reason to hang up.
    connectionMonitor: { pingInterval: 30_000, abortConnectionOnPingFailure: false },
    connectionManager: {
      dialTimeout: limits.dialTimeoutMs,
      // An address that swallows packets, such as one of another's VPN, leaves time for the next.
      addressDialTimeout: limits.dialTimeoutMs / 2,
      maxPeerAddrsToDial: limits.addressesMax,
      // Swarms on one machine come from one address: the defaults (5 a second, 10 pending) refuse them.
      inboundConnectionThreshold: 1000,
      maxIncomingPendingConnections: 100,
    },
    peerDiscovery: discovery(options),
    services: {
      identify: identify(),
      ping: ping({ maxInboundStreams: 32, maxOutboundStreams: 32 }),
      pubsub: pubsub(topics, limits),
    },
  })
}

type Discovery = (components: MulticastDNSComponents & BootstrapComponents) => PeerDiscovery

/** Listens to the modules themselves: libp2p's `peer:discovery` also names every peer that it merely met. */
const discovery = ({ mdns: multicast, bootstrap: list, topics, onDiscovered }: NodeOptions): Discovery[] => {
  const interval = topics.length > 0 ? MDNS_QUERY_EVERY_MS.member : MDNS_QUERY_EVERY_MS.visitor
  const heard =
    (module: Discovery): Discovery =>
    (components) => {
      const instance = module(components)
      instance.addEventListener('peer', (event) => onDiscovered(event.detail))
      return instance
    }
  return [
    ...(multicast ? [heard(mdns({ serviceTag: MDNS_SERVICE_TAG, interval }))] : []),
    ...(list.length > 0 ? [heard(bootstrap({ list: [...list], timeout: 0 }))] : []),
  ]
}

/** Mesh degree 4 (3 to 6) spread a message to 50 nodes in 12 ms, 47 ms at worst, with 4.5 copies each. */
const pubsub = (
  topics: readonly string[],
  limits: Limits,
): ((components: GossipSubComponents) => GossipSub) =>
  gossipsub({
    globalSignaturePolicy: StrictSign,
    allowPublishToZeroTopicPeers: true,
    allowedTopics: [...topics],
    floodPublish: false,
    D: 4,
    Dlo: 3,
    Dhi: 6,
    Dout: 1,
    // The envelope adds sender, sequence number, topic and signature; several messages may share one frame.
    maxInboundDataLength: 8 * limits.gossipBytesMax,
    fastMsgIdFn: ({ from, seqno, data }) => {
      const hash = createHash('sha256')
      for (const part of [from, seqno, data]) if (part) hash.update(part)
      return hash.digest('base64')
    },
    scoreParams: {
      IPColocationFactorWhitelist: new Set(['127.0.0.1']),
      topics: Object.fromEntries(topics.map((topic) => [topic, TOPIC_SCORE])),
    },
  })

/**
 * A rejected message costs its forwarder 10 points times the square of the count: out of the mesh below 0, no longer
 * listened to at -80, after three in quick succession. Nothing else scores: members differ in pace, and a slow one is no spammer.
 */
const TOPIC_SCORE = {
  topicWeight: 1,
  timeInMeshWeight: 0,
  timeInMeshQuantum: 1000,
  timeInMeshCap: 1,
  firstMessageDeliveriesWeight: 0,
  firstMessageDeliveriesDecay: 0.5,
  firstMessageDeliveriesCap: 1,
  meshMessageDeliveriesWeight: 0,
  meshMessageDeliveriesDecay: 0.5,
  meshMessageDeliveriesCap: 1,
  meshMessageDeliveriesThreshold: 1,
  meshMessageDeliveriesWindow: 10,
  meshMessageDeliveriesActivation: 1000,
  meshFailurePenaltyWeight: 0,
  meshFailurePenaltyDecay: 0.5,
  invalidMessageDeliveriesWeight: -10,
  invalidMessageDeliveriesDecay: 0.9,
}
