/**
 * Calls `build` once per members array and remembers the result for as long as the array lives, so that every
 * caller who shares the array shares one graph.
 */
export const perMembers = <T>(
  build: (members: readonly string[]) => T,
): ((members: readonly string[]) => T) => {
  const known = new WeakMap<readonly string[], T>()
  return (members) => {
    const found = known.get(members)
    if (found !== undefined) return found
    const built = build(members)
    known.set(members, built)
    return built
  }
}

/** Calls `build` when the number of members is another one than last time, and else returns what it made then. */
export const perCount = <T>(build: (memberCount: number) => T): ((memberCount: number) => T) => {
  let last: { readonly memberCount: number; readonly built: T } | undefined
  return (memberCount) => {
    if (last?.memberCount !== memberCount) last = { memberCount, built: build(memberCount) }
    return last.built
  }
}

/** The index of each member. */
export const indexOfMembers = (members: readonly string[]): ReadonlyMap<string, number> =>
  new Map(members.map((id, index) => [id, index]))

/**
 * Turns neighbour indices into a lookup by id. Every list is sorted and frozen, because callers share it.
 * @param indicesOf the neighbours of the member at an index, in any order; repeats and the member itself are dropped.
 */
export const namedGraph = (
  members: readonly string[],
  indicesOf: (index: number) => Iterable<number>,
): ReadonlyMap<string, readonly string[]> =>
  new Map(
    members.map((id, index) => {
      const others = [...new Set(indicesOf(index))].filter((other) => other !== index)
      // Members are sorted, so the order of the indices is the order of the ids.
      return [id, Object.freeze(others.sort((a, b) => a - b).map((other) => members[other] as string))]
    }),
  )

/** What someone who is not a member gets. */
export const NO_NEIGHBOURS: readonly string[] = Object.freeze([])
