/**
 * Milliseconds of each, medians, taken in turns so that a slow moment of the machine meets all.
 * @param runs what is timed. The first turn, which compiles, is left out.
 */
export const mediansMs = <Name extends string>(
  runs: Readonly<Record<Name, () => unknown>>,
  repeats: number,
): Readonly<Record<Name, number>> => {
  const names = Object.keys(runs) as Name[]
  const times = new Map<Name, number[]>(names.map((name) => [name, []]))
  for (let turn = -1; turn < repeats; turn++) {
    for (const name of names) {
      const began = performance.now()
      runs[name]()
      if (turn >= 0) times.get(name)!.push(performance.now() - began)
    }
  }
  const median = (sorted: readonly number[]): number => sorted[sorted.length >> 1]!
  return Object.fromEntries(
    names.map((name) => [name, median(times.get(name)!.sort((a, b) => a - b))]),
  ) as Record<Name, number>
}
