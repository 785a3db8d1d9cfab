import { InvalidArgumentError, type Command } from 'commander'
import {
  certificateFault,
  mergeChunkBytes,
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
    .addHelpText('after', HELP)
  addJsonOption(command)
  command.action((model: string, certificate: string, options: VerifyOptions) =>
    verify({ model, certificate }, options),
  )
}

const verify = async (paths: Pair, options: VerifyOptions): Promise<void> => {
  const output = createOutput(options)
  const certificate = await beforeStart(() => loadCertificate(paths.certificate))
  const fault = certificateFault(certificate, verifySignature)
  if (fault) throw certificateErrorOf(paths.certificate, fault)
  if (options.run !== undefined)
    assertRun(paths.certificate, certificate, { run: options.run, of: 'asked for' })
  await assertSigned(paths, certificate)
  sayAgreement(paths.model, certificate, output)
  const { run, mergeId, rule, weighting, digest, members, roster, signatures } = certificate
  const signed = signatures.map(({ id }) => id)
  const needed = quorumOf(members.length)
  output.emit({
    ...{ type: 'result', valid: true, run, mergeId, rule, weighting, digest },
    ...{ members, roster, signed, needed },
  })
}

/** @throws CertificateError FOREIGN_RUN, MALFORMED, DIGEST_MISMATCH; StoreError as loadModel */
const assertSigned = async (paths: Pair, certificate: Certificate): Promise<void> => {
  const { weights, metadata } = await beforeStart(() => loadModel(paths.model))
  assertRun(paths.certificate, certificate, { run: metadata.runId, of: `of ${paths.model}` })
  const { chunkBytes, digest, mergeId } = certificate
  const expected = mergeChunkBytes(weights.byteLength)
  // Not signed, because it follows from the size.
  if (chunkBytes !== expected) {
    const what = `its digest is over chunks of ${chunkBytes} bytes, a model as large as ${paths.model} has chunks of ${expected}`
    throw certificateErrorOf(paths.certificate, { code: 'MALFORMED', what })
  }
  const { digest: actual } = await describeSnapshot(weights, chunkBytes)
  if (actual === digest) return
  throw new CertificateError(
    'DIGEST_MISMATCH',
    `${paths.model} is not the model that the members signed: its weights have the digest ${actual}, ` +
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
