import type { Random } from '../../protocols/random.js'

export interface LinkModel {
  /** One-way delay, uniform between the two, milliseconds. */
  readonly latencyMs: readonly [least: number, most: number]
  /** Probability that a message is lost. */
  readonly loss: number
}

/** The delay of one message, or undefined when it is lost. Draws twice whatever happens, so a trace does not shift. */
export const delayOf = (
  { latencyMs: [least, most], loss }: LinkModel,
  random: Random,
): number | undefined => {
  const lost = random.next() < loss
  const delayMs = least + (most - least) * random.next()
  return lost ? undefined : delayMs
}
