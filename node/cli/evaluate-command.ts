import type { Command } from 'commander'
import { addBackendOption, addJsonOption, type CommonOptions } from './common-options.js'
import { loaded } from './interrupt.js'
import { integer } from './values.js'

export interface EvalOptions extends CommonOptions {
  readonly data: string
  readonly seed: number
}

export const declareEval = (command: Command): void => {
  command
    .argument('<model>', 'a .safetensors file that murmur saved')
    .requiredOption('--data <SOURCE>', 'digits (generated), or idx:DIR with MNIST-style files')
    .option('--seed <N>', 'of generated data', integer(0, 0xffffffff), 1)
  addBackendOption(command)
  addJsonOption(command)
  command.action(async (path: string, options: EvalOptions) =>
    (await loaded(import('./evaluate.js'))).evaluate(path, options),
  )
}
