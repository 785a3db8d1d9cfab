/** How the simulated peers merge. */
export interface MergeScenario {
  /** @default 'reduce-scatter' */
  readonly method?: 'reduce-scatter' | 'all-to-all'
  /** Averaging rule by name. @default 'mean' */
  readonly rule?: string
  /** @default 'uniform' */
  readonly weighting?: 'uniform' | 'samples'
  /** Bytes of a chunk; a multiple of 4. @default as in a run of real peers */
  readonly chunkBytes?: number
  /** Peers that lie, and how; those that call know each other. */
  readonly liars?: readonly { readonly id: string; readonly does: Lie }[]
}

/**
 * What a lying peer does; in all else it follows the protocol.
 * - `false-pieces`: serves other bytes than it committed to
 * - `false-pieces-to-some`: to every second peer
 * - `two-commitments`: tells every second peer of another frozen model
 * - `wrong-averages`, `wrong-averages-to-some`: averages its chunks wrongly
 * - `false-sketches`: sketches another model than its own
 * - `false-testimony`: vouches for other pieces than its owner's
 * - `bent-sketches`: averages its chunks wrongly, and sketches a model that would make the averages right
 * - `false-words`: says that it holds, and votes for, a result that nobody else has
 * - `small-rosters`: would leave others out
 * - `mute`: commits, and answers nobody who asks for something
 * - `keeps-from-some`: gives its model to all but two peers, too few to be believed, and never says that it has a result
 * - `keeps-from-one`: gives its model to all but one peer, never says that it has a result, and would leave everybody out
 * - `hangs-for-one`: keeps one peer waiting whatever it asks, and never says that it has a result
 * - `hangs-for-averages`: answers as late as it can without being blamed, and never whoever asks for averages
 * - `chooses-who-goes`: the same, and would leave out the first of the others
 * - `ready-too-early`: says that it has a result as soon as another says so, and gives it to nobody who asks for it
 * - `calls-with-keys`: whenever others take part in a merge it calls for another, of all members and as many keys of its own
 *   as these put up with, and takes part with them
 * - `calls-few`: the same, of as few members as these put up with
 * - `calls-far-ahead`: whenever a merge begins it calls for ten more, with numbers far ahead, of so few members that these
 *   do not take part
 * - `calls-twice`: whenever others take part in a merge it calls for the next twice, with another list for every second peer
 * - `calls-by-keys`: the same by two keys that it made up, other ones each time
 * - `calls-alike`: commits last, and at the same moment calls for the same merge once more, with a key of its own
 * - `calls-at-the-vote`: says that it holds the result when that completes two thirds, and at the same moment calls anew
 */
export const lies = [
  'false-pieces',
  'false-pieces-to-some',
  'two-commitments',
  'wrong-averages',
  'wrong-averages-to-some',
  'false-sketches',
  'false-testimony',
  'bent-sketches',
  'false-words',
  'small-rosters',
  'mute',
  'keeps-from-some',
  'keeps-from-one',
  'hangs-for-one',
  'hangs-for-averages',
  'chooses-who-goes',
  'ready-too-early',
  'calls-with-keys',
  'calls-few',
  'calls-far-ahead',
  'calls-twice',
  'calls-by-keys',
  'calls-alike',
  'calls-at-the-vote',
] as const
export type Lie = (typeof lies)[number]
