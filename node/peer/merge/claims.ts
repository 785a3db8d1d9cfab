/** What a peer has said in merges, each thing once: see `MergeConfig.claim`. */
export interface Claims {
  claim(slot: string, value: string): boolean
  /** Everything that was claimed under, in the order of the claims. */
  slots(): Iterable<string>
}

/** @param known from an earlier life; @param keep writes one down before it is said. */
export const createClaims = (
  known: Iterable<readonly [slot: string, value: string]> = [],
  keep: (slot: string, value: string) => void = () => {},
): Claims => {
  const claims = new Map(known)
  return {
    claim(slot, value) {
      const said = claims.get(slot)
      if (said !== undefined) return said === value
      keep(slot, value)
      claims.set(slot, value)
      return true
    },
    slots: () => claims.keys(),
  }
}
