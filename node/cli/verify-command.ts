import { InvalidArgumentError, Option, type Command } from 'commander'
import { addJsonOption } from './common-options.js'
import { loaded } from './interrupt.js'

export interface VerifyOptions {
  readonly run?: string
  /** Path of the statistics' certificate. */
  readonly statistics?: string
  readonly weightsOnly?: boolean
  readonly json: boolean
}

const HELP = `
The certificate proves that two thirds of the members that it names signed this very model. Anyone can name members
of their own making: whether these are the peers of your run is for you to know. Compare the ids with those that the
peers show, and pin the run with --run. Signed are the weights, the run and the members' models by digest; what else the
model file says of itself is not.
`

export const declareVerify = (command: Command): void => {
  command
    .argument('<model>', 'a .safetensors file that murmur saved')
    .argument('<certificate>', 'the .certificate.json file of its merge')
    .option('--run <ID>', 'refuse another run: its whole id, as in status --json', runId)
    .option(
      '--statistics <FILE>',
      'the statistics.certificate.json file, for a model with batch normalisation',
    )
    .addOption(
      new Option('--weights-only', 'check no statistics of batch normalisation').conflicts('statistics'),
    )
    .addHelpText('after', HELP)
  addJsonOption(command)
  command.action(async (model: string, certificate: string, options: VerifyOptions) =>
    (await loaded(import('./verify.js'))).verify({ model, certificate }, options),
  )
}

/** The first digits that people are shown would not do: whoever wants to can make a run that begins with them. */
function runId(text: string): string {
  if (/^[0-9a-f]{64}$/.test(text)) return text
  throw new InvalidArgumentError('It must be the whole id, 64 lower-case hex digits.')
}
