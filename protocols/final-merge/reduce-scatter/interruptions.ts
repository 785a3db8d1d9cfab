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
   * Whether a call without a result is to be put down to calls that ended others: it did so itself, or began while those who had
   * voted in the one before were bound by their votes, or `hasNewer`: this peer was bound so while others had gone on.
   * Otherwise whoever calls at the moment of a vote could use up the tries of both sides. Not oftener than calls can
   * end others.
   */
  disturbs({ timing, hasNewer }: { readonly timing: MergeTiming; readonly hasNewer: boolean }): boolean {
    if (!hasNewer && this.sinceMs >= this.lastMs + votedMs(timing)) return false
    this.disturbed += 1
    return this.disturbed <= limits.mergeInterruptionsMax
  }

  /** Each may end calls as often as honest ones call, if it is known here; and all together not for ever, as names can be made up. */
  private hasWord(caller: string): boolean {
    const { callers } = this
    const times = callers.filter((id) => id === caller).length
    const isKnown = this.config.members?.().includes(caller) ?? true
    return isKnown && times < limits.mergeCallsMax && callers.length < limits.mergeInterruptionsMax
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
}
