import { limits } from '../../limits.js'
import type { MergeConfig, MergeTiming } from '../contract.js'
import { thirdOf } from '../statement.js'
import type { Call } from './calls.js'
import { votedMs } from './deadline.js'
import type { Voices } from './voices.js'

/**
 * Which newer calls end the one that this peer takes part in. A newer call means that whoever goes by it has given this
 * one up. The word of its caller is enough a few times; then it takes a third of the members, an honest one among them.
 * And whatever the reason, only for so long: calls that end each other must not keep this peer in merges for ever.
 */
export class Interruptions {
  /** Whose calls have ended others here, once for each. */
  private readonly callers: string[] = []
  /** Since when this peer takes part in one call after the other. */
  private sinceMs = -Infinity
  /** When a call ended another last. */
  private lastMs = -Infinity
  /** Digests of calls with the number of the present one that were better, by caller. */
  private readonly rivalOf = new Map<string, string>()
  /** Calls without a result that others' calls had a share in. */
  private disturbed = 0

  constructor(
    private readonly config: Pick<MergeConfig, 'members'>,
    private readonly voices: Voices,
  ) {}

  /** It takes part in a call, and was in none. */
  begin(nowMs: number): void {
    this.sinceMs = nowMs
  }

  /** `longestMs`: so long can the present call last at most. */
  mayEnd(
    present: Call,
    newer: Call,
    { nowMs, longestMs }: { readonly nowMs: number; readonly longestMs: number },
  ): boolean {
    if (nowMs - this.sinceMs >= longestMs) return false
    return this.hasWord(newer.caller) || this.isBegun(present, newer)
  }

  /**
   * It does. It counts for whatever reason: if only the caller's word did, members would use up their numbers one after the
   * other, each pulling the others along.
   */
  count(newer: Call, nowMs: number): void {
    this.callers.push(newer.caller)
    this.lastMs = nowMs
  }

  /**
   * A better call with the number of the present one: whoever can still moves to it. A liar could so split the members, at
   * the moment when some can and others cannot. So each caller, if it is known here, can bring one such call about in a
   * merge, and there are few in all; who cannot move counts them likewise, so that all know who had its turn.
   */
  rivals({ caller, digest }: Call): void {
    if (this.isKnown(caller) && !this.rivalOf.has(caller) && this.rivalOf.size < limits.mergeInterruptionsMax)
      this.rivalOf.set(caller, digest)
  }

  /** Whether the present call gives way to this one, as long as nothing was said in it but the commitment. */
  mayReplace({ caller, digest }: Call): boolean {
    return this.rivalOf.get(caller) === digest
  }

  /**
   * Whether a call without a result is to be put down to others' calls, and is no try of the few that a period has: it ended
   * another, it began while those were bound who had voted in that, or `hasOther`: some may have gone by another call, of this
   * number or a newer one, while this peer was bound. Else whoever calls at the right moment could use up the tries of all.
   */
  disturbs({ timing, hasOther }: { readonly timing: MergeTiming; readonly hasOther: boolean }): boolean {
    if (!hasOther && this.sinceMs >= this.lastMs + votedMs(timing)) return false
    this.disturbed += 1
    return this.disturbed <= limits.mergeDisturbedMax
  }

  /** Each may end calls as often as honest ones call, if it is known here; and all together not for ever, as names can be made up. */
  private hasWord(caller: string): boolean {
    const { callers } = this
    const times = callers.filter((id) => id === caller).length
    return (
      this.isKnown(caller) && times < limits.mergeCallsMax && callers.length < limits.mergeInterruptionsMax
    )
  }

  /**
   * A third of the present call's members have committed to something in the newer, and so many that they are a third of
   * the known members too. Whom the newer call names says nothing: its caller has chosen them. Strangers do not count, as
   * the present call may be a liar's.
   */
  private isBegun({ members }: Call, { mergeId }: Call): boolean {
    const known = new Set(this.config.members?.() ?? members)
    const begun = members.filter((id) => known.has(id) && this.voices.of(id, mergeId)?.commitment)
    return begun.length >= thirdOf(Math.max(members.length, known.size))
  }

  private isKnown(id: string): boolean {
    return this.config.members?.().includes(id) ?? true
  }
}
