import { InvalidArgumentError, type Command } from 'commander'
import {
  certificateFault,
  mergeChunkBytes,
  parseMergeId,
  quorumOf,
  type Certificate,
} from '../../protocols/final-merge/index.js'
import { describeSnapshot, verifySignature } from '../network/index.js'
import { loadCertificate, loadModel } from '../store/index.js'
import { beforeStart } from './before-start.js'
import { CertificateError, certificateErrorOf } from './certificate-error.js'
import { addJsonOption } from './common-options.js'
import { createOutput, type Output } from './output.js'

interface VerifyOptions {
  readonly run?: string
  /** Path of the statistics' certificate. */
  readonly statistics?: string
  readonly weightsOnly?: boolean
  readonly json: boolean
}

/** The two files, by their paths. */
interface Pair {
  readonly model: string
  readonly certificate: string
}

const HELP = `
The certificate proves that two thirds of the members that it names signed this very model. Anyone can name members
of their own making: whether these are the peers of your run is for you to know. Compare the ids with those that the
peers show, and pin the run with --run. Signed are the weights, the run and the members' models by digest; what else the
model file says of itself is not.
`

export const addVerifyCommand = (program: Command): void => {
  const command = program
    .command('verify')
    .description('check that the members of a run signed a merged model, and say who they are')
    .argument('<model>', 'a .safetensors file that murmur saved')
    .argument('<certificate>', 'the .certificate.json file of its merge')
    .option('--run <ID>', 'refuse another run: its whole id, as in status --json', runId)
    .option(
      '--statistics <FILE>',
      'the statistics.certificate.json file, for a model with batch normalisation',
    )
    .option('--weights-only', 'check no statistics of batch normalisation')
    .addHelpText('after', HELP)
  addJsonOption(command)
  command.action((model: string, certificate: string, options: VerifyOptions) =>
    verify({ model, certificate }, options),
  )
}

const verify = async (paths: Pair, options: VerifyOptions): Promise<void> => {
  const output = createOutput(options)
  const certificate = await certificateIn(paths.certificate, options)
  const { weights, statistics, metadata } = await beforeStart(() => loadModel(paths.model))
  const ofModel = { run: metadata.runId, of: `of ${paths.model}` }
  assertRun(paths.certificate, certificate, ofModel)
  await assertSigned(paths, certificate, { what: 'weights', values: weights })
  const proof = statistics && (await proofOfStatistics(paths.model, options))
  if (proof) {
    assertRun(proof.path, proof.certificate, ofModel)
    assertFollows({ weights: certificate, path: proof.path, statistics: proof.certificate })
    const pair = { ...paths, certificate: proof.path }
    await assertSigned(pair, proof.certificate, { what: 'statistics', values: statistics })
  }
  sayAgreement(paths.model, certificate, output)
  if (proof) output.say(`${proof.certificate.signatures.length} signed its statistics of batch normalisation`)
  else if (statistics) output.say('Its statistics of batch normalisation were not checked')
  const { run, mergeId, rule, weighting, digest, members, roster, signatures } = certificate
  const signed = signatures.map(({ id }) => id)
  const needed = quorumOf(members.length)
  output.emit({
    ...{ type: 'result', valid: true, run, mergeId, rule, weighting, digest },
    ...{ members, roster, signed, needed },
    statistics: proof ? 'signed' : statistics ? 'unchecked' : 'none',
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
const assertFollows = ({
  weights,
  path,
  statistics,
}: {
  readonly weights: Certificate
  readonly path: string
  readonly statistics: Certificate
}): void => {
  const [of, after] = [weights, statistics].map(({ mergeId }) => parseMergeId(mergeId)?.period ?? NaN)
  if (after === of! + 1) return
  throw new CertificateError(
    'DIGEST_MISMATCH',
    `${path} is of merge ${statistics.mergeId}, not of the statistics that follow merge ${weights.mergeId}. Nothing was ` +
      'changed by this check; take the two certificates that were saved with the model.',
    { path, expected: weights.mergeId, actual: statistics.mergeId },
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
      `the one of merge ${mergeId} has ${digest}. It was changed, or is of another merge. Nothing was changed by this check; ` +
      'copy model and certificate again, both from one peer.',
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
  const { run, mergeId, rule, weighting, members, roster, digest, signatures } = certificate
  const signed = new Set(signatures.map(({ id }) => id))
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
    output.say(`  ${id}  ${signed.has(id) ? 'signed' : 'did not sign'}, ${part}`)
  }
  output.say('Are these the members of your run? Compare the ids: the certificate cannot know.')
}

/** The first digits that people are shown would not do: whoever wants to can make a run that begins with them. */
function runId(text: string): string {
  if (/^[0-9a-f]{64}$/.test(text)) return text
  throw new InvalidArgumentError('It must be the whole id, 64 lower-case hex digits.')
}
