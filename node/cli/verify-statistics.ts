import { parseMergeId, thirdOf, type Certificate } from '../../protocols/final-merge/index.js'
import { CertificateError } from './certificate-error.js'
import { signersOf } from './verify-words.js'

export interface TwoCertificates {
  readonly weights: Certificate
  /** Of the other one. */
  readonly path: string
  readonly statistics: Certificate
}

/** @throws CertificateError DIGEST_MISMATCH, OTHER_MEMBERS for statistics that are not those of the weights. */
export const assertOfOneMerge = (two: TwoCertificates): void => {
  assertFollows(two)
  assertSameMembers(two)
}

/**
 * Each merge of weights is followed by the one of their statistics.
 * @throws CertificateError DIGEST_MISMATCH
 */
const assertFollows = ({ weights, path, statistics }: TwoCertificates): void => {
  const [of, after] = [weights, statistics].map(({ mergeId }) => parseMergeId(mergeId)?.period ?? NaN)
  if (after === of! + 1) return
  const isSame = statistics.mergeId === weights.mergeId
  throw new CertificateError(
    'DIGEST_MISMATCH',
    `${path} is ${isSame ? 'the certificate of the weights' : `of merge ${statistics.mergeId}`}, not of the statistics that ` +
      `follow merge ${weights.mergeId}. Nothing was changed by this check; give the statistics.certificate.json that was ` +
      'saved with the model by --statistics.',
    { path, expected: weights.mergeId, actual: statistics.mergeId },
  )
}

/**
 * The call for the statistics must name everybody whose model was merged, and next to nobody else, as members make it:
 * anybody can make a certificate among keys of his own. A newcomer that read the weights may be in it. And a third of
 * those who were called for the weights must have signed it, one honest one among them: the models of few may be merged,
 * and with strangers the liars among those few could be two thirds.
 * @throws CertificateError OTHER_MEMBERS
 */
const assertSameMembers = ({ weights, path, statistics }: TwoCertificates): void => {
  const { members } = weights
  const missing = weights.roster.map(({ id }) => id).filter((id) => !statistics.members.includes(id))
  const strangers = statistics.members.filter((id) => !members.includes(id))
  const signed = signersOf(statistics).filter((id) => members.includes(id))
  const isFew = signed.length < thirdOf(members.length)
  if (missing.length === 0 && strangers.length < thirdOf(statistics.members.length) && !isFew) return
  const who = [
    ...(missing.length > 0 ? [`${missing.length} whose weights were merged are not in it`] : []),
    ...(strangers.length > 0 ? [`it names strangers to that merge: ${strangers.join(' ')}`] : []),
    ...(isFew
      ? [`only ${signed.length} of the ${members.length} members who were called for the weights signed it`]
      : []),
  ]
  throw new CertificateError(
    'OTHER_MEMBERS',
    `${path} proves nothing about this model: it is not the agreement of those who made the weights; ${who.join(', and ')}. ` +
      'Nothing was changed by this check; do not use these statistics, and ask other members of the run for theirs.',
    { path, missing, strangers, signed },
  )
}
