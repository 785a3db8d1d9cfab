import type { GossipEvent } from '../../../protocols/gossip-learning/index.js'
import type { Weights } from '../training/contract.js'
import type { Agenda } from '../world/agenda.js'
import type { Network } from '../world/links.js'
import type { Coding, Encoded } from './coding.js'
import type { SimulatedPeer } from './peer.js'

/** What the peers say to each other: announcements, pulls, and whatever else is sent. */
export interface Transport {
  /** A peer has come, or has gone: what is on its way to it then never arrives. */
  readonly attends: (peer: SimulatedPeer) => void
  /** Bytes that a peer has sent since the beginning. */
  readonly bytesSentBy: (index: number) => number
  readonly send: Send
  /** Announces what a peer has just published to those who listen. */
  announce(publisher: SimulatedPeer, readers: Iterable<number>): void
  /** Ends with `pulled`, or with `pullEnded` at the latest after the pull timeout. */
  pull(reader: number, source: number, newerThan: number): void
}

/**
 * Sends a message.
 * @param arrive what it does on arrival; called twice when it is duplicated.
 * @param lost called when it will never arrive: known here, to nobody in the swarm.
 * @returns virtual milliseconds at which it arrives, if nobody goes meanwhile; Infinity when it is lost.
 */
export type Send = (
  from: SimulatedPeer,
  to: SimulatedPeer,
  bytes: number,
  arrive: () => void,
  lost?: () => void,
) => number

/** Bytes of an announcement, of a request and of an answer without weights, with their envelopes. Rounded up. */
const ANNOUNCEMENT_BYTES = 256
const REQUEST_BYTES = 128
/** Around the weights of a snapshot. Rounded up. */
export const ENVELOPE_BYTES = 256

const ABSENT = -1

type Published = NonNullable<SimulatedPeer['published']>

export const createTransport = ({
  agenda,
  network,
  peers,
  snapshotBytes,
  coding,
  pullMs,
  isCut,
  deliver,
}: {
  readonly agenda: Agenda
  readonly network: Network
  readonly peers: readonly SimulatedPeer[]
  /** Bytes of a whole snapshot with its envelope, where there is no codec. */
  readonly snapshotBytes: number
  /** How snapshots are encoded; undefined: they are sent as they are. */
  readonly coding: Coding | undefined
  readonly pullMs: number
  readonly isCut: (from: number, to: number) => boolean
  readonly deliver: (peer: SimulatedPeer, event: GossipEvent<Weights>) => void
}): Transport => {
  /**
   * By peer: the incarnation that is there, or ABSENT. In flat arrays, because what a message costs is mostly memory that
   * is not in the cache: hundreds of thousands are under way at once, one object each, to peers in no order. For the
   * same reason nothing below looks at a peer, or at what it published, before it must.
   */
  const ports = new Int32Array(peers.length).fill(ABSENT)
  const bytesSent = new Float64Array(peers.length)
  const names = peers.map(({ id }) => id)

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

  /** @returns when it arrives, if nobody goes meanwhile; Infinity when it is lost. */
  const post = (from: number, bytes: number, message: Message): number => {
    bytesSent[from]! += bytes
    const arrivals = network.send(from, message.to, bytes, agenda.nowMs)
    if (arrivals.length === 0 || message.port === ABSENT || isCut(from, message.to)) {
      message.lose()
      return Infinity
    }
    let firstMs = Infinity
    for (let i = 0; i < arrivals.length; i++) {
      agenda.plan(arrivals[i]!, message)
      firstMs = Math.min(firstMs, arrivals[i]!)
    }
    return agenda.nowMs + firstMs
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
    /** What it says it holds of the source. */
    readonly held: number | undefined
    isAnswered = false
    isHopeless = false
    isSettled = false
    constructor(
      source: number,
      readonly reader: number,
      readonly newerThan: number,
    ) {
      super(source)
      this.readerPort = ports[reader]!
      this.held = coding?.heldBy(reader, source)
    }
    protected arrive(): void {
      // A duplicate: answered already.
      if (this.isAnswered) return
      this.isAnswered = true
      this.reply()
    }
    private reply(): void {
      const { published, version } = peers[this.to]!
      const snapshot = version > this.newerThan ? published : undefined
      if (snapshot && coding) return this.encode(snapshot, coding)
      this.answer(snapshot ? snapshotBytes : REQUEST_BYTES, snapshot)
    }
    /** Weights may still be on their way from a thread: how many bytes they make is known only then. */
    private encode(snapshot: Published, codec: Coding): void {
      const { head, weights } = snapshot
      const send = (there: Float32Array): void => {
        const encoded = codec.encode(this.to, { version: head.version, weights: there }, this.held)
        this.answer(ENVELOPE_BYTES + encoded.bytes.byteLength, snapshot, encoded)
      }
      if (!(weights instanceof Promise)) return send(weights)
      let there: Float32Array
      const ready = weights.then((value) => void (there = value))
      const go = (): void => {
        if (ports[this.to] !== this.port) return this.lose()
        // A codec's versions never go back: by now there may be a newer one, which others have been sent.
        if (peers[this.to]!.published === snapshot) send(there)
        else this.reply()
      }
      agenda.planWith(0, go, ready)
    }
    private answer(bytes: number, snapshot: Published | undefined, encoded?: Encoded): void {
      if (post(this.to, bytes, new Answer(this, snapshot, encoded)) > this.deadlineMs) this.lose()
    }
    /** Only now is a timer needed: it is known that no answer comes in time. */
    lose(): void {
      if (this.isHopeless) return
      this.isHopeless = true
      agenda.plan(this.deadlineMs - agenda.nowMs, () => this.settle(undefined))
    }
    settle(snapshot: Published | undefined, encoded?: Encoded): void {
      if (this.isSettled || ports[this.reader] !== this.readerPort) return
      this.isSettled = true
      const from = names[this.to]!
      const weights = encoded ? coding!.decode(this.reader, this.to, encoded) : snapshot?.weights
      deliver(
        peers[this.reader]!,
        snapshot && weights
          ? { type: 'pulled', from, head: snapshot.head, weights }
          : { type: 'pullEnded', from },
      )
    }
  }

  /** What the source sends back. */
  class Answer extends Message {
    constructor(
      readonly pull: Pull,
      readonly snapshot: Published | undefined,
      readonly encoded: Encoded | undefined,
    ) {
      super(pull.reader)
    }
    protected arrive(): void {
      this.pull.settle(this.snapshot, this.encoded)
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
    pull(reader, source, newerThan) {
      const request = new Pull(source, reader, newerThan)
      if (post(reader, REQUEST_BYTES, request) > request.deadlineMs) request.lose()
    },
  }
}
