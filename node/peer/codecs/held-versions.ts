/**
 * The versions that were given out in a codec that sends changes, the last few of them: a reader can hold no other, and
 * one that says otherwise must not make this peer encode once for every number that it thinks of.
 */
export interface HeldVersions {
  gave(version: number): void
  /** The version, if it may be held; undefined stands for nothing. */
  known(version: number | undefined): number | undefined
}

export const createHeldVersions = (capacity: number): HeldVersions => {
  /** In the order in which they were given. */
  const given = new Set<number>()
  return {
    gave(version) {
      given.add(version)
      if (given.size > capacity) given.delete(given.values().next().value!)
    },
    known: (version) => (version !== undefined && given.has(version) ? version : undefined),
  }
}
