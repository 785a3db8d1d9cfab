import { hexToBytes } from '@noble/hashes/utils.js'
import { rises } from './rising.js'
import {
  callDigest,
  entriesDigest,
  quorumOf,
  resultBytes,
  type Signatures,
  type Weighting,
} from './statement.js'

/** One member's model in a merge. */
export interface CertifiedModel {
  readonly id: string
  /** Digest of its frozen model. */
  readonly digest: string
  /** Examples that it has seen. */
  readonly samples: number
}

/** Signed agreement on the result of a merge: plain JSON, whole in itself. */
export interface Certificate {
  readonly run: string
  readonly mergeId: string
  readonly rule: string
  readonly weighting: Weighting
  /** Sorted ids of those named in the call; two thirds of them must have signed. */
  readonly members: readonly string[]
  /** The models in the result, sorted by id. */
  readonly roster: readonly CertifiedModel[]
  /** Digest of the merged weights: root of the tree over chunks of `chunkBytes`. */
  readonly digest: string
  readonly chunkBytes: number
  /** Hex, sorted by id. */
  readonly signatures: readonly { readonly id: string; readonly signature: string }[]
}

/** Why a certificate proves nothing. */
export type CertificateFault =
  /** Not in order: fields that no merge has, members or roster unsorted or twice the same, a roster with strangers in it. */
  | { readonly code: 'MALFORMED'; readonly what: string }
  /** Signed by a key that the call does not name. */
  | { readonly code: 'FOREIGN_KEY'; readonly id: string }
  | { readonly code: 'BAD_SIGNATURE'; readonly id: string }
  | { readonly code: 'NO_QUORUM'; readonly signed: number; readonly needed: number }

/**
 * Whether two thirds of the members that the call named have signed this result. That the members are the right ones,
 * and that a model has this digest, is for the caller to check.
 * @returns undefined when it holds.
 */
export const certificateFault = (
  certificate: Certificate,
  verify: Signatures['verify'],
): CertificateFault | undefined => {
  const { run, mergeId, rule, weighting, members, roster, digest, signatures } = certificate
  const odd = oddField(certificate)
  if (odd !== undefined) return { code: 'MALFORMED', what: odd }
  if (!rises(members)) return { code: 'MALFORMED', what: 'its members are not sorted, or one is there twice' }
  if (!rises(roster.map(({ id }) => id))) {
    return { code: 'MALFORMED', what: 'its roster is not sorted, or names a member twice' }
  }
  const indices = new Map(members.map((id, index) => [id, index]))
  const stranger = roster.find(({ id }) => !indices.has(id))
  if (stranger) return { code: 'MALFORMED', what: `its roster names ${stranger.id}, which is no member` }
  const entries = roster.map(({ id, ...model }) => ({ member: indices.get(id)!, ...model }))
  const call = callDigest({ run, mergeId, members })
  const statement = resultBytes({
    ...{ run, mergeId, rule, weighting, call, digest },
    roster: entriesDigest(call, entries),
  })
  if (!rises(signatures.map(({ id }) => id))) {
    return { code: 'MALFORMED', what: 'its signatures are not sorted, or one is there twice' }
  }
  for (const { id, signature } of signatures) {
    if (!indices.has(id)) return { code: 'FOREIGN_KEY', id }
    if (!isHex(signature) || !verify(id, statement, hexToBytes(signature)))
      return { code: 'BAD_SIGNATURE', id }
  }
  const needed = quorumOf(members.length)
  return signatures.length < needed ? { code: 'NO_QUORUM', signed: signatures.length, needed } : undefined
}

/** What is signed is lines of fields with spaces between: a name with either in it could pass for several. */
const oddField = ({ run, mergeId, rule, members, roster, digest }: Certificate): string | undefined => {
  if (members.length === 0 || roster.length === 0) return 'it is about nobody'
  const names = [run, mergeId, rule, ...members]
  const name = names.find((text) => !VISIBLE_ASCII.test(text))
  if (name !== undefined) return `${JSON.stringify(name)} is no name`
  const digests = [digest, ...roster.map((model) => model.digest)]
  if (!digests.every((text) => DIGEST.test(text))) return 'a digest is not 64 lower-case hex digits'
  const isCounted = roster.every(({ samples }) => Number.isSafeInteger(samples) && samples >= 0)
  return isCounted ? undefined : 'a number of examples is none'
}

const VISIBLE_ASCII = /^[\x21-\x7e]+$/
const DIGEST = /^[0-9a-f]{64}$/

const isHex = (text: string): boolean => text.length % 2 === 0 && /^[0-9a-f]*$/.test(text)
