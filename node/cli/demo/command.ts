import { availableParallelism } from 'node:os'
import type { Command } from 'commander'
import { PLAIN_CODEC } from '../../../protocols/codecs/index.js'
import { addBackendOption, addJsonOption, type CommonOptions } from '../common-options.js'
import { codecNames } from '../codec-option.js'
import { loaded } from '../interrupt.js'
import { addRunOptions, type RunOptions } from '../run-options.js'
import { integer, path } from '../values.js'
import { startSwarm } from './swarm.js'

export interface DemoOptions extends RunOptions, CommonOptions {
  readonly peers: number
  /** @default as many as the machine has cores */
  readonly processes?: number
  readonly data: string
  readonly partition: string
  readonly out: string
}

/** On one machine; each takes 150 MB in a process of its own, 15 MB in one that has others. */
const PEERS_MAX = 64

export const declareDemo = (command: Command): void => {
  command
    .option('--peers <N>', 'number of peers', integer(1, PEERS_MAX), 8)
    .option(
      '--processes <N>',
      'processes that the peers share, at most one for each; one per core by default',
      integer(1, PEERS_MAX),
    )
    .option('--data <SOURCE>', 'digits (generated), or idx:DIR with MNIST-style files', 'digits')
    .option('--partition <SPEC>', 'iid, dirichlet:ALPHA or shards:K', 'dirichlet:0.5')
    .option('--out <DIR>', 'where the models are saved', path, 'murmur-out')
  addRunOptions(command)
  command.option('--codec <NAME>', `how models travel: ${codecNames}`, PLAIN_CODEC)
  addBackendOption(command)
  addJsonOption(command)
  command.action(async (options: DemoOptions) => {
    const { peers, processes = availableParallelism() } = options
    // They load as long as what steers them, so both do at once.
    const swarm = startSwarm({ peers, processes })
    try {
      const { demo } = await loaded(import('./demo.js'))
      await demo(options, swarm)
    } finally {
      await swarm.stop()
    }
  })
}
