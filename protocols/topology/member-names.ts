/**
 * Names for members that are only counted: p00, p01, …. With more than 100 of them all numbers are as long as the
 * largest, so that the names sort by index.
 */
export const memberNames = (count: number): readonly string[] => {
  const digits = Math.max(2, String(count - 1).length)
  return Array.from({ length: count }, (_, index) => `p${String(index).padStart(digits, '0')}`)
}
