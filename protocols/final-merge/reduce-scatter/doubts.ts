import type { Fetched } from '../contract.js'

/** Failures in a row that tell a member who is gone from one that had a hiccup, which may be of either side. Guess. */
export const FAILURES_TOLD_APART = 2

interface Doubt {
  failures: number
  /** Neither has it answered since it failed or was doubted, nor is it gone. */
  isOpen: boolean
  /** Failed since the last tick: asked again at once, it would fail for the same reason. */
  isPaused: boolean
}

/**
 * Are members whom others leave out still there? Any answer tells, to whatever was asked. Where nothing else is asked
 * of them they have to be asked for this: those who know of a death would else never agree with those who do not.
 */
export class Doubts {
  private readonly members = new Map<string, Doubt>()

  doubt(id: string): void {
    if (!this.members.has(id)) this.members.set(id, { failures: 0, isOpen: true, isPaused: false })
  }

  /** Some have not answered yet. */
  get areOpen(): boolean {
    return [...this.members.values()].some(({ isOpen }) => isOpen)
  }

  /** Was doubted, and has answered since. */
  isThere(id: string): boolean {
    const doubt = this.members.get(id)
    return doubt !== undefined && !doubt.isOpen && doubt.failures < FAILURES_TOLD_APART
  }

  isToBeAsked(id: string): boolean {
    const doubt = this.members.get(id)
    return doubt !== undefined && doubt.isOpen && !doubt.isPaused
  }

  tick(): void {
    for (const doubt of this.members.values()) doubt.isPaused = false
  }

  /** @returns whether the member is gone. */
  fetched({ fetch: { from, what }, arrived, problem }: Fetched): boolean {
    const doubt = this.members.get(from)
    if (!doubt) return false
    // Without an average it may be there all the same, and only not have got so far.
    const isThere = problem === undefined || arrived.length > 0 || (what === 'reduced' && problem === 'none')
    doubt.failures = isThere ? 0 : doubt.failures + 1
    const isGone = doubt.failures >= FAILURES_TOLD_APART
    doubt.isOpen = !isThere && !isGone
    doubt.isPaused = !isThere
    return isGone
  }
}
