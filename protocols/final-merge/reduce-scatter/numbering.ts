import type { MergeConfig } from '../contract.js'
import { SEQUENCE_MAX } from '../merge-id.js'
import { thirdOf } from '../statement.js'
import type { Call, Calls } from './calls.js'
import type { Voices } from './voices.js'

/**
 * Calls by which one may be ahead of what a third of the members speak of. Guess: so many are not made in vain; whoever skips
 * more wants to use up the numbers.
 */
const SEQUENCES_AHEAD_MAX = 1000

export interface NumberingDeps {
  readonly config: Pick<MergeConfig, 'members' | 'callsBefore'>
  readonly calls: () => Calls
  readonly voices: Voices
  /** The newest that this peer took part in. */
  readonly joined: () => Call | undefined
  /** See `namesMostOf`. */
  readonly isOfMost: (call: Call) => boolean
}

/** Which numbers of calls are believed, and which one an own call would have. */
export class Numbering {
  constructor(private readonly deps: NumberingDeps) {}

  /** Of the calls that this peer took part in, also in an earlier life; 0 for none. */
  private get newestJoined(): number {
    const { config, joined } = this.deps
    return Math.max(config.callsBefore ?? 0, joined()?.sequence ?? 0)
  }

  /** Of the calls that a third of the members speak of, or of newer ones: one of them is honest. 0 for none. */
  private newestOfThird(): number {
    const { config, voices } = this.deps
    const calls = this.deps.calls()
    const known = config.members?.() ?? calls.named()
    const newestOf = (id: string): number =>
      Math.max(calls.spokenOfBy(id)?.sequence ?? 0, voices.newestOf(id) ?? 0)
    return known.map(newestOf).sort((a, b) => b - a)[thirdOf(known.length) - 1] ?? 0
  }

  /**
   * Sequence of the newest call to think about. By what a third have said, not by what this peer took part in: or calls could
   * lead a few so far ahead of the rest that neither hears the other any more. Only while they say nothing is what this peer
   * did in an earlier life the best that it knows.
   */
  get reach(): number {
    return (this.newestOfThird() || (this.deps.config.callsBefore ?? 0)) + SEQUENCES_AHEAD_MAX
  }

  /**
   * Of a call that this peer could make now: above every one that it or others may be in, and within reach, also of others.
   * Undefined when it has taken part in one as far ahead as that.
   */
  get next(): number | undefined {
    const calls = this.deps.calls().bestFirst().filter(this.deps.isOfMost)
    const newest = Math.max(this.newestJoined, this.newestOfThird(), ...calls.map(({ sequence }) => sequence))
    const next = Math.min(newest + 1, this.reach, SEQUENCE_MAX)
    return next > this.newestJoined ? next : undefined
  }
}
