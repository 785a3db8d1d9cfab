import type { GossipEvent } from '../../../protocols/gossip-learning/index.js'
import type { Weights } from '../training/contract.js'
import type { Agenda } from '../world/agenda.js'
import type { Network } from '../world/links.js'
import type { SimulatedPeer } from './peer.js'

/** What the peers say to each other: announcements, pulls, and whatever else is sent. */
export interface Transport {
  /** A peer has come, or has gone: what is on its way to it then never arrives. */
  attends(peer: SimulatedPeer): void
  /** Bytes that a peer has sent since the beginning. */
  bytesSentBy(index: number): number
  readonly send: Send
  /** Announces what a peer has just published to those who listen. */
  announce(publisher: SimulatedPeer, readers: Iterable<number>): void
  /** Ends with `pulled`, or with `pullEnded` at the latest after the pull timeout. */
  pull(reader: SimulatedPeer, source: SimulatedPeer, newerThan: number): void
}

/**
 * Sends a message.
 * @param arrive what it does on arrival; called twice when it is duplicated.
 * @param lost called when it will never arrive: known here, to nobody in the swarm.
 */
export type Send = (
  from: SimulatedPeer,
  to: SimulatedPeer,
  bytes: number,
  arrive: () => void,
  lost?: () => void,
) => void

/** Bytes of an announcement, of a request and of an answer without weights, with their envelopes. Rounded up. */
const ANNOUNCEMENT_BYTES = 256
const REQUEST_BYTES = 128

const ABSENT = -1

export const createTransport = ({
  agenda,
  network,
  peers,
  snapshotBytes,
  pullMs,
  isCut,
  deliver,
}: {
  readonly agenda: Agenda
  readonly network: Network
  readonly peers: readonly SimulatedPeer[]
  readonly snapshotBytes: number
  readonly pullMs: number
  readonly isCut: (from: number, to: number) => boolean
  readonly deliver: (peer: SimulatedPeer, event: GossipEvent<Weights>) => void
}): Transport => {
  /**
   * By peer: the incarnation that is there, or ABSENT. In flat arrays, because what a message costs is mostly memory that
   * is not in the cache: hundreds of thousands are under way at once, one object each, to peers in no order.
   */
  const ports = new Int32Array(peers.length).fill(ABSENT)
  const bytesSent = new Float64Array(peers.length)

  abstract class Message {
    readonly port: number
    constructor(readonly to: number) {
      this.port = ports[to]!
    }
    /** Called at its time, twice when it was duplicated. */
    run(): void {
      if (ports[this.to] === this.port) this.arrive()
      else this.lose()
    }
    protected abstract arrive(): void
    /** It will never arrive: known here, to nobody in the swarm. */
    abstract lose(): void
  }

  const post = (from: number, bytes: number, message: Message): void => {
    bytesSent[from]! += bytes
    const arrivals = network.send(from, message.to, bytes, agenda.nowMs)
    if (arrivals.length === 0 || message.port === ABSENT || isCut(from, message.to)) return message.lose()
    for (let i = 0; i < arrivals.length; i++) agenda.plan(arrivals[i]!, message)
  }

  class Announcement extends Message {
    constructor(
      reader: number,
      /** Shared by all readers. */
      readonly event: GossipEvent<Weights>,
    ) {
      super(reader)
    }
    protected arrive(): void {
      deliver(peers[this.to]!, this.event)
    }
    lose(): void {}
  }

  /** The request, on its way to the source. */
  class Pull extends Message {
    readonly deadlineMs = agenda.nowMs + pullMs
    readonly readerPort: number
    isAnswered = false
    isSettled = false
    constructor(
      source: number,
      readonly reader: number,
      readonly newerThan: number,
    ) {
      super(source)
      this.readerPort = ports[reader]!
    }
    protected arrive(): void {
      // A duplicate: answered already.
      if (this.isAnswered) return
      this.isAnswered = true
      const { published } = peers[this.to]!
      const snapshot = published && published.head.version > this.newerThan ? published : undefined
      post(this.to, snapshot ? snapshotBytes : REQUEST_BYTES, new Answer(this, snapshot))
    }
    /** Only now is a timer needed: it is known that no answer comes in time. */
    lose(): void {
      agenda.plan(this.deadlineMs - agenda.nowMs, () => this.settle(undefined))
    }
    settle(snapshot: SimulatedPeer['published']): void {
      if (this.isSettled || ports[this.reader] !== this.readerPort) return
      this.isSettled = true
      const from = peers[this.to]!.id
      deliver(
        peers[this.reader]!,
        snapshot && agenda.nowMs <= this.deadlineMs
          ? { type: 'pulled', from, head: snapshot.head, weights: snapshot.weights }
          : { type: 'pullEnded', from },
      )
    }
  }

  /** What the source sends back. */
  class Answer extends Message {
    constructor(
      readonly pull: Pull,
      readonly snapshot: SimulatedPeer['published'],
    ) {
      super(pull.reader)
    }
    protected arrive(): void {
      this.pull.settle(this.snapshot)
    }
    lose(): void {
      this.pull.lose()
    }
  }

  /** Anything else. */
  class Note extends Message {
    constructor(
      to: number,
      protected readonly arrive: () => void,
      readonly lose: () => void,
    ) {
      super(to)
    }
  }

  return {
    attends: ({ index, alive, incarnation }) => void (ports[index] = alive ? incarnation : ABSENT),
    bytesSentBy: (index) => bytesSent[index]!,
    send: (from, to, bytes, arrive, lose = () => {}) =>
      post(from.index, bytes, new Note(to.index, arrive, lose)),
    announce(publisher, readers) {
      const event = { type: 'head', from: publisher.id, head: publisher.published!.head } as const
      for (const index of readers) post(publisher.index, ANNOUNCEMENT_BYTES, new Announcement(index, event))
    },
    pull: (reader, source, newerThan) =>
      post(reader.index, REQUEST_BYTES, new Pull(source.index, reader.index, newerThan)),
  }
}
