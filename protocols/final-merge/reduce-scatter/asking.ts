import { limits } from '../../limits.js'
import type { MergeEffect } from '../contract.js'
import { mergeIdOf } from '../merge-id.js'
import type { Following } from './following.js'

/** Repetitions between two questions of a peer that takes no part: at first, and after a while. Guess: nobody waits for the answer. */
const ASK_EVERY_MIN = 4
const ASK_EVERY_MAX = 64

/** When to look again, and questions after a result: with every repetition in a merge, ever more rarely after it. */
export class Asking {
  /** Since this peer takes part in nothing. */
  private askedTimes = 0
  /** Ticks of merges that this peer took part in. */
  private looks = 0

  constructor(
    private readonly period: number,
    private readonly following: Following,
  ) {}

  /** Questions begin anew: there is a call, or one was given up. */
  restart(): void {
    this.askedTimes = 0
  }

  nextTick(nowMs: number, { isFree }: { readonly isFree: boolean }): MergeEffect {
    const { repeatMs, lookMs = repeatMs } = this.following.timing
    const askMs = Math.min(ASK_EVERY_MIN * 2 ** this.askedTimes, ASK_EVERY_MAX) * repeatMs
    return { type: 'setTick', atMs: nowMs + (isFree ? askMs : lookMs) }
  }

  /** Has anybody a result? */
  ask(): MergeEffect {
    const mergeId = mergeIdOf(this.period, Math.max(1, this.following.sequence))
    return { type: 'broadcast', message: { type: 'ask', mergeId } }
  }

  /** The same of a peer that takes part in nothing, so often. @returns whether it may ask once more. */
  takeTurn(): boolean {
    if (this.askedTimes >= limits.mergeAsksMax || !this.following.call) return false
    this.askedTimes += 1
    return true
  }

  /** Looks once. @returns whether it is also a repetition. */
  look(): boolean {
    const { repeatMs, lookMs = repeatMs } = this.following.timing
    this.looks += 1
    return this.looks % Math.max(1, Math.round(repeatMs / lookMs)) === 0
  }
}
