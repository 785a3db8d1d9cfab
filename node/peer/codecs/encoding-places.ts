import { limits, type Limits } from '../../../protocols/limits.js'

/**
 * Who may make this peer encode, and how often: no member keeps the encoder from the others, however often it asks and
 * whatever it says that it holds.
 */
export interface EncodingPlaces {
  /**
   * @param version of the snapshot that is to be encoded. They do not go back.
   * @returns gives the place back, to be called once; undefined: there is no place for this asker now.
   */
  take(asker: string, version: number): (() => void) | undefined
}

type PlaceLimits = Pick<
  Limits,
  'encodesUnderWayMax' | 'encodesPerAskerMax' | 'encodesPerVersionMax' | 'membersMax'
>

export const createEncodingPlaces = ({
  encodesUnderWayMax,
  encodesPerAskerMax,
  encodesPerVersionMax,
  membersMax,
}: PlaceLimits = limits): EncodingPlaces => {
  /** One for each encoding under way. */
  const underWay: string[] = []
  /** Encodings of the newest version, by who made this peer begin them. */
  const begun = new Map<string, number>()
  let newest = NaN

  return {
    take(asker, version) {
      if (version !== newest) begun.clear()
      newest = version
      const before = begun.get(asker) ?? 0
      const underWayOfAsker = underWay.filter((other) => other === asker).length
      if (underWay.length >= encodesUnderWayMax || underWayOfAsker >= encodesPerAskerMax) return undefined
      if (before >= encodesPerVersionMax || (before === 0 && begun.size >= membersMax)) return undefined
      begun.set(asker, before + 1)
      underWay.push(asker)
      return () => void underWay.splice(underWay.indexOf(asker), 1)
    },
  }
}
