import { limits } from '../limits.js'
import { createRandom, sampleOf } from '../random.js'
import type { Topology } from '../topology/index.js'
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
import {
  createAdaptiveDeadline,
  defaultDeadlineBounds,
  type AdaptiveDeadline,
  type DeadlineBounds,
} from './deadline.js'
import type { GossipEffect, GossipEvent } from './events.js'
import { Inbox, type Received } from './inbox.js'
import { sharesOf, type Mixing } from './mixing.js'
import { Recent } from './recent.js'
import type { Schedule } from './schedule.js'

export interface GossipLearningConfig {
  readonly self: string
  readonly seed: number
  readonly topology: Topology
  readonly schedule: Schedule
  /** `async` never waits for anyone. `rounds` waits for the neighbours' same round, up to an adaptive deadline. */
  readonly mode: 'async' | 'rounds'
  readonly mixing: Mixing
  /** Mode async: how far stale snapshots are brought up to date before they are mixed, 0 to 1. See `caughtUp`. */
  readonly catchUp: number
  /** Local rounds of the run. */
  readonly rounds: number
  /** Optimizer steps of one local round. */
  readonly localSteps: number
  /** Version of the first snapshot. A restarted peer must begin above every version it used before. @default 1 */
  readonly firstVersion?: number
  readonly deadlines?: DeadlineBounds
}

/**
 * - `idle`: not started
 * - `joining`: started late, fetching a member's snapshot to begin from
 * - `training`: a `train` effect is out
 * - `collecting`: (mode rounds) trained, waiting for the neighbours' snapshots of this round
 * - `mixing`: a `mix` effect is out
 * - `finished`: all rounds done; in mode async it goes on mixing, without training, until its neighbours are done too
 */
export type Phase = 'idle' | 'joining' | 'training' | 'collecting' | 'mixing' | 'finished'

/** Read-only view of the engine, for reports and invariants. */
export interface GossipLearningState {
  readonly phase: Phase
  readonly round: number
  readonly samples: number
  readonly inboxSize: number
  readonly pullsUnderWay: number
  readonly frozen: boolean
}

export interface GossipLearning<W> {
  /** Never throws for what a peer did; an event that makes no sense in the current phase changes nothing. */
  handle(event: GossipEvent<W>, nowMs: number): GossipEffect<W>[]
  readonly state: GossipLearningState
}

/**
 * Pulls per partner and round in mode async when the schedule asks for all neighbours. A partner of equal speed
 * publishes once a round; the second pull is for two heads that fall into one round. Faster ones are not chased.
 */
const FRESH_PULLS = 2

/** Milliseconds between two turns of a finished peer, at least. Guess: faster than rounds worth waiting for. */
const TURN_MS_MIN = 50

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
  private members: readonly string[]
  private readonly known: Acquaintances<W> = new Map()
  private readonly inbox = new Inbox<W>(limits.inboxSnapshotsMax)
  /** For catching up. */
  private readonly recent = new Recent<W>()
  private pullsUnderWay = 0
  private version: number
  /** Mode async: which choice of partners is the present one, and how often each of them may be asked. */
  private choice = 0
  private asksEach = 0
  private weights!: W
  private round = 0
  private samples = 0
  private loss = 0
  /** When the last round began to train, and how long it took: the pace of a finished peer. */
  private trainingSinceMs = 0
  private roundMs = 0
  private mixedFrom: readonly string[] = []
  /** The round whose neighbours were last asked. */
  private partnersRound = 0
  private readonly catchUp: number
  private readonly versionBase: number
  /** Turns of a finished peer so far: they take the place of further rounds in the schedule. */
  private turns = 0
  /** A mix is short: a freeze that comes meanwhile takes effect right after it. */
  private mixUnderWay = false
  private freezeAfterMix = false
  /** Likewise a freeze that comes while joining: before, there is no model worth freezing. */
  private freezeAfterJoin = false
  private joinsFailed = 0
  /** What training brought while frozen. */
  private held: GossipEvent<W> | undefined
  /** Mode rounds: partners whose snapshot of this round is still missing, and since when they are waited for. */
  private readonly awaited = new Set<string>()
  private collectingSinceMs = 0
  private readonly deadline: AdaptiveDeadline

  constructor(private readonly config: GossipLearningConfig) {
    this.self = config.self
    this.members = [config.self]
    this.isAsync = config.mode === 'async'
    // In lock step nothing is stale.
    this.catchUp = this.isAsync ? config.catchUp : 0
    this.versionBase = (config.firstVersion ?? 1) - 1
    this.version = this.versionBase
    this.deadline = createAdaptiveDeadline(config.deadlines ?? defaultDeadlineBounds)
  }

  get state(): GossipLearningState {
    const { phase, round, samples, inbox, pullsUnderWay, frozen } = this
    return { phase, round, samples, inboxSize: inbox.size, pullsUnderWay, frozen }
  }

  handle(event: GossipEvent<W>, nowMs: number): GossipEffect<W>[] {
    switch (event.type) {
      case 'start':
        return this.phase === 'idle' ? this.start(event, nowMs) : []
      case 'trained':
        if (this.phase !== 'training') return []
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
        return this.resume(nowMs)
    }
  }

  // Beginning

  private start(event: GossipEvent<W> & { type: 'start' }, nowMs: number): GossipEffect<W>[] {
    this.weights = event.weights
    if (event.done) {
      this.round = event.done.round
      this.samples = event.done.samples
    }
    return event.late ? this.join(nowMs) : this.beginRound(nowMs)
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

  private endTraining(event: GossipEvent<W> & { type: 'trained' }, nowMs: number): GossipEffect<W>[] {
    this.weights = event.weights
    this.samples += event.samples
    this.loss = event.loss
    this.round += 1
    this.roundMs = nowMs - this.trainingSinceMs
    const publish = this.publishSnapshot()
    if (this.isAsync) return [publish, ...this.mix(nowMs)]

    const pulls = this.pullFromPartners()
    if (this.awaited.size === 0) return [publish, ...pulls, ...this.mix(nowMs)]
    this.phase = 'collecting'
    this.collectingSinceMs = nowMs
    return [publish, ...pulls, { type: 'setDeadline', atMs: nowMs + this.deadline.currentMs() }]
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
    const prescribed = this.prescribedFor(received)
    const shares = sharesOf({ mixing: this.config.mixing, catchUp, own, received, prescribed })
    this.mixUnderWay = true
    return { type: 'mix', shares, catchUp: { now: weights, fraction: catchUp } }
  }

  /** What the topology prescribes for these senders; nothing when one of them was not its choice this time. */
  private prescribedFor(received: readonly Received<W>[]): readonly number[] | undefined {
    const { topology } = this.config
    if (!topology.mixingWeights) return undefined
    const asked = { members: this.members, self: this.self, round: this.partnersRound }
    const chosen = topology.neighbours(asked)
    const weights = topology.mixingWeights(asked)
    const shares = received.map(({ from }) => weights[chosen.indexOf(from)])
    return shares.every((share) => share !== undefined) ? shares : undefined
  }

  private endMix(mixed: W, nowMs: number): GossipEffect<W>[] {
    this.mixUnderWay = false
    this.weights = mixed
    const ended = this.phase === 'mixing' ? this.roundEnded() : this.publishSnapshot()
    if (this.freezeAfterMix) return [ended, ...this.freeze()]
    return [ended, ...(this.phase === 'mixing' ? this.nextRound(nowMs) : this.rest(nowMs))]
  }

  private roundEnded(): GossipEffect<W> {
    const { round, loss, mixedFrom, weights } = this
    return { type: 'roundEnded', round, loss, mixedFrom, weights }
  }

  private nextRound(nowMs: number): GossipEffect<W>[] {
    // Mode rounds has pulled already; after the last round it is for `rest` to say who is asked.
    const pulls = this.isAsync && this.round < this.config.rounds ? this.pullFromPartners() : []
    return [...pulls, ...this.beginRound(nowMs)]
  }

  // After the last round (mode async)

  /**
   * A peer that has finished goes on mixing at the pace of its last round, and publishes what it mixed, as long as a
   * neighbour still trains: otherwise the slow ones would end alone, with nothing fresh to mix, and drift apart.
   */
  private rest(nowMs: number): GossipEffect<W>[] {
    // Without partners there is nobody to mix with and no way to ask whether they are done.
    const isAsked = this.isAsync && this.degree() > 0
    this.consolidating = isAsked && !this.neighbours().every((id) => this.meet(id).hasFinished)
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

  private neighbours(): readonly string[] {
    const { members, self, round } = this
    return this.config.topology.neighbours({ members, self, round })
  }

  private degree(): number {
    return Math.min(this.neighbours().length, this.config.schedule.partnersMax(this.round))
  }

  private pullFromPartners(isWorthAsking: (peer: Acquaintance<W>) => boolean = hasNews): GossipEffect<W>[] {
    const random = createRandom(
      this.config.seed,
      'partners',
      this.self,
      this.version - this.versionBase,
      ...(this.turns > 0 ? [this.turns] : []),
    )
    const candidates = this.neighbours()
    this.partnersRound = this.round
    const count = this.config.schedule.partners(this.round + this.turns, random)
    const chosen = count >= candidates.length ? candidates : sampleOf(candidates, count, random)
    const partners = chosen.map((id) => this.meet(id))
    if (this.isAsync) return this.follow(partners, count === Infinity ? FRESH_PULLS : 1, isWorthAsking)
    this.awaited.clear()
    for (const { id, isSilent } of partners) if (!isSilent) this.awaited.add(id)
    // The others' heads of this round bring their pulls.
    return partners.filter((peer) => peer.announcedRound >= this.round).flatMap((peer) => this.pullFrom(peer))
  }

  /**
   * Mode async: a snapshot is worth most when it is fresh at the moment it is mixed, at the end of the round. So a
   * partner whose newest snapshot is already here is asked only when its next head comes; one with something new, or one
   * that was not asked for a whole round because no head came, is asked now.
   */
  private follow(
    partners: readonly Acquaintance<W>[],
    asksEach: number,
    isWorthAsking: (peer: Acquaintance<W>) => boolean,
  ): GossipEffect<W>[] {
    const [choiceBefore, asksBefore] = [this.choice, this.asksEach]
    this.choice += 1
    this.asksEach = asksEach
    const pulls: GossipEffect<W>[] = []
    for (const peer of partners) {
      const wasNotAsked = peer.chosenIn === choiceBefore && peer.asksLeft === asksBefore
      peer.chosenIn = this.choice
      peer.asksLeft = asksEach
      if (isWorthAsking(peer) || wasNotAsked) pulls.push(...this.pullFrom(peer))
    }
    return pulls
  }

  /** Mode async: whether the peer is a partner that may be asked once more in this round. */
  private mayAsk(peer: Acquaintance<W>): boolean {
    return peer.chosenIn === this.choice && peer.asksLeft > 0
  }

  /** One pull per member at a time. */
  private pullFrom(peer: Acquaintance<W>): GossipEffect<W>[] {
    if (peer.pullingSince !== undefined || this.pullsUnderWay >= limits.pullsMax) return []
    peer.pullingSince = this.version
    this.pullsUnderWay += 1
    if (peer.asksLeft > 0) peer.asksLeft -= 1
    return [{ type: 'pull', from: peer.id, newerThan: peer.receivedVersion }]
  }

  /** @returns the own version when the pull began; undefined when none was under way. */
  private endOfPull(peer: Acquaintance<W>): number | undefined {
    const since = peer.pullingSince
    if (since !== undefined) this.pullsUnderWay -= 1
    peer.pullingSince = undefined
    return since
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
    if (this.isAsync) return this.mayAsk(peer)
    return this.phase === 'collecting' && this.awaited.has(peer.id) && head.round >= this.round
  }

  private receive(event: GossipEvent<W> & { type: 'pulled' }, nowMs: number): GossipEffect<W>[] {
    const { from, head, weights } = event
    const peer = this.memberOf(from)
    if (!peer) return this.receiveFromStranger(from, nowMs)
    peer.isSilent = false
    if (head.round > this.config.rounds) return this.endPull(from, nowMs)
    const askedAtVersion = this.endOfPull(peer) ?? this.version
    noteHead(peer, head, askedAtVersion)
    if (this.phase === 'joining') {
      this.weights = weights
      this.round = head.round
      return this.endJoin(nowMs)
    }
    const isNewest = peer.announcedVersion === head.version
    const since = this.recent.of(isNewest ? peer.ownVersionAtHead : askedAtVersion)
    this.inbox.put(peer, { from, head, weights, since })
    if (this.isAsync) return this.mayAsk(peer) && hasNews(peer) ? this.pullFrom(peer) : []
    if (!this.awaited.has(from)) return []
    // A pull that began before this round may bring an older snapshot than the one awaited.
    if (head.round < this.round) return this.pullAwaited()
    this.deadline.observe(nowMs - this.collectingSinceMs)
    return [...this.endWait(from, nowMs), ...this.pullAwaited()]
  }

  /** Asked while it was still a member. */
  private receiveFromStranger(from: string, nowMs: number): GossipEffect<W>[] {
    const peer = this.known.get(from)
    if (peer) this.endOfPull(peer)
    return this.phase === 'joining' ? this.join(nowMs) : []
  }

  private endPull(from: string, nowMs: number): GossipEffect<W>[] {
    const peer = this.known.get(from)
    if (peer) this.endOfPull(peer)
    if (this.phase !== 'joining') return [...this.endWait(from, nowMs), ...this.pullAwaited()]
    this.joinsFailed += 1
    if (peer) forgetHead(peer)
    return this.join(nowMs)
  }

  // Waiting (mode rounds)

  private endWait(from: string, nowMs: number): GossipEffect<W>[] {
    if (!this.awaited.delete(from) || this.awaited.size > 0 || this.phase !== 'collecting') return []
    return [{ type: 'clearDeadline' }, ...(this.frozen ? [] : this.mix(nowMs))]
  }

  /** Those that found no free place among the pulls, or whose snapshot that came was too old. */
  private pullAwaited(): GossipEffect<W>[] {
    if (this.phase !== 'collecting' || this.frozen) return []
    return [...this.awaited]
      .map((id) => this.meet(id))
      .filter((peer) => peer.announcedRound >= this.round)
      .flatMap((peer) => this.pullFrom(peer))
  }

  private missDeadline(nowMs: number): GossipEffect<W>[] {
    for (const id of this.awaited) this.meet(id).isSilent = true
    this.awaited.clear()
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
    return setOf(this.members).has(id) ? this.meet(id) : undefined
  }

  private updateMembers(next: readonly string[], nowMs: number): GossipEffect<W>[] {
    this.members = next
    const members = setOf(next)
    keepMembers(this.known, members)
    this.inbox.keepMembers()
    return [...this.awaited].filter((id) => !members.has(id)).flatMap((id) => this.endWait(id, nowMs))
  }

  private freeze(): GossipEffect<W>[] {
    if (this.frozen || this.phase === 'idle') return []
    this.freezeAfterMix = this.mixUnderWay
    this.freezeAfterJoin = this.phase === 'joining'
    if (this.freezeAfterMix || this.freezeAfterJoin) return []
    this.frozen = true
    const { weights, round, samples } = this
    return [{ type: 'frozen', weights, round, samples }]
  }

  private hold(event: GossipEvent<W>): GossipEffect<W>[] {
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
    if (event) return this.handle(event, nowMs)
    if (this.phase === 'finished') return this.rest(nowMs)
    if (this.phase === 'mixing') return this.nextRound(nowMs)
    return this.phase === 'collecting' && this.awaited.size === 0 ? this.mix(nowMs) : []
  }
}

/** One set per members array, shared by the engines that share the array. */
const sets = new WeakMap<readonly string[], ReadonlySet<string>>()

const setOf = (members: readonly string[]): ReadonlySet<string> => {
  let set = sets.get(members)
  if (!set) sets.set(members, (set = new Set(members)))
  return set
}
