import { totalVariance } from '../../protocols/averaging/index.js'
import {
  certificateFault,
  mergeChunkBytes,
  quorumOf,
  type Certificate,
} from '../../protocols/final-merge/index.js'
import { describeSnapshot, verifySignature } from '../network/index.js'
import { CertificateError, certificateErrorOf } from './certificate-error.js'
import { CliError } from './exit-codes.js'
import { createOutput } from './output.js'
import type { VerifyOptions } from './verify-command.js'
import { readPair, readStatisticsCertificate, type Pair } from './verify-files.js'
import { assertOfOneMerge } from './verify-statistics.js'
import { sayAgreement, signersOf } from './verify-words.js'

/**
 * @throws CertificateError for a pair that does not hold; CliError USAGE for files in the wrong place, or statistics of
 *   a model that has none; StoreError as loadCertificate and loadModel.
 */
export const verify = async (paths: Pair, options: VerifyOptions): Promise<void> => {
  const output = createOutput(options)
  const { certificate, model } = await readPair(paths)
  const { weights, statistics, metadata } = model
  assertHolds(paths.certificate, certificate, options)
  assertOfWeights(paths.certificate, certificate)
  const ofModel = { run: metadata.runId, of: `of ${paths.model}` }
  assertRun(paths.certificate, certificate, ofModel)
  await assertSigned(paths, certificate, { what: 'weights', values: weights })
  if (!statistics) assertNotAsked(paths.model, options)
  const proof = statistics && (await proofOfStatistics(paths.model, options))
  if (proof) {
    assertRun(proof.path, proof.certificate, ofModel)
    assertOfOneMerge({ weights: certificate, path: proof.path, statistics: proof.certificate })
    const pair = { ...paths, certificate: proof.path }
    await assertSigned(pair, proof.certificate, { what: 'statistics', values: statistics })
  }
  sayAgreement(paths.model, certificate, { output, isAskedFor: options.run !== undefined })
  if (proof) {
    output.say(
      `Its statistics of batch normalisation were signed by ${signersOf(proof.certificate).join(' ')}`,
    )
  }
  if (statistics && !proof) output.say('Its statistics of batch normalisation were not checked')
  const { run, mergeId, rule, weighting, digest, members, roster } = certificate
  const needed = quorumOf(members.length)
  output.emit({
    ...{ type: 'result', valid: true, run, mergeId, rule, weighting, digest },
    ...{ members, roster, signed: signersOf(certificate), needed },
    statistics: proof ? 'signed' : statistics ? 'unchecked' : 'none',
    ...(proof && { statisticsSigned: signersOf(proof.certificate) }),
  })
}

/** @throws CertificateError for one that does not hold by itself, or is of another run than was asked for */
const assertHolds = (path: string, certificate: Certificate, { run }: VerifyOptions): void => {
  const fault = certificateFault(certificate, verifySignature)
  if (fault) throw certificateErrorOf(path, fault)
  if (run !== undefined) assertRun(path, certificate, { run, of: 'asked for' })
}

/** @throws CertificateError DIGEST_MISMATCH */
const assertOfWeights = (path: string, { rule, mergeId }: Certificate): void => {
  if (rule !== totalVariance.name) return
  throw new CertificateError(
    'DIGEST_MISMATCH',
    `${path} is the certificate of a model's statistics of batch normalisation (merge ${mergeId}), not of its weights. Nothing was ` +
      'changed by this check; give the model.certificate.json that was saved with the model, and this one behind --statistics.',
    { path, actual: mergeId },
  )
}

/** @throws CliError USAGE where statistics are to be checked that are not there */
const assertNotAsked = (model: string, { statistics: path }: VerifyOptions): void => {
  if (path === undefined) return
  throw new CliError(
    'USAGE',
    `${model} holds no statistics of batch normalisation, so there is nothing to check ${path} against; its weights are what ` +
      'the members signed. Nothing was changed by this check; leave --statistics out, or name the model that it was saved with.',
    { model, path },
  )
}

/** @throws CertificateError STATISTICS_UNPROVEN, and as assertHolds; CliError, StoreError as readStatisticsCertificate */
const proofOfStatistics = async (
  model: string,
  options: VerifyOptions,
): Promise<{ readonly path: string; readonly certificate: Certificate } | undefined> => {
  const { statistics: path, weightsOnly } = options
  if (path !== undefined) {
    const certificate = await readStatisticsCertificate(path)
    assertHolds(path, certificate, options)
    return { path, certificate }
  }
  if (weightsOnly) return undefined
  throw new CertificateError(
    'STATISTICS_UNPROVEN',
    `${model} also holds statistics of batch normalisation, which members sign by themselves: its weights hold, its ` +
      'statistics may have been changed. Nothing was changed by this check; give the statistics.certificate.json that was ' +
      'saved with the model by --statistics, or leave them unchecked by --weights-only.',
    { path: model },
  )
}

/** @throws CertificateError MALFORMED, DIGEST_MISMATCH */
const assertSigned = async (
  paths: Pair,
  { chunkBytes, digest, mergeId }: Certificate,
  { what, values }: { readonly what: 'weights' | 'statistics'; readonly values: Float32Array },
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
      `the one of merge ${mergeId} has ${digest}. It was changed or tuned since, or is of another merge. Nothing was changed by ` +
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
