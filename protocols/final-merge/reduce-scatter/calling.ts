import type { MergeConfig, MergeEffect } from '../contract.js'
import { namesMostOf } from './calls.js'
import type { Following } from './following.js'
import { longestCallMs } from './longest-call.js'
import { QUIET_EVERY } from './words.js'

/**
 * The calls that this peer makes: not while others merge without it, since its call would end theirs, nor while it reads
 * their result. Neither may come to an end, so whom it was to call is kept until then.
 */
export class Calling {
  private waiting: readonly string[] | undefined
  /** Since when there is no number for an own call. */
  private aheadSinceMs: number | undefined

  constructor(
    private readonly config: MergeConfig,
    private readonly following: Following,
  ) {}

  /** Is to call as soon as it may. */
  get isWaiting(): boolean {
    return this.waiting !== undefined
  }

  /** Calls these when what it is busy with has come to nothing. */
  wait(members: readonly string[]): void {
    this.waiting = members
  }

  /** Takes part in a merge: no call is needed. */
  forget(): void {
    this.waiting = undefined
    this.aheadSinceMs = undefined
  }

  /**
   * Calls, or waits.
   * @returns undefined when the call is made and heard; else a tick to look again at, or that there can be no such call.
   */
  call(
    members: readonly string[],
    nowMs: number,
  ): (MergeEffect & { readonly type: 'setTick' | 'abandoned' }) | undefined {
    const atMs = this.following.othersMergeUntil(nowMs) ?? this.aheadUntil(nowMs)
    this.waiting = atMs === undefined ? undefined : members
    if (atMs !== undefined) return { type: 'setTick', atMs }
    const sorted = [...new Set(members)].sort()
    const refusal = this.following.make(sorted)
    return refusal === undefined ? undefined : this.refused(sorted, refusal)
  }

  /**
   * It has followed a call so far ahead that others would not hear its own: two thirds merge without it, or more will go by
   * what it followed. When to look again; undefined when it may call, or has waited for as long as a call can last.
   */
  private aheadUntil(nowMs: number): number | undefined {
    const { hasNumber, timing } = this.following
    if (hasNumber) {
      this.aheadSinceMs = undefined
      return undefined
    }
    this.aheadSinceMs ??= nowMs
    return nowMs - this.aheadSinceMs < longestCallMs(timing)
      ? nowMs + QUIET_EVERY * timing.repeatMs
      : undefined
  }

  /**
   * Whom to call after a wait, if any. A list that nobody would hear any more gives way to those who are here; else it
   * stays, since statistics are of those whose models were merged.
   */
  get due(): readonly string[] | undefined {
    const { waiting } = this
    const known = waiting && this.config.members?.()
    return known === undefined || namesMostOf(known, waiting!) ? waiting : known
  }

  /** Nobody would hear the own call: whoever waits for its end must not wait for ever. */
  private refused(members: readonly string[], reason: string): MergeEffect & { readonly type: 'abandoned' } {
    const known = new Set(this.config.members?.() ?? members)
    return { type: 'abandoned', reason, missing: members.filter((id) => !known.has(id)) }
  }
}
