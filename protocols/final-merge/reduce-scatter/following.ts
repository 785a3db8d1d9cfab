import { limits } from '../../limits.js'
import type { MergeConfig, MergePhase, MergeTiming } from '../contract.js'
import { mergeIdOf } from '../merge-id.js'
import { callBytes } from '../statement.js'
import { createBallot, type Ballot, type Elected } from './ballot.js'
import { createCalls, isBetter, type Call, type CallMessage, type Calls } from './calls.js'
import { Overheard } from './overheard.js'
import type { Said, Voices } from './voices.js'

/** Which of the calls that members speak of this peer goes by, and whether others merge without it. */
export class Following {
  private readonly calls: Calls
  private readonly overheard: Overheard
  private readonly ballots = new WeakMap<Call, Ballot>()
  /** The newest that this peer went by. */
  private present: Call | undefined
  /** Callers whose calls have ended others that were under way, once for each. */
  private readonly interrupters: string[] = []

  constructor(
    private readonly config: MergeConfig,
    private readonly voices: Voices,
  ) {
    const { run, period, mayCall, members, signatures, timing } = config
    const isNamed = (id: string): boolean => this.isNamed(id)
    this.calls = createCalls({ run, period, mayCall, members, verify: signatures.verify, isNamed })
    this.overheard = new Overheard({ timing, isNamed })
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
  better(phase: MergePhase): Call | undefined {
    return this.calls.bestFirst().find((call) => this.isPreferred(call, phase))
  }

  private isPreferred(call: Call, phase: MergePhase): boolean {
    const { present, sequence } = this
    const { self } = this.config
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
    if (call.sequence > sequence)
      return phase !== 'voted' && (this.mayInterrupt(call.caller) || this.isBegun(call))
    return isBetterForSame && (phase === 'freezing' || phase === 'committing')
  }

  /**
   * A newer call means that its caller has given the present one up; each may say so as often as honest ones call, if it
   * is known here, and all together not for ever: names can be made up.
   */
  private mayInterrupt(caller: string): boolean {
    const { interrupters } = this
    const times = interrupters.filter((id) => id === caller).length
    const isKnown = this.config.members?.().includes(caller) ?? true
    return isKnown && times < limits.mergeCallsMax && interrupters.length < limits.mergeInterruptionsMax
  }

  /** A third commit to something: one honest member at least has given the call before up. */
  private isBegun({ members, mergeId }: Call): boolean {
    return 3 * members.filter((id) => this.voices.of(id, mergeId)?.commitment).length >= members.length
  }

  /** Goes by this call from now on. */
  goBy(call: Call): void {
    this.present = call
  }

  /** This call has ended another that was under way: it counts where its caller's word alone did it. */
  countInterruption(call: Call): void {
    if (!this.isBegun(call)) this.interrupters.push(call.caller)
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

  /** Those without a result yet. */
  private openCalls(): readonly Call[] {
    return this.calls.bestFirst().filter((call) => !this.ballotOf(call).elected())
  }
}
