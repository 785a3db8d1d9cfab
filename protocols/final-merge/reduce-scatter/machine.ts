import { limits } from '../../limits.js'
import type { MergeMessage } from '../../wire/types.js'
import type {
  Fetched,
  MergeConfig,
  MergeEffect,
  MergeEvent,
  MergeMachine,
  MergeMethod,
  MergePhase,
  MergeTiming,
} from '../contract.js'
import { mergeIdOf, parseMergeId } from '../merge-id.js'
import { callBytes, resultBytes } from '../statement.js'
import { Accusations } from './accusations.js'
import { createBallot, type Ballot, type Elected } from './ballot.js'
import { createCalls, isBetter, namesMostOf, type Call, type CallMessage, type Calls } from './calls.js'
import { outcomeOf } from './outcome.js'
import { Overheard } from './overheard.js'
import { Participation, type Step } from './participation.js'
import { Reading } from './reading.js'
import { createVoices, type Said, type Voices } from './voices.js'
import { voteFor } from './vote.js'
import { Words } from './words.js'

/** Repetitions between two questions of a peer that takes no part: at first, and after a while. Guess: nobody waits for the answer. */
const ASK_EVERY_MIN = 4
const ASK_EVERY_MAX = 64

/**
 * The final merge of DESIGN.md: call → freeze and commit → roster → reduce-scatter → all-gather → certificate. Two
 * thirds of the members named in the call must agree. README.md in this folder has the state diagram and what is
 * guaranteed against whom.
 */
export const reduceScatter: MergeMethod = { name: 'reduce-scatter', create: (config) => new Machine(config) }

/** Follows calls, takes part in one at a time, and reads what others agreed on. */
class Machine implements MergeMachine {
  private readonly calls: Calls
  private readonly voices: Voices
  private readonly words: Words
  private readonly overheard: Overheard
  private readonly accusations = new Accusations()
  private readonly ballots = new WeakMap<Call, Ballot>()
  /** Members with a fetch under way, from whatever call: one at a time each. */
  private readonly busy = new Set<string>()
  /** Of these, the ones asked before the own model was frozen anew: what they give is of no use. */
  private readonly outdated = new Set<string>()
  /** Results asked for and not yet put together. */
  private assembling = 0
  /** The newest that this peer went by. */
  private call: Call | undefined
  private part: Participation | undefined
  private reading: Reading | undefined
  /** While it takes part in nothing. */
  private resting: 'idle' | 'abandoned' = 'idle'
  private isOver = false
  /** Everyone is known to have voted. */
  private isSettled = false
  /** Digest of the last result at hand, also after its call was given up. */
  private held: string | undefined
  /** Digest of the last result that was elected and not to be had: no reason to leave a newer call. */
  private unreadable: string | undefined
  private askedTimes = 0
  /** Ticks of merges that this peer took part in. */
  private looks = 0
  /** Those whom this peer was to call while it read a result, or while others merged without it: neither may come to an end. */
  private toCall: readonly string[] | undefined
  /** How often a member's call has ended another that was under way. */
  private readonly interruptions = new Map<string, number>()

  constructor(private readonly config: MergeConfig) {
    const { self, run, period, mayCall, members, signatures, rule, weighting, timing } = config
    const { verify } = signatures
    const isNamed = (id: string): boolean => id === self || (this.call?.members.includes(id) ?? false)
    this.calls = createCalls({ run, period, mayCall, members, verify, isNamed })
    this.voices = createVoices({
      isNamed,
      isSigned: (from, { mergeId, call, roster, digest, signature }) =>
        verify(
          from,
          resultBytes({ run, mergeId, rule: rule.name, weighting, call, roster, digest }),
          signature,
        ),
    })
    this.overheard = new Overheard({ timing, isNamed })
    this.words = new Words({ self, repeatMs: timing(1).repeatMs, voices: this.voices })
  }

  get phase(): MergePhase {
    if (this.isOver) return 'merged'
    if (this.reading) return 'reading'
    return this.part?.phase ?? this.resting
  }

  isUnderWay(nowMs: number): boolean {
    return !this.isOver && this.overheard.lookAgainMs(this.openCalls(), nowMs) !== undefined
  }

  handle(event: MergeEvent, nowMs: number): MergeEffect[] {
    const { part } = this
    switch (event.type) {
      case 'call':
        return this.toldToCall(event.members, nowMs)
      case 'message':
        return event.from === this.config.self ? [] : this.hear(event.from, event.message, nowMs)
      case 'frozen':
        if (part?.phase !== 'freezing') return []
        for (const id of this.busy) this.outdated.add(id)
        return this.settle(part.froze({ digest: event.digest, samples: event.samples }, nowMs), nowMs)
      case 'fetched':
        return this.fetched(event.fetched, nowMs)
      case 'checked':
        return this.settle(part?.checked(event.bad, nowMs), nowMs)
      case 'judged':
        return this.settle(part?.judged(event, nowMs), nowMs)
      case 'assembled':
        // Of an attempt that was given up meanwhile: the newer one follows.
        this.assembling = Math.max(0, this.assembling - 1)
        return this.assembling > 0 ? [] : this.settle(part?.assembled(event.digest, nowMs), nowMs)
      case 'wanted':
        return this.settle(part?.wanted(event.chunk, nowMs), nowMs)
      case 'tick':
        return this.tick(nowMs)
      default:
        return []
    }
  }

  /** Carries out what the participation cannot do itself, and moves on. */
  private settle(steps: readonly Step[] = [], nowMs: number): MergeEffect[] {
    const effects = this.carryOut(steps, nowMs)
    return [...effects, ...this.conclude(nowMs)]
  }

  private carryOut(steps: readonly Step[], nowMs: number): MergeEffect[] {
    return steps.flatMap((step): MergeEffect[] => {
      switch (step.type) {
        case 'read':
          return this.read(step.digest, step.holders, nowMs)
        case 'abandoned':
          this.rest()
          return [step, this.nextTick(nowMs)]
        case 'assemble':
          this.assembling += 1
          return [step]
        default:
          return [step]
      }
    })
  }

  // Calls

  private toldToCall(members: readonly string[], nowMs: number): MergeEffect[] {
    if (!this.config.mayCall(this.config.self)) return []
    if (this.reading && !this.part) this.toCall = members
    if (!this.isFree) return []
    const isWaiting = this.toCall !== undefined
    const effects = this.callMembers(members, nowMs)
    // Told ever anew it would put off its next look, and its questions, for ever.
    return isWaiting && this.toCall ? [] : effects
  }

  private callMembers(members: readonly string[], nowMs: number): MergeEffect[] {
    if (!this.isFree) return []
    const { run, period, self, signatures } = this.config
    const atMs = this.overheard.lookAgainMs(this.othersCalls(), nowMs)
    this.toCall = atMs === undefined ? undefined : members
    if (atMs !== undefined) return [{ type: 'setTick', atMs }]
    const newest = Math.max(
      this.config.callsBefore ?? 0,
      this.sequence,
      ...this.calls.bestFirst().map(({ sequence }) => sequence),
    )
    const mergeId = mergeIdOf(period, newest + 1)
    const sorted = [...new Set(members)].sort()
    const signature = signatures.sign(callBytes({ run, mergeId, members: sorted }))
    const message: CallMessage = { type: 'call', mergeId, members: sorted, caller: self, signature }
    if (!this.calls.hear(self, message, newest)) return this.giveUp(sorted)
    return [...this.followBetter(nowMs), ...this.conclude(nowMs)]
  }

  /**
   * Whom to call after a wait. A list that nobody would hear any more gives way to those who are here; else it stays,
   * since statistics are of those whose models were merged.
   */
  private stillThere(members: readonly string[]): readonly string[] {
    const known = this.config.members?.()
    return known === undefined || namesMostOf(known, members) ? members : known
  }

  /** Those that a call of this peer would end. */
  private othersCalls(): readonly Call[] {
    return this.openCalls().filter(({ members }) => !members.includes(this.config.self))
  }

  /** Those without a result yet. */
  private openCalls(): readonly Call[] {
    return this.calls.bestFirst().filter((call) => !this.ballotOf(call).elected())
  }

  /** Nobody would hear the own call: whoever waits for its end must not wait for ever. */
  private giveUp(members: readonly string[]): MergeEffect[] {
    const known = new Set(this.config.members?.() ?? members)
    const most = limits.mergeMembersMax
    const reason =
      members.length > most
        ? `${members.length} members are here, and a merge can have ${most}`
        : 'the members to be called are not those who are here'
    this.resting = 'abandoned'
    return [{ type: 'abandoned', reason, missing: members.filter((id) => !known.has(id)) }]
  }

  private get timing(): MergeTiming {
    return this.config.timing(this.call?.members.length ?? 1)
  }

  private get sequence(): number {
    return this.call?.sequence ?? 0
  }

  /** Takes part in nothing now. */
  private get isFree(): boolean {
    return !this.isOver && !this.reading && !this.part
  }

  private hearCall(from: string, message: CallMessage, nowMs: number): MergeEffect[] {
    if (!this.calls.hear(from, message, this.sequence)) return []
    return [...this.followBetter(nowMs), ...this.conclude(nowMs)]
  }

  private followBetter(nowMs: number): MergeEffect[] {
    if (this.isOver) return []
    const better = this.calls.bestFirst().find((call) => this.isPreferred(call))
    return better ? this.follow(better, nowMs) : []
  }

  private isPreferred(call: Call): boolean {
    const { self } = this.config
    if (!this.call) return true
    const isBetterForSame = call.sequence === this.sequence && isBetter(call, this.call)
    if (this.isFree) {
      const wasNamed = this.call.members.includes(self)
      return call.sequence > this.sequence || (isBetterForSame && !wasNamed)
    }
    if (this.reading || !this.part || !call.members.includes(self)) return false
    const { phase } = this.part
    if (call.sequence > this.sequence)
      return phase !== 'voted' && (this.mayInterrupt(call.caller) || this.isBegun(call))
    return isBetterForSame && (phase === 'freezing' || phase === 'committing')
  }

  /** A newer call means that its caller has given the present one up; each may say so as often as honest ones call. */
  private mayInterrupt(caller: string): boolean {
    return (this.interruptions.get(caller) ?? 0) < limits.mergeCallsMax
  }

  /** A third commit to something: one honest member at least has given the call before up. */
  private isBegun({ members, mergeId }: Call): boolean {
    return 3 * members.filter((id) => this.voices.of(id, mergeId)?.commitment).length >= members.length
  }

  private follow(call: Call, nowMs: number): MergeEffect[] {
    const { part } = this
    const { voices, words, accusations, busy, config } = this
    this.call = call
    this.askedTimes = 0
    words.follow(call)
    if (!call.members.includes(config.self)) {
      this.resting = 'idle'
      return [this.nextTick(nowMs)]
    }
    const announced = words.announce(nowMs)
    const ballot = this.ballotOf(call)
    if (part?.call.sequence === call.sequence)
      return [...announced, ...this.settle(part.moveTo(call, ballot, nowMs), nowMs)]
    if (part) this.interruptions.set(call.caller, (this.interruptions.get(call.caller) ?? 0) + 1)
    this.held = undefined
    this.toCall = undefined
    this.part = new Participation({ config, voices, words, accusations, busy }, call, ballot, part)
    return [...announced, ...this.settle(this.part.begin(nowMs), nowMs), this.nextTick(nowMs)]
  }

  private ballotOf(call: Call): Ballot {
    const ballot = this.ballots.get(call) ?? createBallot(call, this.voices)
    this.ballots.set(call, ballot)
    return ballot
  }

  // Words of others

  private hear(from: string, message: MergeMessage, nowMs: number): MergeEffect[] {
    switch (message.type) {
      case 'call':
        return this.hearCall(from, message, nowMs)
      case 'holdings':
        return []
      case 'ask':
        return this.answer(message.mergeId, nowMs)
      default:
        return this.hearWord(from, message, nowMs)
    }
  }

  private hearWord(from: string, message: Said, nowMs: number): MergeEffect[] {
    const id = parseMergeId(message.mergeId)
    if (id?.period !== this.config.period) return []
    this.voices.hear(from, message, id.sequence)
    this.overheard.hear(from, message, nowMs)
    const isLiar = this.voices.of(from, message.mergeId)?.equivocated && this.call?.members.includes(from)
    const accused = isLiar ? this.accusations.accuse(from, 'equivocated') : []
    const followed = message.type === 'commitment' ? this.followBetter(nowMs) : []
    if (this.isOver) return [...accused, ...this.settleWhenAllVoted()]
    if (this.reading || !this.part) return [...accused, ...followed, ...this.conclude(nowMs)]
    const steps = message.type === 'roster' ? this.part.challenged(from, message, nowMs) : []
    const effects = [...accused, ...followed, ...this.settle(steps, nowMs)]
    return this.reading ? effects : [...effects, ...this.settle(this.part?.advance(nowMs), nowMs)]
  }

  /** Somebody has no result: whoever has one, or voted for one, says again what led to it. */
  private answer(mergeId: string, nowMs: number): MergeEffect[] {
    if (parseMergeId(mergeId)?.period !== this.config.period) return []
    return this.isOver || (this.isFree && this.words.hasVoted) ? this.words.answer(nowMs) : []
  }

  // Result

  private fetched(fetched: Fetched, nowMs: number): MergeEffect[] {
    const { fetch, problem } = fetched
    if (fetch.what === 'result') return this.resultFetched(fetch.digest, problem !== undefined, nowMs)
    this.busy.delete(fetch.from)
    if (this.outdated.delete(fetch.from)) return this.settle(this.part?.work(nowMs), nowMs)
    return this.settle(this.part?.fetched(fetched, nowMs), nowMs)
  }

  private read(digest: string, holders: readonly string[], nowMs: number): MergeEffect[] {
    const { self, random } = this.config
    const others = holders.filter((id) => id !== self)
    if (this.reading?.digest === digest || others.length === 0) return []
    // Not all ask the same one.
    const start = random.below(others.length)
    const inTurn = [...others.slice(start), ...others.slice(0, start)]
    this.reading = new Reading(digest, inTurn, nowMs + this.timing.pullMs + this.timing.agreeMs)
    this.part?.suspend()
    return [...this.reading.ask(), this.nextTick(nowMs)]
  }

  private resultFetched(digest: string, failed: boolean, nowMs: number): MergeEffect[] {
    const { reading, part } = this
    if (reading?.digest !== digest || this.isOver) return []
    if (failed) return [...reading.failed()]
    this.held = digest
    this.reading = undefined
    if (reading.elected) return this.merge(reading.elected, nowMs)
    return this.settle(part?.read(digest, nowMs), nowMs)
  }

  /** Two thirds voted alike, in this call or in another of the period that this peer took no part in or gave up. */
  private conclude(nowMs: number): MergeEffect[] {
    if (this.isOver) return []
    const own = this.call ? [this.call] : []
    for (const call of [...own, ...this.calls.bestFirst()]) {
      const elected = this.ballotOf(call).elected()
      if (!elected) continue
      const { digest } = elected.claimed
      if (this.part && digest === this.unreadable && digest !== this.part.held) continue
      return this.take(elected, nowMs)
    }
    return []
  }

  private take(elected: Elected, nowMs: number): MergeEffect[] {
    const { digest } = elected.claimed
    if (digest === (this.part?.held ?? this.held)) return this.merge(elected, nowMs)
    const effects = this.read(
      digest,
      elected.signatures.map(({ id }) => id),
      nowMs,
    )
    if (this.reading?.digest === digest) this.reading.elected ??= elected
    return effects
  }

  private merge(elected: Elected, nowMs: number): MergeEffect[] {
    const { config, words } = this
    const { call, claimed } = elected
    this.isOver = true
    this.held = claimed.digest
    this.part = undefined
    this.reading = undefined
    this.call = call
    this.words.follow(call)
    this.words.settleOn(claimed.roster)
    // Too slow to vote before: the others wait for its vote, which says that it has the result. Said with the rest below.
    const isLate = call.members.includes(config.self) && !words.hasVoted
    if (isLate) voteFor(claimed, { config, call, words, nowMs })
    return [
      { type: 'merged', ...outcomeOf(elected, config) },
      // Those whose votes are still on their way need ours.
      ...this.words.again(nowMs),
      ...this.settleWhenAllVoted(),
    ]
  }

  /** Whoever voted for another result has not got this one. */
  private settleWhenAllVoted(): MergeEffect[] {
    const { members, mergeId, digest } = this.call!
    const hasResult = (id: string): boolean => {
      const vote = this.voices.of(id, mergeId)?.vote
      return vote?.call === digest && vote.digest === this.held
    }
    if (this.isSettled || !members.every(hasResult)) return []
    this.isSettled = true
    return [{ type: 'settled' }]
  }

  // Time

  private rest(): void {
    this.held = this.part?.held ?? this.held
    this.part = undefined
    this.reading = undefined
    this.resting = 'abandoned'
    this.askedTimes = 0
  }

  private nextTick(nowMs: number): MergeEffect {
    const { repeatMs, lookMs = repeatMs } = this.timing
    const askMs = Math.min(ASK_EVERY_MIN * 2 ** this.askedTimes, ASK_EVERY_MAX) * repeatMs
    return { type: 'setTick', atMs: nowMs + (this.isFree ? askMs : lookMs) }
  }

  private get looksPerRepetition(): number {
    const { repeatMs, lookMs = repeatMs } = this.timing
    return Math.max(1, Math.round(repeatMs / lookMs))
  }

  private ask(): MergeEffect {
    const mergeId = mergeIdOf(this.config.period, Math.max(1, this.sequence))
    return { type: 'broadcast', message: { type: 'ask', mergeId } }
  }

  private tick(nowMs: number): MergeEffect[] {
    if (this.isOver) return []
    if (this.isFree) {
      if (this.toCall)
        return [...(this.call ? [this.ask()] : []), ...this.callMembers(this.stillThere(this.toCall), nowMs)]
      if (this.askedTimes >= limits.mergeAsksMax || !this.call) return []
      this.askedTimes += 1
      return [this.ask(), this.nextTick(nowMs)]
    }
    this.looks += 1
    const isDue = this.looks % this.looksPerRepetition === 0 && this.words.countRepetition()
    const said = isDue ? [...(this.part ? this.words.again(nowMs) : []), this.ask()] : []
    const effects = this.reading
      ? this.tickReading(this.reading, nowMs)
      : this.settle(this.part?.tick(nowMs), nowMs)
    return [...said, ...effects, ...(this.isOver ? [] : [this.nextTick(nowMs)])]
  }

  private tickReading(reading: Reading, nowMs: number): MergeEffect[] {
    if (nowMs < reading.deadlineMs) return [...reading.ask()]
    this.reading = undefined
    this.unreadable = reading.digest
    // It may have had nothing to give up but its questions, which go on.
    const given = this.part?.abandon('the result was not to be had in time') ?? []
    const followed = [...this.carryOut(given, nowMs), ...this.followBetter(nowMs)]
    return this.toCall ? [...followed, ...this.callMembers(this.stillThere(this.toCall), nowMs)] : followed
  }
}
