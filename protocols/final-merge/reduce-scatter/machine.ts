import type { MergeMessage } from '../../wire/types.js'
import type {
  Fetched,
  MergeConfig,
  MergeEffect,
  MergeEvent,
  MergeMachine,
  MergeMethod,
  MergePhase,
} from '../contract.js'
import { parseMergeId } from '../merge-id.js'
import { resultBytes } from '../statement.js'
import { Accusations } from './accusations.js'
import { Asking } from './asking.js'
import type { Elected } from './ballot.js'
import { Calling } from './calling.js'
import type { Call, CallMessage } from './calls.js'
import { Concluding } from './concluding.js'
import { readingMs } from './deadline.js'
import { Following } from './following.js'
import { Participation } from './participation.js'
import { Pending } from './pending.js'
import { startReading, type Reading } from './reading.js'
import type { ReadStep, Step } from './steps.js'
import { createVoices, type Said, type Voices } from './voices.js'
import { Words } from './words.js'

/**
 * The final merge of DESIGN.md: call → freeze and commit → roster → reduce-scatter → all-gather → certificate. Two
 * thirds of the members named in the call must agree. README.md in this folder has the state diagram and what is
 * guaranteed against whom.
 */
export const reduceScatter: MergeMethod = { name: 'reduce-scatter', create: (config) => new Machine(config) }

/** Follows calls, takes part in one at a time, and reads what others agreed on. */
class Machine implements MergeMachine {
  private readonly voices: Voices
  private readonly words: Words
  private readonly following: Following
  private readonly calling: Calling
  private readonly asking: Asking
  private readonly concluding: Concluding
  private readonly accusations = new Accusations()
  private readonly pending = new Pending()
  private part: Participation | undefined
  private reading: Reading | undefined
  /** While it takes part in nothing. */
  private resting: 'idle' | 'abandoned' = 'idle'

  constructor(private readonly config: MergeConfig) {
    const { self, run, period, signatures, rule, weighting } = config
    const voices = createVoices({
      priorityOf: (id) => this.following.priorityOf(id),
      isSigned: (from, { mergeId, call, roster, digest, signature }) =>
        signatures.verify(
          from,
          resultBytes({ run, mergeId, rule: rule.name, weighting, call, roster, digest }),
          signature,
        ),
    })
    const words = new Words({ self, repeatMs: () => this.following.timing.repeatMs, voices })
    const following = new Following(config, voices)
    this.voices = voices
    this.words = words
    this.following = following
    this.calling = new Calling(config, following)
    this.asking = new Asking(period, following)
    this.concluding = new Concluding({ config, following, voices, words })
  }

  get phase(): MergePhase {
    if (this.concluding.isOver) return 'merged'
    if (this.reading) return 'reading'
    return this.part?.phase ?? this.resting
  }

  get held(): string | undefined {
    return this.part?.held ?? this.concluding.held
  }

  isUnderWay(nowMs: number): boolean {
    return !this.concluding.isOver && this.following.isUnderWay(nowMs)
  }

  /** Takes part in nothing now. */
  private get isFree(): boolean {
    return !this.concluding.isOver && !this.reading && !this.part
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
        this.pending.froze()
        return this.settle(part.froze({ digest: event.digest, samples: event.samples }, nowMs), nowMs)
      case 'fetched':
        return this.fetched(event.fetched, nowMs)
      case 'checked':
      case 'judged':
      case 'wanted':
        return this.settle(part?.attempted(event, nowMs), nowMs)
      case 'assembled':
        return this.pending.assembled() ? this.assembled(event.digest, nowMs) : []
      case 'tick':
        return this.tick(nowMs)
      default:
        return []
    }
  }

  /** Carries out what a part of the machine cannot do itself, and moves on. */
  private settle(steps: readonly Step[] = [], nowMs: number): MergeEffect[] {
    const effects = this.carryOut(steps, nowMs)
    return [...effects, ...this.conclude(nowMs)]
  }

  private carryOut(steps: readonly Step[], nowMs: number): MergeEffect[] {
    return steps.flatMap((step): MergeEffect[] => {
      switch (step.type) {
        case 'read':
          return this.read(step, nowMs)
        case 'abandoned': {
          const isDisturbed = this.following.isDisturbed()
          this.rest()
          return [{ ...step, ...(isDisturbed ? { isDisturbed } : {}) }, this.nextTick(nowMs)]
        }
        case 'assemble':
          this.pending.assemble()
          return [step]
        default:
          return [step]
      }
    })
  }

  // Calls

  private toldToCall(members: readonly string[], nowMs: number): MergeEffect[] {
    if (!this.config.mayCall(this.config.self)) return []
    if (this.reading && !this.part) this.calling.wait(members)
    if (!this.isFree) return []
    const wasWaiting = this.calling.isWaiting
    const effects = this.callMembers(members, nowMs)
    // Told ever anew it would put off its next look, and its questions, for ever.
    return wasWaiting && this.calling.isWaiting ? [] : effects
  }

  private callMembers(members: readonly string[], nowMs: number): MergeEffect[] {
    if (!this.isFree) return []
    const refused = this.calling.call(members, nowMs)
    if (!refused) return [...this.followBetter(nowMs), ...this.conclude(nowMs)]
    if (refused.type === 'abandoned') this.resting = 'abandoned'
    return [refused]
  }

  private followBetter(nowMs: number): MergeEffect[] {
    if (this.concluding.isOver) return []
    const better = this.following.better(this.phase, nowMs)
    return better ? this.follow(better, nowMs) : []
  }

  private follow(call: Call, nowMs: number): MergeEffect[] {
    const { part, following, config, voices, words, accusations } = this
    this.asking.restart()
    if (!call.members.includes(config.self)) {
      following.goBy(call)
      this.resting = 'idle'
      return [this.nextTick(nowMs)]
    }
    following.takePart(call, { nowMs, isBusy: part !== undefined })
    words.follow(call)
    const announced = words.announce(nowMs)
    const ballot = following.ballotOf(call)
    if (part?.call.sequence === call.sequence)
      return [...announced, ...this.settle(part.moveTo(call, ballot, nowMs), nowMs)]
    this.concluding.held = undefined
    this.calling.forget()
    const { busy } = this.pending
    this.part = new Participation({ config, voices, words, accusations, busy }, call, ballot, part)
    return [...announced, ...this.settle(this.part.begin(nowMs), nowMs), this.nextTick(nowMs)]
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

  private hearCall(from: string, message: CallMessage, nowMs: number): MergeEffect[] {
    const isHeard = this.following.hear(from, message)
    const { caller } = message
    const accused = this.following.isDoubler(caller) ? this.accusations.accuse(caller, 'doubled-call') : []
    return isHeard ? [...accused, ...this.followBetter(nowMs), ...this.conclude(nowMs)] : accused
  }

  private hearWord(from: string, message: Said, nowMs: number): MergeEffect[] {
    const { voices, following, concluding } = this
    const id = parseMergeId(message.mergeId)
    if (id?.period !== this.config.period) return []
    voices.hear(from, message, id.sequence)
    following.overhear(from, message, nowMs)
    const isLiar = voices.of(from, message.mergeId)?.equivocated && following.call?.members.includes(from)
    const accused = isLiar ? this.accusations.accuse(from, 'equivocated') : []
    const followed = message.type === 'commitment' ? this.followBetter(nowMs) : []
    if (concluding.isOver) return [...accused, ...concluding.settleWhenAllVoted()]
    if (this.reading || !this.part) return [...accused, ...followed, ...this.conclude(nowMs)]
    const steps = message.type === 'roster' ? this.part.challenged(from, message, nowMs) : []
    const effects = [...accused, ...followed, ...this.settle(steps, nowMs)]
    return this.reading ? effects : [...effects, ...this.settle(this.part?.advance(nowMs), nowMs)]
  }

  /** Somebody has no result: whoever has one, or voted for one, says again what led to it. */
  private answer(mergeId: string, nowMs: number): MergeEffect[] {
    if (parseMergeId(mergeId)?.period !== this.config.period) return []
    const { words, concluding } = this
    return concluding.isOver || (this.isFree && words.hasVoted) ? words.answer(nowMs) : []
  }

  // Result

  private fetched(fetched: Fetched, nowMs: number): MergeEffect[] {
    const { fetch, problem } = fetched
    if (fetch.what === 'result') return this.resultFetched(fetch, problem !== undefined, nowMs)
    const isOfUse = this.pending.fetched(fetch.from)
    return this.settle(isOfUse ? this.part?.fetched(fetched, nowMs) : this.part?.work(nowMs), nowMs)
  }

  private read({ digest, holders, elected }: ReadStep, nowMs: number): MergeEffect[] {
    const effects = this.reading?.digest === digest ? [] : this.startReading(digest, holders, nowMs)
    if (this.reading?.digest === digest) this.reading.elected ??= elected
    return effects
  }

  private startReading(digest: string, holders: readonly string[], nowMs: number): MergeEffect[] {
    const { self, random } = this.config
    const deadlineMs = nowMs + readingMs(this.following.timing)
    const reading = startReading({ digest, holders, self, random, deadlineMs })
    if (!reading) return []
    this.reading = reading
    this.part?.suspend()
    return [...reading.ask(), this.nextTick(nowMs)]
  }

  /** While it reads, the own average may turn out to be what it reads. */
  private assembled(digest: string, nowMs: number): MergeEffect[] {
    const { reading, part } = this
    if (reading && reading.digest !== digest) return []
    this.reading = undefined
    const effects = this.settle(part?.assembled(digest, nowMs), nowMs)
    return reading?.elected && !this.concluding.isOver
      ? [...effects, ...this.merge(reading.elected, nowMs)]
      : effects
  }

  private resultFetched(
    { from, digest }: { readonly from: string; readonly digest: string },
    failed: boolean,
    nowMs: number,
  ): MergeEffect[] {
    const { reading, part, concluding } = this
    if (reading?.digest !== digest || concluding.isOver) return []
    if (failed) return [...reading.failed(from)]
    concluding.held = digest
    this.reading = undefined
    if (reading.elected) return this.merge(reading.elected, nowMs)
    return this.settle(part?.read(digest, nowMs), nowMs)
  }

  /** Two thirds voted alike: the merge is over, or the result has to be read. */
  private conclude(nowMs: number): MergeEffect[] {
    const { part, concluding } = this
    const elected = concluding.isOver ? undefined : concluding.elected(part)
    if (!elected) return []
    const { digest } = elected.claimed
    if (digest === this.held) return this.merge(elected, nowMs)
    const holders = elected.signatures.map(({ id }) => id)
    return this.read({ type: 'read', digest, holders, elected }, nowMs)
  }

  private merge(elected: Elected, nowMs: number): MergeEffect[] {
    this.part = undefined
    this.reading = undefined
    return this.concluding.merge(elected, nowMs)
  }

  private rest(): void {
    this.concluding.held = this.part?.held ?? this.concluding.held
    this.part = undefined
    this.reading = undefined
    this.resting = 'abandoned'
    this.asking.restart()
  }

  // Time

  private nextTick(nowMs: number): MergeEffect {
    return this.asking.nextTick(nowMs, { isFree: this.isFree })
  }

  private tick(nowMs: number): MergeEffect[] {
    if (this.concluding.isOver) return []
    if (this.isFree) return this.tickResting(nowMs)
    const isDue = this.asking.look() && this.words.countRepetition()
    const said = isDue ? [...(this.part ? this.words.again(nowMs) : []), this.asking.ask()] : []
    const effects = this.reading
      ? this.tickReading(this.reading, nowMs)
      : this.settle(this.part?.tick(nowMs), nowMs)
    return [...said, ...effects, ...(this.concluding.isOver ? [] : [this.nextTick(nowMs)])]
  }

  private tickResting(nowMs: number): MergeEffect[] {
    const { asking, calling, following } = this
    const { due } = calling
    if (due) return [...(following.call ? [asking.ask()] : []), ...this.callMembers(due, nowMs)]
    return asking.takeTurn() ? [asking.ask(), this.nextTick(nowMs)] : []
  }

  private tickReading(reading: Reading, nowMs: number): MergeEffect[] {
    if (nowMs < reading.deadlineMs)
      return [...reading.ask(), ...this.carryOut(this.part?.tickReading() ?? [], nowMs)]
    this.reading = undefined
    this.concluding.unreadable = reading.digest
    // It may have had nothing to give up but its questions, which go on.
    const given = this.part?.abandon('the result was not to be had in time') ?? []
    const followed = [...this.carryOut(given, nowMs), ...this.followBetter(nowMs)]
    const { due } = this.calling
    return due ? [...followed, ...this.callMembers(due, nowMs)] : followed
  }
}
