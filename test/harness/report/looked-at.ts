/**
 * How often it was looked at whether the target is reached: a number of rounds is no more exact than that. Empty where that
 * was after each round. @param every local rounds between two measurements, of each cell.
 */
export const lookedAt = (every: readonly number[]): string => {
  const different = new Set(every)
  if (different.size === 1) {
    const [only] = different
    return only === 1 ? '' : `looked at every ${only} rounds only`
  }
  return different.size === 0 ? '' : 'looked at in measured rounds only'
}
