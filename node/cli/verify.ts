import {
  certificateFault,
  mergeChunkBytes,
  parseMergeId,
  quorumOf,
  thirdOf,
  type Certificate,
} from '../../protocols/final-merge/index.js'
import { describeSnapshot, verifySignature } from '../network/index.js'
import { loadCertificate, loadModel } from '../store/index.js'
import { beforeStart } from './before-start.js'
import { CertificateError, certificateErrorOf } from './certificate-error.js'
import { createOutput, type Output } from './output.js'
import type { VerifyOptions } from './verify-command.js'

/** The two files, by their paths. */
interface Pair {
  readonly model: string
  readonly certificate: string
}

interface TwoCertificates {
  readonly weights: Certificate
  /** Of the other one. */
  readonly path: string
  readonly statistics: Certificate
}

export const verify = async (paths: Pair, options: VerifyOptions): Promise<void> => {
  const output = createOutput(options)
  const certificate = await certificateIn(paths.certificate, options)
  const { weights, statistics, metadata } = await beforeStart(() => loadModel(paths.model))
  const ofModel = { run: metadata.runId, of: `of ${paths.model}` }
  assertRun(paths.certificate, certificate, ofModel)
  const hint = statistics
    ? ` Or ${paths.certificate} is that of its statistics, which goes with --statistics.`
    : ''
  await assertSigned(paths, certificate, { what: 'weights', values: weights, hint })
  const proof = statistics && (await proofOfStatistics(paths.model, options))
  if (proof) {
    assertRun(proof.path, proof.certificate, ofModel)
    const two = { weights: certificate, path: proof.path, statistics: proof.certificate }
    assertFollows(two)
    assertSameMembers(two)
    const pair = { ...paths, certificate: proof.path }
    await assertSigned(pair, proof.certificate, { what: 'statistics', values: statistics })
  }
  sayAgreement(paths.model, certificate, output)
  if (proof) {
    output.say(
      `Its statistics of batch normalisation were signed by ${signersOf(proof.certificate).join(' ')}`,
    )
  }
  if (statistics && !proof) output.say('Its statistics of batch normalisation were not checked')
  if (!statistics && options.statistics) output.say('It holds no statistics: --statistics was not looked at')
  const { run, mergeId, rule, weighting, digest, members, roster } = certificate
  const needed = quorumOf(members.length)
  output.emit({
    ...{ type: 'result', valid: true, run, mergeId, rule, weighting, digest },
    ...{ members, roster, signed: signersOf(certificate), needed },
    statistics: proof ? 'signed' : statistics ? 'unchecked' : 'none',
    ...(proof && { statisticsSigned: signersOf(proof.certificate) }),
  })
}

/** @throws CertificateError for one that does not hold by itself; StoreError as loadCertificate */
const certificateIn = async (path: string, { run }: VerifyOptions): Promise<Certificate> => {
  const certificate = await beforeStart(() => loadCertificate(path))
  const fault = certificateFault(certificate, verifySignature)
  if (fault) throw certificateErrorOf(path, fault)
  if (run !== undefined) assertRun(path, certificate, { run, of: 'asked for' })
  return certificate
}

/** @throws CertificateError STATISTICS_UNPROVEN, and as certificateIn */
const proofOfStatistics = async (
  model: string,
  options: VerifyOptions,
): Promise<{ readonly path: string; readonly certificate: Certificate } | undefined> => {
  const { statistics: path, weightsOnly } = options
  if (path !== undefined) return { path, certificate: await certificateIn(path, options) }
  if (weightsOnly) return undefined
  throw new CertificateError(
    'STATISTICS_UNPROVEN',
    `${model} also holds statistics of batch normalisation, which members sign by themselves: its weights hold, its ` +
      'statistics may have been changed. Nothing was changed by this check; give the statistics.certificate.json that was ' +
      'saved with the model by --statistics, or leave them unchecked by --weights-only.',
    { path: model },
  )
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

const signersOf = ({ signatures }: Certificate): readonly string[] => signatures.map(({ id }) => id)

/** @throws CertificateError MALFORMED, DIGEST_MISMATCH */
const assertSigned = async (
  paths: Pair,
  { chunkBytes, digest, mergeId }: Certificate,
  {
    what,
    values,
    hint = '',
  }: { readonly what: 'weights' | 'statistics'; readonly values: Float32Array; readonly hint?: string },
): Promise<void> => {
  const expected = mergeChunkBytes(values.byteLength)
  // Not signed, because it follows from the size.
  if (chunkBytes !== expected) {
    const problem = `its digest is over chunks of ${chunkBytes} bytes, a model as large as ${paths.model} has chunks of ${expected}`
    throw certificateErrorOf(paths.certificate, { code: 'MALFORMED', what: problem })
  }
  const { digest: actual } = await describeSnapshot(values, chunkBytes)
  if (actual === digest) return
  throw new CertificateError(
    'DIGEST_MISMATCH',
    `${paths.model} is not the model that the members signed: its ${what} have the digest ${actual}, ` +
      `the one of merge ${mergeId} has ${digest}.${hint} It was changed or tuned since, or is of another merge. Nothing was changed by ` +
      'this check; copy model and certificate again, both from one peer.',
    { expected: digest, actual },
  )
}

/** @throws CertificateError FOREIGN_RUN */
const assertRun = (
  path: string,
  { run }: Certificate,
  expected: { readonly run: string; readonly of: string },
): void => {
  if (run === expected.run) return
  throw new CertificateError(
    'FOREIGN_RUN',
    `${path} is of run ${run}, not of the run ${expected.of}, ${expected.run}. It says nothing about that one. ` +
      'Nothing was changed; take the certificate that was saved with the model.',
    { path, expected: expected.run, actual: run },
  )
}

const sayAgreement = (model: string, certificate: Certificate, output: Output): void => {
  const { run, mergeId, rule, weighting, members, roster, digest } = certificate
  const signed = new Set(signersOf(certificate))
  const models = new Map(roster.map(({ id, samples }) => [id, samples]))
  const weighted = { uniform: 'all with one weight', samples: 'weighted by examples seen' }[weighting]
  output.say(`${model} is what merge ${mergeId} of run ${run} gave`)
  output.say(`digest ${digest}`)
  output.say(
    `${signed.size} of ${members.length} members signed, ${quorumOf(members.length)} are needed; ` +
      `${roster.length} models are in it (${rule}, ${weighted})`,
  )
  for (const id of members) {
    const samples = models.get(id)
    const part = samples === undefined ? 'no model in it' : `${samples} examples seen`
    output.say(`  ${id}  ${signed.has(id) ? 'signed' : 'no signature here'}, ${part}`)
  }
  if (members.length === 1) output.say('Nobody else was there to sign: this is what one peer says of itself')
  output.say('Are these the members of your run? Compare the ids: the certificate cannot know.')
}
