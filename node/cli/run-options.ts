import { Option, type Command } from 'commander'
import { averagingRuleNames } from '../../protocols/averaging/index.js'
import { mixingNames } from '../../protocols/gossip-learning/mixing.js'
import { topologyUsages } from '../../protocols/topology/registry.js'
import { belowOne, integer, oneOf, positive } from './values.js'

/** Options that make up a run configuration. */
export interface RunOptions {
  readonly model: string
  readonly topology?: string
  readonly rule: string
  readonly mixing: string
  readonly init: string
  readonly schedule: string
  /** Only where snapshots go over a real network: simulations have an option of their own. */
  readonly codec?: string
  readonly mode: string
  readonly rounds: number
  readonly localSteps: number
  readonly batch: number
  readonly optimizer: string
  readonly lr: number
  readonly momentum: number
  readonly seed: number
}

/** One option, for the commands that take one value and for those that take a list. */
export interface ValueOption<Key extends string = string> {
  readonly key: Key
  readonly flags: string
  readonly about: string
  /** Without it the text stands, and is checked later by the plug-in's own parser, which names the nearest known one. */
  readonly parse?: (text: string) => string | number
  /** Undefined where it depends on other options; `about` says so then. */
  readonly byDefault?: string | number
}

/** The table of the options, in the order of the help. */
export const runOptions: readonly ValueOption<keyof RunOptions>[] = [
  {
    key: 'topology',
    flags: '--topology <SPEC>',
    about: `${topologyUsages.join(', ')} (default: regular:4, or full with fewer than 5 peers)`,
  },
  {
    key: 'rule',
    flags: '--rule <NAME>',
    about: 'variance-corrected or mean',
    parse: oneOf(averagingRuleNames),
    byDefault: 'variance-corrected',
  },
  {
    key: 'mixing',
    flags: '--mixing <NAME>',
    about: 'metropolis-hastings, uniform or age',
    parse: oneOf(mixingNames),
    byDefault: 'metropolis-hastings',
  },
  {
    key: 'init',
    flags: '--init <KIND>',
    about: 'different: every peer its own initial weights; same: all alike',
    parse: oneOf(['different', 'same']),
    byDefault: 'different',
  },
  {
    key: 'model',
    flags: '--model <SPEC>',
    about: 'softmax, mlp:WIDTH[,WIDTH…], cnn or cnn-bn',
    byDefault: 'mlp:128',
  },
  {
    key: 'rounds',
    flags: '--rounds <N>',
    about: 'local rounds before the final merge',
    parse: integer(1, 1_000_000),
    byDefault: 40,
  },
  {
    key: 'localSteps',
    flags: '--local-steps <N>',
    about: 'optimizer steps of one local round',
    parse: integer(1, 100_000),
    byDefault: 10,
  },
  {
    key: 'batch',
    flags: '--batch <N>',
    about: 'examples per optimizer step',
    parse: integer(1, 65_536),
    byDefault: 32,
  },
  {
    key: 'optimizer',
    flags: '--optimizer <NAME>',
    about: 'sgd or adamw',
    parse: oneOf(['sgd', 'adamw']),
    byDefault: 'sgd',
  },
  { key: 'lr', flags: '--lr <RATE>', about: 'learning rate', parse: positive, byDefault: 0.1 },
  {
    key: 'momentum',
    flags: '--momentum <M>',
    about: 'momentum of sgd, from 0 to below 1',
    parse: belowOne,
    byDefault: 0.5,
  },
  {
    key: 'schedule',
    flags: '--schedule <SPEC>',
    about: 'every:K, probability:P, late:FROM[:P], window:FROM:TO[:P] or never',
    byDefault: 'every:1',
  },
  {
    key: 'mode',
    flags: '--mode <NAME>',
    about: 'async, or rounds for lock step',
    parse: oneOf(['async', 'rounds']),
    byDefault: 'async',
  },
  {
    key: 'seed',
    flags: '--seed <N>',
    about: 'of topology, data, initial weights and minibatches',
    parse: integer(0, 0xffffffff),
    byDefault: 1,
  },
]

/** Adds them with one value each. */
export const addRunOptions = (command: Command): Command => {
  for (const { flags, about, parse, byDefault } of runOptions) {
    const option = new Option(flags, about)
    if (parse) option.argParser(parse)
    if (byDefault !== undefined) option.default(byDefault)
    command.addOption(option)
  }
  return command
}
