import { limits } from '../../limits.js'
import type { MergeConfig, MergePhase, MergeTiming } from '../contract.js'
import { mergeIdOf } from '../merge-id.js'
import { callBytes, callDigest, thirdOf } from '../statement.js'
import { createBallot, type Ballot, type Elected } from './ballot.js'
import { createCalls, isBetter, namesMostOf, type Call, type CallMessage, type Calls } from './calls.js'
import { Interruptions } from './interruptions.js'
import { longestCallMs } from './longest-call.js'
import { Numbering } from './numbering.js'
import { Overheard } from './overheard.js'
import type { Priority } from './seats.js'
import type { Said, Voices } from './voices.js'

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
  private readonly numbering: Numbering

  constructor(
    private readonly config: MergeConfig,
    private readonly voices: Voices,
  ) {
    const { run, period, mayCall, members, signatures, timing } = config
    const priorityOf = (id: string): Priority => this.priorityOf(id)
    this.calls = createCalls({
      ...{ run, period, mayCall, members, verify: signatures.verify, priorityOf },
      reach: () => this.numbering.reach,
    })
    this.numbering = new Numbering({
      ...{ config, voices, calls: () => this.calls, joined: () => this.joined },
      isOfMost: (call) => this.isOfMost(call.members),
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

  /** Whether it is known to have made two calls for one merge. */
  isDoubler(caller: string): boolean {
    return this.calls.isDoubler(caller)
  }

  /** Whether there is a number for an own call: none when this peer has taken part in one as far ahead as others believe. */
  get hasNumber(): boolean {
    return this.numbering.next !== undefined
  }

  /** Calls these. @returns why nobody would hear it; undefined when the call is made, signed and heard. */
  make(members: readonly string[]): string | undefined {
    const { run, period, self, signatures } = this.config
    const most = limits.mergeMembersMax
    if (members.length > most) return `${members.length} members are here, and a merge can have ${most}`
    if (!this.isOfMost(members)) return 'the members to be called are not those who are here'
    if (this.isDoubler(self))
      return 'the others have heard two calls of this peer for one merge, and go by none of it any more'
    const sequence = this.numbering.next
    if (sequence === undefined) return 'it has taken part in a call that most of the others have not heard of'
    const mergeId = mergeIdOf(period, sequence)
    // Restarted in between: there must be no second call with this number.
    if (!this.config.claim(`call ${mergeId}`, callDigest({ run, mergeId, members })))
      return 'this peer has called for this merge before, other members'
    const signature = signatures.sign(callBytes({ run, mergeId, members }))
    const call = this.calls.hear(self, { type: 'call', mergeId, members, caller: self, signature })
    return call ? undefined : 'the members to be called are not those who are here'
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
    if (!this.hasWord(call.caller) && !this.isBegun(call)) return false
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

  /**
   * Its call is gone by at its word: not that of one who makes two calls for one merge, nor of one who is not known here, since
   * names are free, and a liar could have as many callers as it likes.
   */
  private hasWord(caller: string): boolean {
    const { self, members } = this.config
    const isKnown = caller === self || (members?.().includes(caller) ?? true)
    return isKnown && !this.isDoubler(caller)
  }

  /**
   * A third of the members known here speak of it, an honest one among them. Where so many go by the call of one whose word does
   * not count, as they have not seen that, others must too.
   */
  private isBegun({ digest, members }: Call): boolean {
    const known = this.config.members?.() ?? members
    const speak = known.filter((id) => this.calls.spokenOfBy(id)?.digest === digest)
    return speak.length >= thirdOf(known.length)
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
