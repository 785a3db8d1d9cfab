import { createHash } from 'node:crypto'
import { identityFromSeed } from './identity.js'

/**
 * An identity that anyone who knows the words can make again: for demonstrations and tests, where the same seed must
 * give the same peer ids, and so the same topology. Never for a peer that others should recognise.
 */
export const seededIdentity = (...words: readonly (string | number)[]): Uint8Array =>
  identityFromSeed(createHash('sha256').update(words.join(' ')).digest())
