import type { MergeConfig, MergeEffect } from '../contract.js'
import type { Elected } from './ballot.js'
import type { Following } from './following.js'
import { outcomeOf } from './outcome.js'
import type { Voices } from './voices.js'
import { voteFor } from './vote.js'
import type { Words } from './words.js'

export interface ConcludingConfig {
  readonly config: MergeConfig
  readonly following: Following
  readonly voices: Voices
  readonly words: Words
}

/** How a merge ends: with what two thirds voted for, once it is at hand, and when all are known to have it. */
export class Concluding {
  /** Digest of the last result at hand, also after its call was given up. */
  held: string | undefined
  /** Digest of the last result that was elected and not to be had: no reason to leave a newer call. */
  unreadable: string | undefined
  private over = false
  /** Everyone is known to have voted. */
  private isSettled = false

  constructor(private readonly parts: ConcludingConfig) {}

  get isOver(): boolean {
    return this.over
  }

  /**
   * What two thirds voted for alike, if there is such a thing.
   * @param part what this peer takes part in, and which result it holds there.
   */
  elected(part: { readonly held: string | undefined } | undefined): Elected | undefined {
    for (const elected of this.parts.following.elected()) {
      const { digest } = elected.claimed
      const isLost = part && digest === this.unreadable && digest !== part.held
      if (!isLost) return elected
    }
    return undefined
  }

  /** The result is at hand. */
  merge(elected: Elected, nowMs: number): MergeEffect[] {
    const { config, following, words } = this.parts
    const { call, claimed } = elected
    this.over = true
    this.held = claimed.digest
    following.goBy(call)
    words.follow(call)
    words.settleOn(claimed.roster)
    // Too slow to vote before: the others wait for its vote, which says that it has the result. Said with the rest below.
    const isLate = call.members.includes(config.self) && !words.hasVoted
    if (isLate) voteFor(claimed, { config, call, words, nowMs })
    return [
      { type: 'merged', ...outcomeOf(elected, config) },
      // Those whose votes are still on their way need ours.
      ...words.again(nowMs),
      ...this.settleWhenAllVoted(),
    ]
  }

  /** After `merge`. Whoever voted for another result has not got this one. */
  settleWhenAllVoted(): MergeEffect[] {
    const { members, mergeId, digest } = this.parts.following.call!
    const hasResult = (id: string): boolean => {
      const vote = this.parts.voices.of(id, mergeId)?.vote
      return vote?.call === digest && vote.digest === this.held
    }
    if (this.isSettled || !members.every(hasResult)) return []
    this.isSettled = true
    return [{ type: 'settled' }]
  }
}
