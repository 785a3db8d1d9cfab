import { Option, type Command } from 'commander'
import { averagingRuleNames } from '../../protocols/averaging/index.js'
import { mixingNames } from '../../protocols/gossip-learning/index.js'
import { parseRunConfiguration, type RunConfiguration } from '../../protocols/run/index.js'
import { belowOne, integer, oneOf, positive } from './values.js'

/** Options that make up a run configuration. */
export interface RunOptions {
  readonly model: string
  readonly topology?: string
  readonly rule: string
  readonly mixing: string
  readonly init: string
  readonly schedule: string
  readonly mode: string
  readonly rounds: number
  readonly localSteps: number
  readonly batch: number
  readonly optimizer: string
  readonly lr: number
  readonly momentum: number
  readonly seed: number
}

/** Specs of plug-ins are checked by their own parsers, which name the nearest known one. */
export const addRunOptions = (command: Command): Command =>
  command
    .option(
      '--topology <SPEC>',
      'ring, full, regular:K, exponential or random:S (default: regular:4, or full with fewer than 5 peers)',
    )
    .option('--rule <NAME>', 'variance-corrected or mean', oneOf(averagingRuleNames), 'variance-corrected')
    .option(
      '--mixing <NAME>',
      'metropolis-hastings, uniform or age',
      oneOf(mixingNames),
      'metropolis-hastings',
    )
    .option(
      '--init <KIND>',
      'different: every peer its own initial weights; same: all alike',
      oneOf(['different', 'same']),
      'different',
    )
    .option('--model <SPEC>', 'softmax, mlp:WIDTH[,WIDTH…] or cnn', 'mlp:128')
    .option('--rounds <N>', 'local rounds before the final merge', integer(1, 1_000_000), 40)
    .option('--local-steps <N>', 'optimizer steps of one local round', integer(1, 100_000), 10)
    .option('--batch <N>', 'examples per optimizer step', integer(1, 65_536), 32)
    .option('--optimizer <NAME>', 'sgd or adamw', oneOf(['sgd', 'adamw']), 'sgd')
    .option('--lr <RATE>', 'learning rate', positive, 0.1)
    .addOption(
      new Option('--momentum <M>', 'momentum of sgd, from 0 to below 1').argParser(belowOne).default(0.5),
    )
    .option('--schedule <SPEC>', 'every:K, probability:P, late:FROM[:P] or never', 'every:1')
    .option('--mode <NAME>', 'async, or rounds for lock step', oneOf(['async', 'rounds']), 'async')
    .option('--seed <N>', 'of topology, data, initial weights and minibatches', integer(0, 0xffffffff), 1)

/** @throws ConfigError BAD_VALUE */
export const configurationOf = (
  options: RunOptions,
  more: Pick<RunConfiguration, 'name' | 'minPeers'> &
    Partial<Pick<RunConfiguration, 'inputShape' | 'classes'>>,
): RunConfiguration => {
  const { optimizer, lr, momentum, ...rest } = options
  // Everyone has four others, or as many as there are.
  const topology = options.topology ?? (more.minPeers < 5 ? 'full' : 'regular:4')
  const { model, rule, mixing, init, schedule, mode, rounds, localSteps, batch, seed } = rest
  return parseRunConfiguration({
    ...{ model, topology, rule, mixing, init, schedule, mode, rounds, localSteps, batch, seed },
    optimizer:
      optimizer === 'sgd'
        ? { kind: 'sgd', learningRate: lr, momentum }
        : { kind: optimizer, learningRate: lr },
    ...more,
  })
}
