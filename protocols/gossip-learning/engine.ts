import { limits } from '../limits.js'
import type { Head } from '../wire/types.js'
import {
  forgetHead,
  furthestOf,
  hasNews,
  keepMembers,
  meet,
  noteHead,
  type Acquaintance,
  type Acquaintances,
} from './acquaintances.js'
import { Awaited } from './awaited.js'
import type { GossipLearning, GossipLearningConfig, GossipLearningState, Phase } from './contract.js'
import type { GossipEffect, GossipEvent } from './events.js'
import { Inbox, type Received } from './inbox.js'
import { sharesOf } from './mixing.js'
import { Neighbourhood } from './neighbourhood.js'
import { Pulls } from './pulls.js'
import { Recent } from './recent.js'

type Trained<W> = GossipEvent<W> & { readonly type: 'trained' }

/** Milliseconds between two turns of a finished peer, at least. Guess: faster than rounds worth waiting for. */
const TURN_MS_MIN = 50
/** The same for a process that has not trained yet, and so does not know how long a round takes. Guess. */
const TURN_MS_UNKNOWN = 1_000

/**
 * The gossip-learning engine: train → publish → mix with the inbox → choose partners and pull while the next round
 * trains. Sans-I/O: it holds handles on weights, never looks inside, and asks for everything through effects.
 * README.md in this folder has the state diagram.
 */
export const createGossipLearning = <W>(config: GossipLearningConfig): GossipLearning<W> =>
  new Engine<W>(config)

/**
 * A class and not closures, because a simulation has thousands of engines that are not in the processor's cache: each
 * closure would be another object to fetch, in each of them.
 */
class Engine<W> implements GossipLearning<W> {
  private phase: Phase = 'idle'
  private frozen = false
  /** A finished peer waits for its next turn, or mixes in it. */
  private consolidating = false
  private readonly isAsync: boolean
  private readonly self: string
  private readonly neighbourhood: Neighbourhood
  private readonly known: Acquaintances<W> = new Map()
  private readonly inbox = new Inbox<W>(limits.inboxSnapshotsMax)
  /** For catching up. */
  private recent = new Recent<W>()
  private readonly pulls = new Pulls<W>()
  private version: number
  private weights!: W
  private round = 0
  private samples = 0
  /** Of the last round; null until this process has trained one. */
  private loss: number | null = null
  /** When the last round began to train, and how long it took: the pace of a finished peer. */
  private trainingSinceMs = 0
  private roundMs = TURN_MS_UNKNOWN
  private mixedFrom: readonly string[] = []
  private readonly catchUp: number
  private readonly versionBase: number
  /** Turns of a finished peer so far: they take the place of further rounds in the schedule. */
  private turns = 0
  /** A mix is short: a freeze that comes meanwhile takes effect right after it. */
  private mixUnderWay = false
  private freezeAfterMix = false
  /** Likewise a freeze that comes before the start or while joining: there is no model worth freezing yet. */
  private freezeAfterJoin = false
  private joinsFailed = 0
  /** What training brought while frozen. */
  private held: Trained<W> | undefined
  /** The training that is under way, or ended while frozen, began from weights that a merge has replaced. */
  private obsolete: 'no' | 'under way' | 'ended' = 'no'
  /** Likewise the mix that is under way. */
  private mixIsObsolete = false
  private readonly awaited: Awaited

  constructor(private readonly config: GossipLearningConfig) {
    this.self = config.self
    this.neighbourhood = new Neighbourhood(config)
    this.isAsync = config.mode === 'async'
    // In lock step nothing is stale.
    this.catchUp = this.isAsync ? config.catchUp : 0
    this.versionBase = (config.firstVersion ?? 1) - 1
    this.version = this.versionBase
    this.awaited = new Awaited(config.deadlines)
  }

  get state(): GossipLearningState {
    const { phase, round, samples, inbox, pulls, frozen } = this
    return { phase, round, samples, inboxSize: inbox.size, pullsUnderWay: pulls.underWay, frozen }
  }

  handle(event: GossipEvent<W>, nowMs: number): GossipEffect<W>[] {
    switch (event.type) {
      case 'start':
        return this.phase === 'idle' ? this.start(event, nowMs) : []
      case 'trained':
        if (this.phase !== 'training') return []
        this.roundMs = nowMs - this.trainingSinceMs
        if (this.obsolete === 'under way') return this.dropTraining(nowMs)
        return this.frozen ? this.hold(event) : this.endTraining(event, nowMs)
      case 'mixed':
        return this.mixUnderWay ? this.endMix(event.weights, nowMs) : []
      case 'head':
        return this.hear(event.from, event.head, nowMs)
      case 'pulled':
        return this.receive(event, nowMs)
      case 'pullEnded':
        return this.endPull(event.from, nowMs)
      case 'deadline':
        if (this.phase === 'finished') return this.frozen ? [] : this.consolidate(nowMs)
        return this.phase === 'collecting' ? this.missDeadline(nowMs) : []
      case 'members':
        return this.updateMembers(event.members, nowMs)
      case 'freeze':
        return this.freeze()
      case 'resume':
        return event.weights === undefined ? this.resume(nowMs) : this.adopt(event.weights, nowMs)
    }
  }

  // Beginning

  private start(event: GossipEvent<W> & { type: 'start' }, nowMs: number): GossipEffect<W>[] {
    this.weights = event.weights
    if (event.done) {
      this.round = event.done.round
      this.samples = event.done.samples
    }
    return event.late ? this.join(nowMs) : this.endJoin(nowMs)
  }

  /** Asks the member that is furthest on; alone, or when too many have failed, it begins from its own weights. */
  private join(nowMs: number): GossipEffect<W>[] {
    const furthest = furthestOf(this.known)
    // Whoever is heard but cannot be asked announces again and again: without a bound, that would last for ever.
    if (furthest === undefined || this.joinsFailed >= limits.joinTriesMax) return this.endJoin(nowMs)
    this.phase = 'joining'
    return this.pullFrom(furthest)
  }

  private endJoin(nowMs: number): GossipEffect<W>[] {
    if (!this.freezeAfterJoin) return this.beginRound(nowMs)
    this.freezeAfterJoin = false
    this.phase = 'mixing'
    return this.freeze()
  }

  private beginRound(nowMs: number): GossipEffect<W>[] {
    const { round, weights } = this
    if (round >= this.config.rounds) {
      this.phase = 'finished'
      // A process that begins with all rounds done has announced nothing yet; its neighbours wait to hear that it is done.
      const publish = this.version === this.versionBase ? [this.publishSnapshot()] : []
      return [...publish, { type: 'finished', round }, ...this.rest(nowMs)]
    }
    this.trainingSinceMs = nowMs
    this.phase = 'training'
    return [{ type: 'train', weights, steps: this.config.localSteps }]
  }

  // One local round

  private endTraining(event: Trained<W>, nowMs: number): GossipEffect<W>[] {
    this.weights = event.weights
    this.samples += event.samples
    this.loss = event.loss
    this.round += 1
    const publish = this.publishSnapshot()
    if (this.isAsync) return [publish, ...this.mix(nowMs)]

    const pulls = this.pullFromPartners()
    if (this.awaited.isEmpty) return [publish, ...pulls, ...this.mix(nowMs)]
    this.phase = 'collecting'
    return [publish, ...pulls, { type: 'setDeadline', atMs: this.awaited.begin(nowMs) }]
  }

  private publishSnapshot(): GossipEffect<W> {
    this.version += 1
    const { version, round, samples, loss, weights } = this
    if (this.catchUp > 0) this.recent.keep(version, weights)
    const finished = round >= this.config.rounds
    return {
      type: 'publish',
      weights,
      head: { version, round, samples, degree: this.degree(), finished, loss },
    }
  }

  private mix(nowMs: number): GossipEffect<W>[] {
    const received = this.inbox.take()
    this.mixedFrom = received.map(({ from }) => from)
    if (received.length === 0) return [this.roundEnded(), ...this.nextRound(nowMs)]
    this.phase = 'mixing'
    return [this.mixWith(received)]
  }

  private mixWith(received: readonly Received<W>[]): GossipEffect<W> {
    const { weights, catchUp, samples } = this
    const own = { id: this.self, weights, degree: this.degree(), samples }
    const prescribed = this.neighbourhood.prescribedFor(received)
    const shares = sharesOf({ mixing: this.config.mixing, catchUp, own, received, prescribed })
    this.mixUnderWay = true
    return { type: 'mix', shares, catchUp: { now: weights, fraction: catchUp } }
  }

  private endMix(mixed: W, nowMs: number): GossipEffect<W>[] {
    this.mixUnderWay = false
    if (!this.mixIsObsolete) this.weights = mixed
    this.mixIsObsolete = false
    const ended = this.phase === 'mixing' ? this.roundEnded() : this.publishSnapshot()
    if (this.freezeAfterMix) return [ended, ...this.freeze()]
    return [ended, ...(this.phase === 'mixing' ? this.nextRound(nowMs) : this.rest(nowMs))]
  }

  private roundEnded(): GossipEffect<W> {
    const { round, loss, mixedFrom, weights } = this
    return { type: 'roundEnded', round, loss: loss!, mixedFrom, weights }
  }

  private nextRound(nowMs: number): GossipEffect<W>[] {
    // Mode rounds has pulled already; after the last round it is for `rest` to say who is asked.
    if (!this.isAsync || this.round >= this.config.rounds) return this.beginRound(nowMs)
    const pulls = this.pullFromPartners(this.headsAreRare() ? () => true : hasNews)
    return [...pulls, ...this.beginRound(nowMs)]
  }

  /** Members publish more than they announce. */
  private headsAreRare(): boolean {
    return this.roundMs < (this.config.headMsPerMember ?? 0) * this.neighbourhood.ids().size
  }

  // After the last round (mode async)

  /**
   * A peer that has finished goes on mixing at the pace of its last round, and publishes what it mixed, as long as a
   * neighbour still trains: otherwise the slow ones would end alone, with nothing fresh to mix, and drift apart.
   */
  private rest(nowMs: number): GossipEffect<W>[] {
    // Without partners there is nobody to mix with and no way to ask whether they are done.
    const isAsked = this.isAsync && this.degree() > 0
    const neighbours = isAsked ? this.neighbourhood.of(this.round) : []
    this.consolidating = !neighbours.every((id) => this.meet(id).hasFinished)
    return this.consolidating
      ? [{ type: 'setDeadline', atMs: nowMs + Math.max(this.roundMs, TURN_MS_MIN) }]
      : []
  }

  private consolidate(nowMs: number): GossipEffect<W>[] {
    const received = this.inbox.take()
    this.turns += 1
    // Also asked: who brought nothing in this turn and is not known to be done. The head that said so may have been
    // lost, and it is not repeated.
    const pulls = this.pullFromPartners(
      (peer) => hasNews(peer) || (!peer.hasFinished && !received.some(({ from }) => from === peer.id)),
    )
    return [...pulls, ...(received.length === 0 ? this.rest(nowMs) : [this.mixWith(received)])]
  }

  // Communication

  private degree(): number {
    return this.neighbourhood.degree(this.round)
  }

  private pullFromPartners(isWorthAsking: (peer: Acquaintance<W>) => boolean = hasNews): GossipEffect<W>[] {
    const { round, turns, version } = this
    const published = version - this.versionBase
    const { partners: ids, isEveryone } = this.neighbourhood.choose({ round, turns, published })
    const partners = ids.map((id) => this.meet(id))
    if (this.isAsync) return this.pulls.follow({ partners, isEveryone, isWorthAsking, ownVersion: version })
    this.awaited.choose(partners.filter(({ isSilent }) => !isSilent).map(({ id }) => id))
    return this.pullAnnounced(partners)
  }

  /** Mode rounds: those that have announced this round; the others' heads bring their pulls. */
  private pullAnnounced(partners: readonly Acquaintance<W>[]): GossipEffect<W>[] {
    return partners.filter((peer) => peer.announcedRound >= this.round).flatMap((peer) => this.pullFrom(peer))
  }

  private pullFrom(peer: Acquaintance<W>): GossipEffect<W>[] {
    return this.pulls.ask(peer, this.version)
  }

  private hear(from: string, head: Head, nowMs: number): GossipEffect<W>[] {
    const peer = from === this.self ? undefined : this.memberOf(from)
    if (!peer || head.round > this.config.rounds || !noteHead(peer, head, this.version)) return []
    peer.isSilent = false
    const pulls = this.wants(peer, head) ? this.pullFrom(peer) : []
    // A neighbour that trains again, or one that came late.
    const wakes = this.phase === 'finished' && !this.consolidating && !this.frozen && !head.finished
    return wakes ? [...pulls, ...this.rest(nowMs)] : pulls
  }

  /** Whether a head is worth a pull at once. */
  private wants(peer: Acquaintance<W>, head: Head): boolean {
    if (this.isAsync) return this.pulls.mayAsk(peer)
    return this.phase === 'collecting' && this.awaited.has(peer.id) && head.round >= this.round
  }

  private receive(event: GossipEvent<W> & { type: 'pulled' }, nowMs: number): GossipEffect<W>[] {
    const { from, head, weights } = event
    const peer = this.memberOf(from)
    if (!peer) return this.receiveFromStranger(from, nowMs)
    peer.isSilent = false
    if (head.round > this.config.rounds) return this.endPull(from, nowMs)
    const askedAtVersion = this.pulls.end(peer) ?? this.version
    noteHead(peer, head, askedAtVersion)
    if (this.phase === 'joining') {
      this.weights = weights
      this.round = head.round
      // It is the own model now, and not to be mixed with itself.
      peer.receivedVersion = head.version
      return this.endJoin(nowMs)
    }
    const isNewest = peer.announcedVersion === head.version
    const since = this.recent.of(isNewest ? peer.ownVersionAtHead : askedAtVersion)
    this.inbox.put(peer, { from, head, weights, since })
    if (this.isAsync) return this.pulls.wants(peer) ? this.pullFrom(peer) : []
    if (!this.awaited.has(from)) return []
    // A pull that began before this round may bring an older snapshot than the one awaited.
    if (head.round < this.round) return this.pullAwaited()
    this.awaited.observe(nowMs)
    return [...this.endWait(from, nowMs), ...this.pullAwaited()]
  }

  /** Asked while it was still a member. */
  private receiveFromStranger(from: string, nowMs: number): GossipEffect<W>[] {
    const peer = this.known.get(from)
    if (peer) this.pulls.end(peer)
    return this.phase === 'joining' ? this.join(nowMs) : []
  }

  private endPull(from: string, nowMs: number): GossipEffect<W>[] {
    const peer = this.known.get(from)
    const askedAtVersion = peer && this.pulls.end(peer)
    if (this.phase !== 'joining') {
      // One that began before this round says nothing of this one.
      const isOld = askedAtVersion !== undefined && askedAtVersion < this.version
      return [...(isOld ? [] : this.endWait(from, nowMs)), ...this.pullAwaited()]
    }
    this.joinsFailed += 1
    if (peer) forgetHead(peer)
    return this.join(nowMs)
  }

  // Waiting (mode rounds)

  private endWait(from: string, nowMs: number): GossipEffect<W>[] {
    if (!this.awaited.endsWith(from) || this.phase !== 'collecting') return []
    return [{ type: 'clearDeadline' }, ...(this.frozen ? [] : this.mix(nowMs))]
  }

  /** Those that found no free place among the pulls, or whose snapshot that came was too old. */
  private pullAwaited(): GossipEffect<W>[] {
    if (this.phase !== 'collecting' || this.frozen) return []
    return this.pullAnnounced(this.awaited.ids.map((id) => this.meet(id)))
  }

  private missDeadline(nowMs: number): GossipEffect<W>[] {
    for (const id of this.awaited.giveUp()) this.meet(id).isSilent = true
    return this.frozen ? [] : this.mix(nowMs)
  }

  // Membership and freezing

  private meet(member: string): Acquaintance<W> {
    return meet(this.known, member)
  }

  /** The record of a member; undefined for everyone else, who gets none. */
  private memberOf(id: string): Acquaintance<W> | undefined {
    const known = this.known.get(id)
    if (known) return known.isMember ? known : undefined
    return this.neighbourhood.has(id) ? this.meet(id) : undefined
  }

  private updateMembers(next: readonly string[], nowMs: number): GossipEffect<W>[] {
    this.neighbourhood.update(next)
    const members = this.neighbourhood.ids()
    keepMembers(this.known, members)
    this.inbox.keepMembers()
    return this.awaited.ids.filter((id) => !members.has(id)).flatMap((id) => this.endWait(id, nowMs))
  }

  private freeze(): GossipEffect<W>[] {
    if (this.frozen) return []
    this.freezeAfterMix = this.mixUnderWay
    this.freezeAfterJoin = this.phase === 'joining' || this.phase === 'idle'
    if (this.freezeAfterMix || this.freezeAfterJoin) return []
    this.frozen = true
    const { weights, round, samples } = this
    return [{ type: 'frozen', weights, round, samples }]
  }

  private hold(event: Trained<W>): GossipEffect<W>[] {
    this.held = event
    return []
  }

  private resume(nowMs: number): GossipEffect<W>[] {
    this.freezeAfterMix = false
    this.freezeAfterJoin = false
    if (!this.frozen) return []
    this.frozen = false
    const event = this.held
    this.held = undefined
    if (this.obsolete === 'ended') return this.dropTraining(nowMs)
    if (event) return this.endTraining(event, nowMs)
    if (this.phase === 'finished') return this.rest(nowMs)
    if (this.phase === 'mixing') return this.nextRound(nowMs)
    if (this.phase !== 'collecting') return []
    if (this.awaited.isEmpty) return this.mix(nowMs)
    return [...this.pullAwaited(), { type: 'setDeadline', atMs: this.awaited.begin(nowMs) }]
  }

  /**
   * Goes on from the merged model. What was trained or received before belongs to the models that went into it. Also
   * when it is not frozen: one that took no part has read the result.
   */
  private adopt(weights: W, nowMs: number): GossipEffect<W>[] {
    // Whoever has no model yet joins with one of those that go on from the merged one.
    if (this.phase === 'idle' || this.phase === 'joining') return this.resume(nowMs)
    this.weights = weights
    this.inbox.take()
    this.recent = new Recent<W>()
    // What they have announced so far is older than the merge.
    for (const peer of this.known.values()) {
      peer.receivedVersion = Math.max(peer.receivedVersion, peer.announcedVersion)
    }
    if (this.phase === 'training' && this.obsolete === 'no') this.obsolete = this.held ? 'ended' : 'under way'
    this.mixIsObsolete = this.mixUnderWay
    this.held = undefined
    const resumed = this.resume(nowMs)
    return this.phase === 'finished' ? [this.publishSnapshot(), ...resumed] : resumed
  }

  private dropTraining(nowMs: number): GossipEffect<W>[] {
    this.obsolete = this.frozen ? 'ended' : 'no'
    return this.frozen ? [] : this.beginRound(nowMs)
  }
}
