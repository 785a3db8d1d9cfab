import type { MergeConfig, MergePhase, MergeTiming } from '../contract.js'
import { mergeIdOf } from '../merge-id.js'
import { callBytes, callDigest, thirdOf } from '../statement.js'
import { createBallot, type Ballot, type Elected } from './ballot.js'
import { createCalls, isBetter, namesMostOf, type Call, type CallMessage, type Calls } from './calls.js'
import { Interruptions } from './interruptions.js'
import { longestCallMs } from './longest-call.js'
import { Overheard } from './overheard.js'
import type { Priority } from './seats.js'
import type { Said, Voices } from './voices.js'

/**
 * Calls by which one may be ahead of what a third of the members speak of. Guess: so many are not made in vain; whoever skips
 * more wants to use up the numbers.
 */
const SEQUENCES_AHEAD_MAX = 1000

/** Which of the calls that members speak of this peer goes by, and whether others merge without it. */
export class Following {
  private readonly calls: Calls
  private readonly overheard: Overheard
  private readonly ballots = new WeakMap<Call, Ballot>()
  /** The one that this peer takes part in, waits for the result of, or went by last. */
  private present: Call | undefined
  /** The newest that this peer took part in. One that names others only must not keep it from those that name it. */
  private joined: Call | undefined
  private readonly interruptions: Interruptions
  /** Pairs of calls that one caller made with one number, to be told to all. */
  private doubled: (readonly [Call, Call])[] = []

  constructor(
    private readonly config: MergeConfig,
    private readonly voices: Voices,
  ) {
    const { run, period, mayCall, members, signatures, timing } = config
    const priorityOf = (id: string): Priority => this.priorityOf(id)
    this.calls = createCalls({
      ...{ run, period, mayCall, members, verify: signatures.verify, priorityOf },
      reach: () => this.reach,
      onDoubled: (calls) => this.doubled.push(calls),
    })
    this.overheard = new Overheard({ timing, priorityOf })
    this.interruptions = new Interruptions(config, voices)
  }

  get call(): Call | undefined {
    return this.present
  }

  /** Of the call that this peer goes by; 0 before the first. */
  get sequence(): number {
    return this.present?.sequence ?? 0
  }

  /** Of the calls that this peer took part in, also in an earlier life; 0 for none. */
  private get newestJoined(): number {
    return Math.max(this.config.callsBefore ?? 0, this.joined?.sequence ?? 0)
  }

  /** Of the calls that a third of the members speak of, or of newer ones: one of them is honest. 0 for none. */
  private newestOfThird(): number {
    const known = this.config.members?.() ?? this.calls.named()
    const newestOf = (id: string): number =>
      Math.max(this.calls.spokenOfBy(id) ?? 0, this.voices.newestOf(id) ?? 0)
    return known.map(newestOf).sort((a, b) => b - a)[thirdOf(known.length) - 1] ?? 0
  }

  /**
   * Sequence of the newest call to think about. By what a third have said, not by what this peer took part in: or calls could
   * lead a few so far ahead of the rest that neither hears the other any more.
   */
  private get reach(): number {
    return Math.max(this.config.callsBefore ?? 0, this.newestOfThird()) + SEQUENCES_AHEAD_MAX
  }

  /**
   * Sequence of a call that this peer could make now: above every one that it or others may be in, and within reach, also of
   * others. Undefined when it has taken part in one as far ahead as that.
   */
  get nextSequence(): number | undefined {
    const calls = this.calls.bestFirst().filter(({ members }) => this.isOfMost(members))
    const newest = Math.max(this.newestJoined, this.newestOfThird(), ...calls.map(({ sequence }) => sequence))
    const next = Math.min(newest + 1, this.reach)
    return next > this.newestJoined ? next : undefined
  }

  get timing(): MergeTiming {
    return this.config.timing(this.present?.members.length ?? 1)
  }

  /** For a seat. */
  priorityOf(id: string): Priority {
    const { self, members } = this.config
    if (id === self || this.present?.members.includes(id)) return 2
    return members?.().includes(id) ? 1 : 0
  }

  // Hearing

  /** @returns whether it is a call to think about. */
  hear(from: string, message: CallMessage): boolean {
    const call = this.calls.hear(from, message)
    const { present } = this
    if (
      call &&
      present &&
      call.sequence === present.sequence &&
      isBetter(call, present) &&
      this.isForUs(call)
    )
      this.interruptions.rivals(call)
    return call !== undefined
  }

  /** What was found since the last time. */
  takeDoubled(): readonly (readonly [Call, Call])[] {
    const found = this.doubled
    this.doubled = []
    return found
  }

  /** @returns the own call, signed and heard; undefined when nobody would hear it. */
  make(members: readonly string[]): Call | undefined {
    const { run, period, self, signatures } = this.config
    const sequence = this.nextSequence
    if (sequence === undefined || !this.isOfMost(members)) return undefined
    const mergeId = mergeIdOf(period, sequence)
    // Restarted in between: there must be no second call with this number.
    if (!this.config.claim(`call ${mergeId}`, callDigest({ run, mergeId, members }))) return undefined
    const signature = signatures.sign(callBytes({ run, mergeId, members }))
    return this.calls.hear(self, { type: 'call', mergeId, members, caller: self, signature })
  }

  /** Somebody takes part in a merge, or did. */
  overhear(from: string, message: Said, nowMs: number): void {
    this.overheard.hear(from, message, nowMs)
  }

  // Choosing

  /** A call that is to be followed instead of the present one, in this phase. */
  better(phase: MergePhase, nowMs: number): Call | undefined {
    const calls = this.calls.bestFirst().filter((call) => this.isPreferred(call, phase, nowMs))
    return calls.find((call) => this.names(call)) ?? calls[0]
  }

  /** Names this peer, and enough others that it would take part. */
  private isForUs(call: Call): boolean {
    return this.names(call) && this.isOfMost(call.members)
  }

  private names({ members }: Call): boolean {
    return members.includes(this.config.self)
  }

  private isPreferred(call: Call, phase: MergePhase, nowMs: number): boolean {
    const { present, joined } = this
    if (this.names(call) && !this.isOfMost(call.members)) return false
    switch (phase) {
      case 'idle':
      case 'abandoned':
        // One that names others only is read, by whoever is free.
        return call.sequence > ((this.names(call) ? joined : present)?.sequence ?? 0)
      case 'reading':
      case 'merged':
        return false
      default:
    }
    if (!present || !this.names(call) || call.sequence < present.sequence) return false
    if (call.sequence === present.sequence) {
      const isInTime = phase === 'freezing' || phase === 'committing'
      return isInTime && isBetter(call, present) && this.interruptions.mayReplace(call)
    }
    const longestMs = longestCallMs(this.timing)
    return phase !== 'voted' && this.interruptions.mayEnd(present, call, { nowMs, longestMs })
  }

  /** Names enough of those known here to take part, or to wait for it. */
  private isOfMost(members: readonly string[]): boolean {
    const known = this.config.members?.()
    return known === undefined || namesMostOf(known, members)
  }

  /** Goes by this call from now on. */
  goBy(call: Call): void {
    this.present = call
  }

  /**
   * Takes part in this call from now on.
   * @param isBusy takes part in the present one.
   */
  takePart(call: Call, { nowMs, isBusy }: { readonly nowMs: number; readonly isBusy: boolean }): void {
    const { present, interruptions } = this
    if (!present || !isBusy) interruptions.begin(nowMs)
    else if (call.sequence > present.sequence) interruptions.count(call, nowMs)
    this.joined = call
    this.goBy(call)
  }

  /** The present call has come to nothing. @returns whether others' calls are to blame: see `Interruptions`. */
  isDisturbed(): boolean {
    const { present, timing } = this
    const isOther = (call: Call): boolean =>
      call.digest !== present!.digest && call.sequence >= present!.sequence && this.isForUs(call)
    return this.interruptions.disturbs({ timing, hasOther: this.calls.bestFirst().some(isOther) })
  }

  // Counting

  ballotOf(call: Call): Ballot {
    const ballot = this.ballots.get(call) ?? createBallot(call, this.voices)
    this.ballots.set(call, ballot)
    return ballot
  }

  /**
   * What two thirds voted for alike, in the present call and then in the others of the period, that this peer took no
   * part in or gave up.
   */
  *elected(): Iterable<Elected> {
    const own = [this.present, this.joined].filter((call) => call !== undefined)
    for (const call of new Set([...own, ...this.calls.bestFirst()])) {
      const elected = this.ballotOf(call).elected()
      if (elected) yield elected
    }
  }

  /** Members speak of a merge without a result yet. */
  isUnderWay(nowMs: number): boolean {
    return this.overheard.lookAgainMs(this.openCalls(), nowMs) !== undefined
  }

  /** When to look again whether others still merge without this peer, whose call would end that; undefined if none do. */
  othersMergeUntil(nowMs: number): number | undefined {
    const others = this.openCalls().filter((call) => !this.names(call))
    return this.overheard.lookAgainMs(others, nowMs)
  }

  /** Those to wait for: without a result yet. */
  private openCalls(): readonly Call[] {
    const isOpen = (call: Call): boolean => this.isOfMost(call.members) && !this.ballotOf(call).elected()
    return this.calls.bestFirst().filter(isOpen)
  }
}
