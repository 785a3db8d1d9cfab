import type { Command } from 'commander'
import { PLAIN_CODEC } from '../../../protocols/codecs/index.js'
import { addBackendOption, addJsonOption, type CommonOptions } from '../common-options.js'
import { codecNames } from '../codec-option.js'
import { loaded } from '../interrupt.js'
import { addRunOptions, type RunOptions } from '../run-options.js'
import { integer, path } from '../values.js'

export interface DemoOptions extends RunOptions, CommonOptions {
  readonly peers: number
  readonly data: string
  readonly partition: string
  readonly out: string
}

/** Processes on one machine; each holds about 150 MB. */
const PEERS_MAX = 64

export const declareDemo = (command: Command): void => {
  command
    .option('--peers <N>', 'number of peers', integer(1, PEERS_MAX), 8)
    .option('--data <SOURCE>', 'digits (generated), or idx:DIR with MNIST-style files', 'digits')
    .option('--partition <SPEC>', 'iid, dirichlet:ALPHA or shards:K', 'dirichlet:0.5')
    .option('--out <DIR>', 'where the models are saved', path, 'murmur-out')
  addRunOptions(command)
  command.option('--codec <NAME>', `how models travel: ${codecNames}`, PLAIN_CODEC)
  addBackendOption(command)
  addJsonOption(command)
  command.action(async (options: DemoOptions) => (await loaded(import('./demo.js'))).demo(options))
}
