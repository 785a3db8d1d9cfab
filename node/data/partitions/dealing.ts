import type { Random } from '../../../protocols/random.js'
import { DatasetError } from '../errors.js'

/** The indices of the examples of each class, ascending; one list per class, empty where a class does not occur. */
export const indicesByClass = (labels: Uint8Array, classes: number): number[][] => {
  const lists = Array.from({ length: classes }, (): number[] => [])
  labels.forEach((label, index) => lists[label]!.push(index))
  return lists
}

/** Throws TOO_FEW_EXAMPLES when not every part can have one. */
export const requireOneEach = (examples: number, parts: number): void => {
  if (examples >= parts) return
  throw new DatasetError(
    'TOO_FEW_EXAMPLES',
    `${examples} examples cannot be shared by ${parts} peers so that each has one. Nothing was dealt out. ` +
      'Use fewer peers or a larger dataset.',
    { examples, parts },
  )
}

/**
 * Moves random examples from the largest part to parts below `minimum` until none is, in place. The examples must
 * suffice for `minimum` each. Ties go to the part with the lower index.
 */
export const raiseTo = (minimum: number, parts: number[][], random: Random): void => {
  for (const part of parts)
    while (part.length < minimum) {
      const largest = parts.reduce((most, other) => (other.length > most.length ? other : most))
      part.push(...largest.splice(random.below(largest.length), 1))
    }
}

/** Sorts every list ascending, in place, and returns them. */
export const sortEach = (parts: number[][]): number[][] => {
  for (const part of parts) part.sort((a, b) => a - b)
  return parts
}
