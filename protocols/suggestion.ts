import { closest, distance } from 'fastest-levenshtein'

/** A beginning of fewer characters says too little. */
const PREFIX_CHARACTERS_MIN = 3

/**
 * The known word that was most likely meant, for messages; undefined where none is near, since a far-fetched guess
 * only puzzles. Near is what at most a third of the longer word's letters must change for, the same letters in another
 * order, and where one word begins with the other: `exp` for `exponential`, `fully-connected` for `full`. Capitals do
 * not count.
 * @param known at least one.
 */
export const suggestionFor = (word: string, known: readonly string[]): string | undefined => {
  const lowered = known.map((candidate) => candidate.toLowerCase())
  const meant = nearestOf(word.toLowerCase(), lowered)
  return meant === undefined ? undefined : known[lowered.indexOf(meant)]
}

/** ` Did you mean X?`, to be put behind a sentence; nothing where no known word is near. */
export const hintFor = (word: string, known: readonly string[]): string => {
  const meant = suggestionFor(word, known)
  return meant === undefined ? '' : ` Did you mean ${meant}?`
}

const nearestOf = (given: string, known: readonly string[]): string | undefined => {
  const swapped = known.find((candidate) => lettersOf(candidate) === lettersOf(given))
  if (swapped !== undefined) return swapped
  const nearest = closest(given, known)
  if (distance(given, nearest) <= Math.ceil(Math.max(given.length, nearest.length) / 3)) return nearest
  const alike = known.filter((candidate) => beginAlike(given, candidate))
  return alike.length === 0 ? undefined : closest(given, alike)
}

const lettersOf = (word: string): string => [...word].sort().join('')

const beginAlike = (a: string, b: string): boolean => {
  const [short, long] = a.length < b.length ? [a, b] : [b, a]
  return short.length >= PREFIX_CHARACTERS_MIN && long.startsWith(short)
}
