import { limits } from '../../limits.js'
import type { MergeTiming } from '../contract.js'

/** Averages that one peer may wait for in vain, one after the other, before the exchange is given more time. Guess. */
const WAITS_PER_PULL = 6

/**
 * Looks for which an average is awaited from one member before another is asked for it: then a few that keep silent do
 * not use up the time of the exchange, however long a fetch may hang.
 */
export const averageLooksMax = ({ pullMs, repeatMs, lookMs = repeatMs }: MergeTiming): number =>
  Math.max(1, Math.ceil(pullMs / WAITS_PER_PULL / lookMs))

/** Milliseconds that the result of others is read for at most; then it is not to be had. */
export const readingMs = ({ pullMs, agreeMs }: MergeTiming): number => pullMs + agreeMs

/**
 * Milliseconds that a vote waits for two thirds: one of those that it needs may be of a member that has still to read
 * what it votes for, and words of both have a way to go.
 */
export const votedMs = (timing: MergeTiming): number => readingMs(timing) + timing.agreeMs

/** When the present phase of a call ends, whatever is missing: the table of timeouts of README.md. */
export class Deadline {
  private endMs = Infinity
  /** When agreeing on a roster ends, though others be busy with the attempt before. */
  private agreeingEndMs = Infinity
  /** When those who miss a commitment propose a roster, and again with what others' rosters name. */
  private commitEndMs = -Infinity
  private isCommitLate = false
  /** When waiting for two thirds ends, but for patience with members whom others leave out. */
  private readyEndMs = -Infinity
  /** Of the present exchange. */
  private extensions = 0

  /** @param timing of the call, which may become a larger one. */
  constructor(private timing: MergeTiming) {}

  isPast(nowMs: number): boolean {
    return nowMs >= this.endMs
  }

  /** An exchange lasts no longer: the patience with those whom others leave out. */
  get exchangeMs(): number {
    return (1 + limits.mergeExtensionsMax) * this.timing.pullMs
  }

  /** Freezing and committing, both together. */
  committing(nowMs: number): void {
    this.commitEndMs = nowMs + this.timing.commitMs
    this.endMs = this.commitEndMs
  }

  /**
   * Too few have committed for all that was heard here; others' rosters may name more, which takes two repetitions.
   * @returns whether that is still to be waited for.
   */
  waitForRosters(nowMs: number): boolean {
    if (this.isCommitLate) return false
    this.isCommitLate = true
    this.endMs = nowMs + 2 * this.timing.repeatMs
    return true
  }

  /** Time for commitments is over. */
  get isLate(): boolean {
    return this.isCommitLate
  }

  /** A call for the same merge that names others: as if it had been the first, as far as this phase goes. */
  moveTo(timing: MergeTiming): void {
    const moreMs = timing.commitMs - this.timing.commitMs
    this.endMs += moreMs
    this.commitEndMs += moreMs
    this.timing = timing
  }

  /**
   * Others may be busy with the attempt before, if there is one, for as long as that may last. The first time those who
   * miss a commitment wait for it first, so that their rosters come later than those of who has heard all.
   */
  agreeing(
    nowMs: number,
    { isFirst, isBusy }: { readonly isFirst: boolean; readonly isBusy: boolean },
  ): void {
    const wordsEndMs = (isFirst ? Math.max(nowMs, this.commitEndMs) : nowMs) + this.timing.agreeMs
    this.agreeingEndMs = wordsEndMs + (isFirst ? 0 : this.exchangeMs)
    this.endMs = isBusy ? this.agreeingEndMs : wordsEndMs
  }

  /** They are busy after all. @returns whether that is a reason to wait on. */
  waitForBusy(nowMs: number): boolean {
    if (nowMs >= this.agreeingEndMs) return false
    this.endMs = this.agreeingEndMs
    return true
  }

  exchanging(nowMs: number): void {
    this.endMs = nowMs + this.timing.pullMs
    this.extensions = 0
  }

  get mayExtend(): boolean {
    return this.extensions < limits.mergeExtensionsMax
  }

  extend(nowMs: number): void {
    this.extensions += 1
    this.endMs = nowMs + this.timing.pullMs
  }

  /** Holding a result that was made here. The others' exchange may be extended. */
  ready(nowMs: number): void {
    this.readyEndMs = nowMs + this.timing.agreeMs + this.exchangeMs
    this.endMs = this.readyEndMs
  }

  /** Others leave somebody out for the first time: or this peer would give up before it may drop them. */
  bePatient(nowMs: number): void {
    if (nowMs < this.readyEndMs) this.endMs = Math.max(this.endMs, nowMs + this.exchangeMs)
  }

  /** Holding a result that was read: for the others' words alone. */
  settling(nowMs: number): void {
    this.endMs = nowMs + this.timing.agreeMs
  }

  /** Having voted: for others who vote once they have read the result. */
  voted(nowMs: number): void {
    this.endMs = nowMs + votedMs(this.timing)
  }
}
