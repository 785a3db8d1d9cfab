import type { MergeConfig, MergePhase, MergeTiming } from '../contract.js'
import { mergeIdOf } from '../merge-id.js'
import { callBytes } from '../statement.js'
import { createBallot, type Ballot, type Elected } from './ballot.js'
import { createCalls, isBetter, namesMostOf, type Call, type CallMessage, type Calls } from './calls.js'
import { Interruptions } from './interruptions.js'
import { longestCallMs } from './longest-call.js'
import { Overheard } from './overheard.js'
import type { Said, Voices } from './voices.js'

/** Which of the calls that members speak of this peer goes by, and whether others merge without it. */
export class Following {
  private readonly calls: Calls
  private readonly overheard: Overheard
  private readonly ballots = new WeakMap<Call, Ballot>()
  /** The newest that this peer went by. */
  private present: Call | undefined
  private readonly interruptions: Interruptions

  constructor(
    private readonly config: MergeConfig,
    private readonly voices: Voices,
  ) {
    const { run, period, mayCall, members, signatures, timing } = config
    const isNamed = (id: string): boolean => this.isNamed(id)
    this.calls = createCalls({ run, period, mayCall, members, verify: signatures.verify, isNamed })
    this.overheard = new Overheard({ timing, isNamed })
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

  /** Whether the call that this peer goes by names it; this peer always is. */
  isNamed(id: string): boolean {
    return id === this.config.self || (this.present?.members.includes(id) ?? false)
  }

  // Hearing

  /** @returns whether it is a call to think about. */
  hear(from: string, message: CallMessage): boolean {
    return this.calls.hear(from, message, this.sequence) !== undefined
  }

  /** @returns the own call, signed and heard; undefined when nobody would hear it. */
  make(members: readonly string[]): Call | undefined {
    const { run, period, self, signatures } = this.config
    const heard = this.calls.bestFirst().map(({ sequence }) => sequence)
    if (!this.isOfMost(members)) return undefined
    const newest = Math.max(this.config.callsBefore ?? 0, this.sequence, ...heard)
    const mergeId = mergeIdOf(period, newest + 1)
    const signature = signatures.sign(callBytes({ run, mergeId, members }))
    return this.calls.hear(self, { type: 'call', mergeId, members, caller: self, signature }, newest)
  }

  /** Somebody takes part in a merge, or did. */
  overhear(from: string, message: Said, nowMs: number): void {
    this.overheard.hear(from, message, nowMs)
  }

  // Choosing

  /** A call that is to be followed instead of the present one, in this phase. */
  better(phase: MergePhase, nowMs: number): Call | undefined {
    return this.calls.bestFirst().find((call) => this.isPreferred(call, phase, nowMs))
  }

  private isPreferred(call: Call, phase: MergePhase, nowMs: number): boolean {
    const { present, sequence } = this
    const { self } = this.config
    // One that names others only is read, by whoever is free.
    if (call.members.includes(self) && !this.isOfMost(call.members)) return false
    if (!present) return true
    const isBetterForSame = call.sequence === sequence && isBetter(call, present)
    switch (phase) {
      case 'idle':
      case 'abandoned':
        return call.sequence > sequence || (isBetterForSame && !present.members.includes(self))
      case 'reading':
      case 'merged':
        return false
      default:
    }
    if (!call.members.includes(self)) return false
    const isInTime = phase === 'freezing' || phase === 'committing'
    if (call.sequence <= sequence) return isBetterForSame && isInTime
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

  /** @param isBusy takes part in the present call. */
  takeUp(call: Call, { nowMs, isBusy }: { readonly nowMs: number; readonly isBusy: boolean }): void {
    const { present, interruptions } = this
    if (!present || !isBusy) interruptions.begin(nowMs)
    else if (call.sequence > present.sequence) interruptions.count(call)
    this.goBy(call)
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
    const own = this.present ? [this.present] : []
    for (const call of [...own, ...this.calls.bestFirst()]) {
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
    const others = this.openCalls().filter(({ members }) => !members.includes(this.config.self))
    return this.overheard.lookAgainMs(others, nowMs)
  }

  /** Those to wait for: without a result yet. */
  private openCalls(): readonly Call[] {
    const isOpen = (call: Call): boolean => this.isOfMost(call.members) && !this.ballotOf(call).elected()
    return this.calls.bestFirst().filter(isOpen)
  }
}
