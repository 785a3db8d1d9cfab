import {
  createAdaptiveDeadline,
  defaultDeadlineBounds,
  type AdaptiveDeadline,
  type DeadlineBounds,
} from './deadline.js'

/** Mode rounds: partners whose snapshot of this round is still missing, and how long they are waited for. */
export class Awaited {
  private readonly members = new Set<string>()
  private sinceMs = 0
  private readonly deadline: AdaptiveDeadline

  constructor(bounds: DeadlineBounds = defaultDeadlineBounds) {
    this.deadline = createAdaptiveDeadline(bounds)
  }

  get isEmpty(): boolean {
    return this.members.size === 0
  }

  has(id: string): boolean {
    return this.members.has(id)
  }

  /** In the order in which they were chosen. A copy. */
  get ids(): readonly string[] {
    return [...this.members]
  }

  choose(ids: Iterable<string>): void {
    this.members.clear()
    for (const id of ids) this.members.add(id)
  }

  /** Waiting begins. @returns when it ends. */
  begin(nowMs: number): number {
    this.sinceMs = nowMs
    return nowMs + this.deadline.currentMs()
  }

  /** What came in time tells how long to wait from now on. */
  observe(nowMs: number): void {
    this.deadline.observe(nowMs - this.sinceMs)
  }

  /** @returns whether it was the last one. */
  endsWith(id: string): boolean {
    return this.members.delete(id) && this.members.size === 0
  }

  /** @returns those that did not come. */
  giveUp(): readonly string[] {
    const { ids } = this
    this.members.clear()
    return ids
  }
}
