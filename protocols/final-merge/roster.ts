import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'

/** Sorted ids held by every one of the holders. */
export const heldByAll = (holdings: readonly ReadonlySet<string>[]): string[] => {
  const [first, ...others] = holdings
  return [...(first ?? [])].filter((id) => others.every((held) => held.has(id))).sort()
}

/** SHA-256 over the sorted ids, as hex: two peers have the same roster if and only if they have the same digest. */
export const rosterDigest = (roster: readonly string[]): string =>
  bytesToHex(sha256(utf8ToBytes(roster.join('\n'))))
