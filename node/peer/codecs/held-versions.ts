/**
 * The versions that were given out in a codec that sends changes, the last few of them: a reader can hold no other, and
 * one that says otherwise must not make this peer encode once for every number that it thinks of. Of one snapshot there
 * are changes to so many of them and no more.
 */
export interface HeldVersions {
  gave(version: number): void
  /**
   * The version, if it may be held and changes to it are to be had; undefined stands for nothing.
   * @param of the version of the snapshot that is asked for. They do not go back.
   */
  known(version: number | undefined, of: number): number | undefined
  /** There will be changes from what is held to this snapshot. */
  began(held: number, of: number): void
}

/** @param capacity versions that may be held. @param basesMax those of them that one snapshot is encoded for. */
export const createHeldVersions = ({
  capacity,
  basesMax,
}: {
  readonly capacity: number
  readonly basesMax: number
}): HeldVersions => {
  /** In the order in which they were given. */
  const given = new Set<number>()
  /** Of the newest snapshot. */
  const bases = new Set<number>()
  let newest = NaN
  const basesOf = (of: number): Set<number> => {
    if (of !== newest) bases.clear()
    newest = of
    return bases
  }
  return {
    gave(version) {
      given.add(version)
      if (given.size > capacity) given.delete(given.values().next().value!)
    },
    known(version, of) {
      if (version === undefined || !given.has(version)) return undefined
      const chosen = basesOf(of)
      return chosen.has(version) || chosen.size < basesMax ? version : undefined
    },
    began: (held, of) => void basesOf(of).add(held),
  }
}
