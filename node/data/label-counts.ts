/** How many of the examples at `indices` have each label: a fresh list of `classes` counts. Borrows its inputs. */
export const labelCounts = (labels: Uint8Array, indices: Iterable<number>, classes: number): number[] => {
  const counts = new Array<number>(classes).fill(0)
  for (const index of indices) counts[labels[index]!]!++
  return counts
}

/** One line for people: `0:12 1:103 2:0`. */
export const formatLabelCounts = (counts: readonly number[]): string =>
  counts.map((count, label) => `${label}:${count}`).join(' ')
