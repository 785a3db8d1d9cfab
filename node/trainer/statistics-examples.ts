import { createRandom, sampleOf } from '../../protocols/random.js'

/**
 * Examples that statistics are taken over. Guess: a channel's mean is then off by about 1/√512 = 4 % of its deviation
 * between images; on 28×28 the process grows by 40 MB while they pass through `cnn-bn`.
 */
export const STATISTICS_EXAMPLES_MAX = 512

/**
 * The examples of a part that its statistics are taken over, the same for the same seed: all, or some that are drawn. Not the
 * first ones, since a part may be in order of its labels; nor every k-th one, since labels may repeat with a period.
 * @returns indices into the examples; `part` itself when it is small enough.
 */
export const statisticsExamples = (part: Uint32Array, seed: number): Uint32Array =>
  part.length <= STATISTICS_EXAMPLES_MAX
    ? part
    : Uint32Array.from(sampleOf([...part], STATISTICS_EXAMPLES_MAX, createRandom(seed, 'statistics')))
