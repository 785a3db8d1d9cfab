import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { z } from 'zod'
import { averagingRule, averagingRuleNames } from '../averaging/index.js'
import { weightings } from '../final-merge/index.js'
import { PUSH_SUM_TOLERANCE, TOLERANCE_MIN } from '../final-merge/push-sum/index.js'
import { checkCodecName, PLAIN_CODEC } from '../codecs/index.js'
import { configErrorOf, badValue } from '../config-error.js'
import { ConfigError, reasonOf } from '../errors.js'
import { hintFor } from '../suggestion.js'
import { createSchedule, mixingNames } from '../gossip-learning/index.js'
import { limits } from '../limits.js'
import { createTopology } from '../topology/index.js'

const positiveInteger = z.int().positive()

const optimizer = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('sgd'),
    learningRate: z.number().positive(),
    // Measured: 8 peers on MNIST merged about 1.5 points higher after 60 rounds than with 0.
    momentum: z.number().min(0).lt(1).default(0.5),
  }),
  z.strictObject({
    kind: z.literal('adamw'),
    learningRate: z.number().positive(),
    // Loshchilov and Hutter 2019, "Decoupled Weight Decay Regularization".
    beta1: z.number().min(0).lt(1).default(0.9),
    beta2: z.number().min(0).lt(1).default(0.999),
    epsilon: z.number().positive().default(1e-8),
    weightDecay: z.number().min(0).default(0.01),
  }),
])

const finalMerge = z.strictObject({
  /**
   * `all-to-all` is the plain one to compare with: every peer pulls every model. `push-sum` is for networks where not
   * all pairs of members can connect: only neighbours exchange weights, and the results are equal to a tolerance.
   */
  method: z.enum(['reduce-scatter', 'all-to-all', 'push-sum']).default('reduce-scatter'),
  /** Push-sum ends when the models differ by less, relative to their norm. Default there: see `PUSH_SUM_TOLERANCE`. */
  tolerance: z.number().min(TOLERANCE_MIN).lt(1).optional(),
  /** Averaging rule. */
  rule: z.string().max(limits.nameCharactersMax).default('mean'),
  /** How much each model counts. */
  weights: z.enum(weightings).default('uniform'),
  /**
   * When it is called for: after so many local rounds or examples of each member, or seconds after a peer began; then
   * again after as many more, `periods` times. Default: after `rounds` rounds. A peer trains for `rounds` · `periods` rounds at
   * most, whatever is said here, and is due for a merge when it has done these: so `{ rounds: N }` below `rounds` ends the
   * run earlier, after N · `periods`, and above it is reached for none but the first merges.
   */
  after: z
    .union(
      [
        z.strictObject({ rounds: positiveInteger.max(1_000_000) }),
        z.strictObject({ samples: positiveInteger }),
        z.strictObject({ time: z.number().positive().max(1e9) }),
      ],
      'It must be { rounds: N }, { samples: N } or { time: SECONDS }.',
    )
    .optional(),
  /** Who may call for it: any member, or those with the peer ids listed. */
  callers: z
    .union(
      [
        z.literal('any'),
        z
          .array(z.string().min(1).max(128))
          .min(1, 'must name one peer id at least; leave it out, and any member may call')
          .max(limits.mergeMembersMax),
      ],
      `must be any, or a list of up to ${limits.mergeMembersMax} peer ids`,
    )
    .default('any'),
  /** Optimizer steps on local data after the last merge; the tuned model is saved beside the merged one. */
  fineTune: z.int().min(0).max(1_000_000).default(0),
})

const schema = z.strictObject({
  /** What people call the run. */
  name: z.string().min(1).max(limits.nameCharactersMax).default('murmuration'),
  /** A model of the catalogue: softmax, mlp:128,64, cnn, cnn-bn. */
  model: z.string().max(limits.nameCharactersMax).default('mlp:128'),
  /** [height, width, channels] of one example. */
  inputShape: z.tuple([positiveInteger, positiveInteger, positiveInteger]).default([28, 28, 1]),
  classes: z.int().min(2).max(256).default(10),
  /** `different`: every peer starts from its own random weights. `same`: all from the run's seed. */
  init: z.enum(['different', 'same']).default('different'),
  topology: z.string().max(limits.nameCharactersMax).default('regular:4'),
  rule: z.string().max(limits.nameCharactersMax).default('variance-corrected'),
  mixing: z.enum(mixingNames).default('metropolis-hastings'),
  /** Mode async: how far stale snapshots are brought up to date before they are mixed; 0 mixes them as they are. */
  catchUp: z.number().min(0).max(1).default(0.75),
  schedule: z.string().max(limits.nameCharactersMax).default('every:1'),
  /** How models travel while the run trains: float32, float16, int8, top-k:FRACTION, with +zlib and the like; or auto. */
  codec: z.string().max(limits.codecNameMax).default(PLAIN_CODEC),
  mode: z.enum(['async', 'rounds']).default('async'),
  /** Local rounds of one period; where `finalMerge.after` says when to merge, `rounds` · `periods` are the most there can be. */
  rounds: positiveInteger.max(1_000_000).default(40),
  /** Merges: after each but the last, training goes on from the merged model for as many rounds more. */
  periods: positiveInteger.max(1000).default(1),
  finalMerge: finalMerge.prefault({}),
  /** Optimizer steps of one local round. */
  localSteps: positiveInteger.max(100_000).default(10),
  /** Examples per optimizer step. */
  batch: positiveInteger.max(65_536).default(32),
  optimizer: optimizer.default({ kind: 'sgd', learningRate: 0.1, momentum: 0.5 }),
  seed: z.int().min(0).max(0xffffffff).default(1),
  /** Training begins when this many members are present; no more than the merge can have. */
  minPeers: positiveInteger.max(limits.mergeMembersMax).default(2),
})

/** One training job. Frozen; two peers are in the same run if and only if their configurations are equal. */
export type RunConfiguration = z.infer<typeof schema>

/**
 * Parses and freezes a run configuration; what is left out takes its default.
 * @param checkCodec throws for a codec that will not do. @default any codec that some node may have
 * @throws ConfigError UNKNOWN_KEY naming the nearest known key, BAD_VALUE naming the key; TopologyError UNKNOWN_TOPOLOGY
 *   or IMPOSSIBLE. Nothing has been started.
 */
export const parseRunConfiguration = (
  input: unknown,
  { checkCodec = (name) => checkCodecName(name) }: { readonly checkCodec?: (name: string) => void } = {},
): RunConfiguration => {
  const parsed = schema.safeParse(input ?? {}, { reportInput: true })
  if (!parsed.success)
    throw configErrorOf({ schema, issue: parsed.error.issues[0]!, noun: 'the run configuration' })
  const configuration = parsed.data
  createTopology(configuration.topology, configuration.seed)
  checkSchedule(configuration)
  checkCodec(configuration.codec)
  if (!averagingRuleNames.includes(configuration.rule)) {
    const hint = hintFor(configuration.rule, averagingRuleNames)
    throw badValue('rule', `known rules: ${averagingRuleNames.join(', ')}.${hint}`)
  }
  const mergeRule = configuration.finalMerge.rule
  if (!averagingRuleNames.includes(mergeRule) || !averagingRule(mergeRule).sharded) {
    const known = averagingRuleNames.filter((name) => averagingRule(name).sharded)
    throw badValue('finalMerge.rule', `known rules: ${known.join(', ')}.${hintFor(mergeRule, known)}`)
  }
  if (configuration.finalMerge.method === 'all-to-all') checkAllToAll(configuration)
  return deepFreeze({ ...configuration, finalMerge: withTolerance(configuration.finalMerge) })
}

/** @returns with the tolerance where there is one: the other methods are exact. */
const withTolerance = (asked: RunConfiguration['finalMerge']): RunConfiguration['finalMerge'] => {
  if (asked.method === 'push-sum') {
    if (asked.rule !== 'mean') throw badValue('finalMerge.rule', 'push-sum merges with mean only.')
    return { ...asked, tolerance: asked.tolerance ?? PUSH_SUM_TOLERANCE }
  }
  if (asked.tolerance !== undefined)
    throw badValue('finalMerge.tolerance', `${asked.method} is exact; only push-sum has a tolerance.`)
  return asked
}

/** It has one form only. */
const checkAllToAll = ({ finalMerge: { rule, weights } }: RunConfiguration): void => {
  if (rule !== 'mean') throw badValue('finalMerge.rule', 'all-to-all merges with mean only.')
  if (weights !== 'uniform')
    throw badValue('finalMerge.weights', 'all-to-all merges with uniform weights only.')
}

/** Local rounds of the whole run. */
export const totalRounds = ({ rounds, periods }: Pick<RunConfiguration, 'rounds' | 'periods'>): number =>
  rounds * periods

/** JSON with sorted keys and no spaces: one configuration, one text. */
export const canonicalJson = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(',')}}`
}

/** The configuration's bytes as they travel. The plain codec is left out, so that peers that know of none are in the same run. */
export const encodeRunConfiguration = ({ codec, ...rest }: RunConfiguration): Uint8Array =>
  utf8ToBytes(canonicalJson(codec === PLAIN_CODEC ? rest : { codec, ...rest }))

/** The run's id: SHA-256 of the canonical configuration, 64 hex digits. */
export const runIdOf = (configuration: RunConfiguration): string =>
  bytesToHex(sha256(encodeRunConfiguration(configuration)))

/** Reads what `encodeRunConfiguration` wrote. @throws ConfigError, also for bytes that are not JSON; TopologyError */
export const decodeRunConfiguration = (bytes: Uint8Array): RunConfiguration => {
  let input: unknown
  try {
    input = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    throw new ConfigError(
      'UNREADABLE',
      `the peer's run configuration is not JSON: ${reasonOf(error)}. Nothing was started.`,
    )
  }
  return parseRunConfiguration(input)
}

const checkSchedule = (configuration: RunConfiguration): void => {
  try {
    createSchedule(configuration.schedule, configuration)
  } catch (error) {
    throw badValue('schedule', reasonOf(error))
  }
}

const deepFreeze = <T extends object>(value: T): T => {
  for (const item of Object.values(value))
    if (typeof item === 'object' && item !== null) deepFreeze(item as object)
  return Object.freeze(value)
}
