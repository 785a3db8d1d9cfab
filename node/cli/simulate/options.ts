import { Option, type Command } from 'commander'
import { averagingRuleNames } from '../../../protocols/averaging/index.js'
import { codecUsages, PLAIN_CODEC } from '../../../protocols/codecs/index.js'
import { baselineNames, trainerNames } from '../../../test/harness/cell/names.js'
import type { Axis } from '../../../test/harness/sweep/index.js'
import { entropyStages } from '../../entropy/index.js'
import { addJsonOption } from '../common-options.js'
import { runOptions, type ValueOption } from '../run-options.js'
import { fraction, fractionAboveZero, integer, oneOf, path } from '../values.js'
import { listOf, parseSeed, splitNumbers, splitSeeds, splitSources, splitSpecs, type Split } from './lists.js'

/** An option that takes a list. */
interface ListOption extends ValueOption {
  readonly split: Split
  /** The path of what it sets. */
  readonly sets: string
}

/** The run options that are not called like the setting. */
const PATHS: Readonly<Record<string, string>> = {
  optimizer: 'optimizer.kind',
  lr: 'optimizer.learningRate',
  momentum: 'optimizer.momentum',
}

const setting = (key: string, split: Split, option: Omit<ValueOption, 'key'>): ListOption => ({
  ...option,
  key,
  split,
  sets: PATHS[key] ?? key,
})

/** Numbers go by commas; of the rest, specs have commas of their own. */
const runSetting = (option: ValueOption): ListOption =>
  setting(option.key, typeof option.byDefault === 'number' ? splitNumbers : splitSpecs, option)

const ruleOption = {
  about: 'variance-corrected, mean, or none for no mixing at all',
  parse: oneOf([...averagingRuleNames, 'none']),
}
const topologyAbout = (about: string): string => about.replace(' (default', ', edges:FILE (default')

const stageNames = entropyStages.stages.map(({ name }) => `+${name}`).join(' or ')

/** In the order of the product: the last one varies fastest. */
const listOptions: readonly ListOption[] = [
  setting('peers', splitNumbers, {
    flags: '--peers <N>',
    about: 'number of peers, all of them in this process',
    parse: integer(1, 100_000),
    byDefault: 8,
  }),
  setting('trainer', splitSpecs, {
    flags: '--trainer <NAME>',
    about: 'real: the models that peers train; toy: least squares, for thousands of peers',
    parse: oneOf(trainerNames),
    byDefault: 'real',
  }),
  setting('data', splitSources, {
    flags: '--data <SOURCE>',
    about: 'digits (generated), or idx:DIR with MNIST-style files',
    byDefault: 'digits',
  }),
  setting('partition', splitSpecs, {
    flags: '--partition <SPEC>',
    about: 'iid, dirichlet:ALPHA or shards:K',
    byDefault: 'dirichlet:0.5',
  }),
  setting('baseline', splitSpecs, {
    flags: '--baseline <NAME>',
    about: 'none (gossip), fedavg, allreduce, local or centralised: what to run in its place, or beside it',
    parse: oneOf(baselineNames),
    byDefault: 'none',
  }),
  ...runOptions
    .filter(({ key }) => key !== 'seed')
    .map((option) => {
      if (option.key === 'rule') return runSetting({ ...option, ...ruleOption })
      if (option.key === 'topology') return runSetting({ ...option, about: topologyAbout(option.about) })
      return runSetting(option)
    }),
  setting('codec', splitSpecs, {
    flags: '--codec <NAME>',
    about: `how snapshots are encoded: ${codecUsages.join(', ')}; with ${stageNames} behind it: compressed as well`,
    byDefault: PLAIN_CODEC,
  }),
  setting('catchUp', splitNumbers, {
    flags: '--catch-up <F>',
    about: 'mode async: how far stale snapshots are brought up to date before they are mixed, 0 to 1',
    parse: fraction,
    byDefault: 0.75,
  }),
  setting('evaluateEvery', splitNumbers, {
    flags: '--evaluate-every <N>',
    about:
      'local rounds between two measurements; rounds to target are looked for in these only, so they are up to N−1 too many',
    parse: integer(1, 1_000_000),
    byDefault: 1,
  }),
  setting('target', splitNumbers, {
    flags: '--target <ACCURACY>',
    about: 'the mean local accuracy that rounds to target asks for, above 0 to 1',
    parse: fractionAboveZero,
    byDefault: 0.9,
  }),
]

const seedOption = runOptions.find(({ key }) => key === 'seed')!

export interface SimulateOptions {
  readonly json: boolean
  readonly scenario?: string
  readonly threads?: number
  readonly out?: string
  readonly fresh: boolean
  readonly report?: string
}

/** Adds all options. None has a default of commander's: what is not given comes from the scenario file. */
export const addSimulateOptions = (command: Command): Command => {
  for (const { flags, about, split, parse, byDefault } of listOptions) {
    const text = byDefault === undefined ? about : `${about} (default: ${byDefault})`
    command.addOption(new Option(flags, text).argParser(listOf(split, parse)))
  }
  const seeds = listOf(splitSeeds, parseSeed)
  command
    .addOption(
      new Option('--seeds <LIST>', `1..5 or 1,3,7..9, ${seedOption.about} (default: ${seedOption.byDefault})`)
        .argParser(seeds)
        .conflicts('seed'),
    )
    .addOption(new Option('--seed <LIST>', 'the same').argParser(seeds))
    .option(
      '--scenario <FILE>',
      'YAML with settings, links, devices, churn; options given here come before it',
    )
    .option('--threads <N>', 'cores to use (default: all)', integer(1, 1024))
    .option('--out <DIR>', 'keep the records there, and go on with what is missing when started again', path)
    .option('--fresh', 'with --out: forget what is there and start over', false)
    .option('--report <DIR>', 'write an HTML report there', path)
  return addJsonOption(command)
}

type Parsed = ReturnType<ReturnType<typeof listOf>>

/** The axes that the options span: those that were given, in the order of the table, seeds last. */
export const axesOf = (options: Readonly<Record<string, unknown>>): readonly Axis[] => {
  const axis = (key: string, sets: string, flags: string): readonly Axis[] => {
    const given = options[key] as Parsed | undefined
    if (given === undefined) return []
    const values = given.map(({ text, value }) => ({ text, set: { [sets]: value } }))
    return [{ option: flags.split(' ')[0]!, values }]
  }
  return [
    ...listOptions.flatMap(({ key, sets, flags }) => axis(key, sets, flags)),
    ...axis(options.seeds === undefined ? 'seed' : 'seeds', 'seed', '--seed'),
  ]
}
