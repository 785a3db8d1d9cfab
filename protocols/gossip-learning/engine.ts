import { limits } from '../limits.js'
import { createRandom, sampleOf } from '../random.js'
import type { Topology } from '../topology/index.js'
import type { Head } from '../wire/types.js'
import { createAdaptiveDeadline, defaultDeadlineBounds, type DeadlineBounds } from './deadline.js'
import type { GossipEffect, GossipEvent } from './events.js'
import { createFollowing } from './following.js'
import { createHeads } from './heads.js'
import { createInbox, type Received } from './inbox.js'
import { sharesOf, type Mixing } from './mixing.js'
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

/** Failed pulls after which a late peer begins from its own weights. Guess: a lossy link gets through, a cut one does not hold it up for long. */
const JOIN_TRIES_MAX = 8

/** Milliseconds between two turns of a finished peer, at least. Guess: faster than rounds worth waiting for. */
const TURN_MS_MIN = 50

/** Own published weights that are kept. An older snapshot is mixed as it is. Guess: a few rounds of delay. */
const PUBLISHED_KEPT = 4

/**
 * The gossip-learning engine: train → publish → mix with the inbox → choose partners and pull while the next round
 * trains. Sans-I/O: it holds handles on weights, never looks inside, and asks for everything through effects.
 * README.md in this folder has the state diagram.
 */
export const createGossipLearning = <W>(config: GossipLearningConfig): GossipLearning<W> => {
  const { self, topology, schedule } = config
  const inbox = createInbox<W>(limits.inboxSnapshotsMax)
  const heads = createHeads()
  const deadline = createAdaptiveDeadline(config.deadlines ?? defaultDeadlineBounds)
  /** Members with a pull under way, and the own version when it began. */
  const pulling = new Map<string, number>()
  /** Own published weights, the newest few by version, for catching up. */
  const published = new Map<number, W>()
  /** Mode async: whom to pull from, and when. */
  const following = createFollowing()
  /** Mode rounds: partners whose snapshot of this round is still missing. */
  const awaited = new Set<string>()
  /** Mode rounds: partners that missed the last deadline and were silent since. Nobody waits for them. */
  const silent = new Set<string>()

  /** In lock step nothing is stale. */
  const catchUp = config.mode === 'async' ? config.catchUp : 0

  let members: readonly string[] = [self]
  let phase: Phase = 'idle'
  let frozen = false
  /** A mix is short: a freeze that comes meanwhile takes effect right after it. */
  let mixUnderWay = false
  let freezeAfterMix = false
  /** Likewise a freeze that comes while joining: before, there is no model worth freezing. */
  let freezeAfterJoin = false
  let joinsFailed = 0
  /** What training brought while frozen. */
  let held: GossipEvent<W> | undefined
  let weights!: W
  let round = 0
  let samples = 0
  let loss = 0
  const versionBase = (config.firstVersion ?? 1) - 1
  let version = versionBase
  let mixedFrom: readonly string[] = []
  /** The round whose neighbours were last asked. */
  let partnersRound = 0
  /** When the last round began to train, and how long it took: the pace of a finished peer. */
  let trainingSinceMs = 0
  let roundMs = 0
  /** A finished peer waits for its next turn, or mixes in it. */
  let consolidating = false
  /** Turns of a finished peer so far: they take the place of further rounds in the schedule. */
  let turns = 0
  let collectingSinceMs = 0

  const handle = (event: GossipEvent<W>, nowMs: number): GossipEffect<W>[] => {
    switch (event.type) {
      case 'start':
        return phase === 'idle' ? start(event, nowMs) : []
      case 'trained':
        if (phase !== 'training') return []
        return frozen ? hold(event) : endTraining(event, nowMs)
      case 'mixed':
        return mixUnderWay ? endMix(event.weights, nowMs) : []
      case 'head':
        return noteHead(event.from, event.head, nowMs)
      case 'pulled':
        return receive(event, nowMs)
      case 'pullEnded':
        return endPull(event.from, nowMs)
      case 'deadline':
        if (phase === 'finished') return frozen ? [] : consolidate(nowMs)
        return phase === 'collecting' ? missDeadline(nowMs) : []
      case 'members':
        return updateMembers(event.members, nowMs)
      case 'freeze':
        return freeze()
      case 'resume':
        return resume(nowMs)
    }
  }

  // Beginning

  const start = (event: GossipEvent<W> & { type: 'start' }, nowMs: number): GossipEffect<W>[] => {
    weights = event.weights
    if (event.done) ({ round, samples } = event.done)
    return event.late ? join(nowMs) : beginRound(nowMs)
  }

  /** Asks the member that is furthest on; alone, or when too many have failed, it begins from its own weights. */
  const join = (nowMs: number): GossipEffect<W>[] => {
    const furthest = heads.furthest()
    // Whoever is heard but cannot be asked announces again and again: without a bound, that would last for ever.
    if (furthest === undefined || joinsFailed >= JOIN_TRIES_MAX) return endJoin(nowMs)
    phase = 'joining'
    return pullFrom(furthest)
  }

  const endJoin = (nowMs: number): GossipEffect<W>[] => {
    if (!freezeAfterJoin) return beginRound(nowMs)
    freezeAfterJoin = false
    phase = 'mixing'
    return freeze()
  }

  const beginRound = (nowMs: number): GossipEffect<W>[] => {
    if (round >= config.rounds) {
      phase = 'finished'
      // A process that begins with all rounds done has announced nothing yet; its neighbours wait to hear that it is done.
      const publish = version === versionBase ? [publishSnapshot()] : []
      return [...publish, { type: 'finished', round }, ...rest(nowMs)]
    }
    trainingSinceMs = nowMs
    phase = 'training'
    return [{ type: 'train', weights, steps: config.localSteps }]
  }

  // One local round

  const endTraining = (event: GossipEvent<W> & { type: 'trained' }, nowMs: number): GossipEffect<W>[] => {
    weights = event.weights
    samples += event.samples
    loss = event.loss
    round += 1
    roundMs = nowMs - trainingSinceMs
    const publish = publishSnapshot()
    if (config.mode === 'async') return [publish, ...mix(nowMs)]

    const pulls = pullFromPartners()
    if (awaited.size === 0) return [publish, ...pulls, ...mix(nowMs)]
    phase = 'collecting'
    collectingSinceMs = nowMs
    return [publish, ...pulls, { type: 'setDeadline', atMs: nowMs + deadline.currentMs() }]
  }

  const publishSnapshot = (): GossipEffect<W> => {
    version += 1
    if (catchUp > 0) published.set(version, weights)
    published.delete(version - PUBLISHED_KEPT)
    const finished = round >= config.rounds
    return { type: 'publish', weights, head: { version, round, samples, degree: degree(), finished, loss } }
  }

  const mix = (nowMs: number): GossipEffect<W>[] => {
    const received = inbox.take()
    mixedFrom = received.map(({ from }) => from)
    if (received.length === 0) return [roundEnded(), ...nextRound(nowMs)]
    phase = 'mixing'
    return [mixWith(received)]
  }

  const mixWith = (received: readonly Received<W>[]): GossipEffect<W> => {
    const own = { id: self, weights, degree: degree(), samples }
    const prescribed = prescribedFor(received)
    const shares = sharesOf({ mixing: config.mixing, catchUp, own, received, prescribed })
    mixUnderWay = true
    return { type: 'mix', shares, catchUp: { now: weights, fraction: catchUp } }
  }

  /** What the topology prescribes for these senders; nothing when one of them was not its choice this time. */
  const prescribedFor = (received: readonly Received<W>[]): readonly number[] | undefined => {
    if (!topology.mixingWeights) return undefined
    const asked = { members, self, round: partnersRound }
    const chosen = topology.neighbours(asked)
    const weights = topology.mixingWeights(asked)
    const shares = received.map(({ from }) => weights[chosen.indexOf(from)])
    return shares.every((share) => share !== undefined) ? shares : undefined
  }

  const endMix = (mixed: W, nowMs: number): GossipEffect<W>[] => {
    mixUnderWay = false
    weights = mixed
    const ended = phase === 'mixing' ? [roundEnded()] : [publishSnapshot()]
    if (freezeAfterMix) return [...ended, ...freeze()]
    return [...ended, ...(phase === 'mixing' ? nextRound(nowMs) : rest(nowMs))]
  }

  const roundEnded = (): GossipEffect<W> => ({ type: 'roundEnded', round, loss, mixedFrom, weights })

  const nextRound = (nowMs: number): GossipEffect<W>[] => {
    // Mode rounds has pulled already; after the last round it is for `rest` to say who is asked.
    const pulls = config.mode === 'async' && round < config.rounds ? pullFromPartners() : []
    return [...pulls, ...beginRound(nowMs)]
  }

  // After the last round (mode async)

  /**
   * A peer that has finished goes on mixing at the pace of its last round, and publishes what it mixed, as long as a
   * neighbour still trains: otherwise the slow ones would end alone, with nothing fresh to mix, and drift apart.
   */
  const rest = (nowMs: number): GossipEffect<W>[] => {
    // Without partners there is nobody to mix with and no way to ask whether they are done.
    const isAsked = config.mode === 'async' && degree() > 0
    consolidating = isAsked && !neighbours().every((id) => heads.hasFinished(id))
    return consolidating ? [{ type: 'setDeadline', atMs: nowMs + Math.max(roundMs, TURN_MS_MIN) }] : []
  }

  const consolidate = (nowMs: number): GossipEffect<W>[] => {
    const received = inbox.take()
    turns += 1
    // Also asked: who brought nothing in this turn and is not known to be done. The head that said so may have been
    // lost, and it is not repeated.
    const pulls = pullFromPartners(
      (id) => hasNews(id) || (!heads.hasFinished(id) && !received.some(({ from }) => from === id)),
    )
    return [...pulls, ...(received.length === 0 ? rest(nowMs) : [mixWith(received)])]
  }

  // Communication

  const neighbours = (): readonly string[] => topology.neighbours({ members, self, round })
  const degree = (): number => Math.min(neighbours().length, schedule.partnersMax(round))

  const pullFromPartners = (isWorthAsking = hasNews): GossipEffect<W>[] => {
    const random = createRandom(
      config.seed,
      'partners',
      self,
      version - versionBase,
      ...(turns > 0 ? [turns] : []),
    )
    const candidates = neighbours()
    partnersRound = round
    const count = schedule.partners(round + turns, random)
    const partners = count >= candidates.length ? candidates : sampleOf(candidates, count, random)
    if (config.mode === 'async') {
      const pulls = count === Infinity ? FRESH_PULLS : 1
      return following.begin(partners, pulls, isWorthAsking).flatMap(pullFrom)
    }
    awaited.clear()
    for (const partner of partners) if (!silent.has(partner)) awaited.add(partner)
    // The others' heads of this round bring their pulls.
    return partners.filter((partner) => heads.roundOf(partner) >= round).flatMap(pullFrom)
  }

  /** Whether there may be something newer than what is here: its head says so, or none is known. */
  const hasNews = (member: string): boolean => {
    const version = heads.versionOf(member)
    return version === undefined || version > inbox.newestFrom(member)
  }

  /** One pull per member at a time. */
  const pullFrom = (from: string): GossipEffect<W>[] => {
    if (pulling.has(from) || pulling.size >= limits.pullsMax) return []
    pulling.set(from, version)
    following.asked(from)
    return [{ type: 'pull', from, newerThan: inbox.newestFrom(from) }]
  }

  const noteHead = (from: string, head: Head, nowMs: number): GossipEffect<W>[] => {
    if (from === self || !isMember(from) || head.round > config.rounds) return []
    if (!heads.note(from, head, version)) return []
    silent.delete(from)
    const pulls = wants(from, head) ? pullFrom(from) : []
    // A neighbour that trains again, or one that came late.
    const wakes = phase === 'finished' && !consolidating && !frozen && !head.finished
    return wakes ? [...pulls, ...rest(nowMs)] : pulls
  }

  /** Whether a head is worth a pull at once. */
  const wants = (from: string, head: Head): boolean =>
    config.mode === 'async'
      ? following.mayAsk(from)
      : phase === 'collecting' && awaited.has(from) && head.round >= round

  const receive = (event: GossipEvent<W> & { type: 'pulled' }, nowMs: number): GossipEffect<W>[] => {
    const { from, head } = event
    const askedAtVersion = pulling.get(from) ?? version
    pulling.delete(from)
    silent.delete(from)
    if (!isMember(from)) return phase === 'joining' ? join(nowMs) : []
    if (head.round > config.rounds) return endPull(from, nowMs)
    heads.note(from, head, askedAtVersion)
    if (phase === 'joining') {
      weights = event.weights
      round = head.round
      return endJoin(nowMs)
    }
    const since = published.get(heads.ownVersionAt(from, head.version) ?? askedAtVersion)
    inbox.put({ from, head, weights: event.weights, since })
    if (config.mode === 'async') return following.mayAsk(from) && hasNews(from) ? pullFrom(from) : []
    if (!awaited.has(from)) return []
    // A pull that began before this round may bring an older snapshot than the one awaited.
    if (head.round < round) return pullAwaited()
    deadline.observe(nowMs - collectingSinceMs)
    return [...endWait(from, nowMs), ...pullAwaited()]
  }

  const endPull = (from: string, nowMs: number): GossipEffect<W>[] => {
    pulling.delete(from)
    if (phase !== 'joining') return [...endWait(from, nowMs), ...pullAwaited()]
    joinsFailed += 1
    heads.forget(from)
    return join(nowMs)
  }

  // Waiting (mode rounds)

  const endWait = (from: string, nowMs: number): GossipEffect<W>[] => {
    if (!awaited.delete(from) || awaited.size > 0 || phase !== 'collecting') return []
    return [{ type: 'clearDeadline' }, ...(frozen ? [] : mix(nowMs))]
  }

  /** Those that found no free place among the pulls, or whose snapshot that came was too old. */
  const pullAwaited = (): GossipEffect<W>[] =>
    phase === 'collecting' && !frozen
      ? [...awaited].filter((id) => heads.roundOf(id) >= round).flatMap(pullFrom)
      : []

  const missDeadline = (nowMs: number): GossipEffect<W>[] => {
    for (const partner of awaited) silent.add(partner)
    awaited.clear()
    return frozen ? [] : mix(nowMs)
  }

  // Membership and freezing

  const isMember = (id: string): boolean => setOf(members).has(id)

  const updateMembers = (next: readonly string[], nowMs: number): GossipEffect<W>[] => {
    members = next
    inbox.keepOnly(isMember)
    heads.keepOnly(isMember)
    for (const id of silent) if (!isMember(id)) silent.delete(id)
    return [...awaited].filter((id) => !isMember(id)).flatMap((id) => endWait(id, nowMs))
  }

  const freeze = (): GossipEffect<W>[] => {
    if (frozen || phase === 'idle') return []
    freezeAfterMix = mixUnderWay
    freezeAfterJoin = phase === 'joining'
    if (freezeAfterMix || freezeAfterJoin) return []
    frozen = true
    return [{ type: 'frozen', weights, round, samples }]
  }

  const hold = (event: GossipEvent<W>): GossipEffect<W>[] => {
    held = event
    return []
  }

  const resume = (nowMs: number): GossipEffect<W>[] => {
    freezeAfterMix = false
    freezeAfterJoin = false
    if (!frozen) return []
    frozen = false
    const event = held
    held = undefined
    if (event) return handle(event, nowMs)
    if (phase === 'finished') return rest(nowMs)
    if (phase === 'mixing') return nextRound(nowMs)
    return phase === 'collecting' && awaited.size === 0 ? mix(nowMs) : []
  }

  return {
    handle,
    get state() {
      return { phase, round, samples, inboxSize: inbox.size, pullsUnderWay: pulling.size, frozen }
    },
  }
}

/** One set per members array, shared by the engines that share the array. */
const sets = new WeakMap<readonly string[], ReadonlySet<string>>()

const setOf = (members: readonly string[]): ReadonlySet<string> => {
  let set = sets.get(members)
  if (!set) sets.set(members, (set = new Set(members)))
  return set
}
