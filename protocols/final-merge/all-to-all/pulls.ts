import { limits } from '../../limits.js'
import type { MergeEffect } from '../contract.js'

/** Whose frozen models this peer holds, and which it is pulling. */
export class Pulls {
  private readonly held = new Set<string>()
  private readonly underWay = new Set<string>()
  private readonly failures = new Map<string, number>()
  /** Failed since the last tick: not asked again before the next. */
  private readonly justFailed = new Set<string>()

  has(id: string): boolean {
    return this.held.has(id)
  }

  /** Ids of those whose models are held. */
  all(): readonly string[] {
    return [...this.held]
  }

  /** Held, or tried often enough. */
  isDone(id: string): boolean {
    return this.held.has(id) || this.isGivenUp(id)
  }

  private isGivenUp(id: string): boolean {
    return (this.failures.get(id) ?? 0) >= limits.mergePullTriesMax
  }

  hold(id: string): void {
    this.underWay.delete(id)
    this.held.add(id)
  }

  fail(id: string): void {
    this.underWay.delete(id)
    this.failures.set(id, (this.failures.get(id) ?? 0) + 1)
    this.justFailed.add(id)
  }

  /** A pull that failed is tried again with each repetition. */
  tick(): void {
    this.justFailed.clear()
  }

  /** Pulls this model, unless it is there, under way, given up, or has to wait. */
  begin(from: string, digest: string): MergeEffect[] {
    if (this.isDone(from) || this.underWay.has(from) || this.justFailed.has(from)) return []
    if (this.underWay.size >= limits.mergePullsMax) return []
    this.underWay.add(from)
    return [{ type: 'pull', from, digest }]
  }
}
