import { z } from 'zod'
import { averagingRuleNames } from '../../../protocols/averaging/index.js'
import { AUTO, createCodec } from '../../../protocols/codecs/index.js'
import { entropyStages } from '../../../node/entropy/index.js'
import { badValue } from '../../../protocols/config-error.js'
import { canonicalJson, parseRunConfiguration } from '../../../protocols/run/index.js'
import { hash32 } from '../../../protocols/random.js'
import { hintFor } from '../../../protocols/suggestion.js'
import { asConfigError } from '../world/config-error.js'
import { worldSchema } from '../world/schema.js'
import { baselineNames, trainerNames } from './names.js'

/** As `--rule` takes them: the averaging rules, or no mixing at all. */
export const ruleNames: readonly string[] = [...averagingRuleNames, 'none']

const settingsShape = {
  peers: z.int().min(1).max(100_000).default(8),
  trainer: z.enum(trainerNames).default('real'),
  /** trainer real: digits, idx:DIR. */
  data: z.string().default('digits'),
  partition: z.string().default('dirichlet:0.5'),
  rule: z.string().default('variance-corrected'),
  baseline: z.enum(baselineNames).default('none'),
  /** How snapshots are encoded on their way: float32, float16, int8, top-k:FRACTION, +zlib or +brotli behind it. */
  codec: z.string().default('float32'),
  /** Mean rounds between two measurements. */
  evaluateEvery: z.int().positive().max(1_000_000).default(1),
  /** Accuracy that `roundsToTarget` asks for. */
  target: z.number().gt(0).max(1).default(0.9),
  /** trainer toy: elements of the model. */
  dimensions: z.int().positive().max(1_000_000).default(8),
  /** Text of an edge list, when `topology` is `edges:NAME`. */
  edges: z.string().nullable().default(null),
} as const

/** Weights of all toy models together: about 2 GB, for each is held some ten times. */
const TOY_WEIGHTS_MAX = 50_000_000

/** Keys that a run configuration has too, checked by its own parser. */
const runKeys = [
  'model',
  'init',
  'topology',
  'mixing',
  'catchUp',
  'schedule',
  'mode',
  'rounds',
  'localSteps',
  'batch',
  'optimizer',
  'seed',
] as const

const schema = z.strictObject({
  ...settingsShape,
  ...worldSchema.shape,
  ...Object.fromEntries(runKeys.map((key) => [key, z.unknown().optional()])),
})

type RunPart = Pick<ReturnType<typeof parseRunConfiguration>, (typeof runKeys)[number]>
type Own = z.infer<z.ZodObject<typeof settingsShape & typeof worldSchema.shape, z.core.$strict>>

/** One cell of a sweep: everything that decides a simulation, as plain JSON. Frozen. */
export type CellSettings = Readonly<Own & RunPart>

/**
 * Parses what a scenario file and the options say; what is left out takes its default. Whether the topology, the
 * partition and the members fit each other is checked when the cell is prepared.
 * @throws ConfigError UNKNOWN_KEY naming the nearest known key, BAD_VALUE naming the key; TopologyError UNKNOWN_TOPOLOGY
 *   or IMPOSSIBLE. Nothing has been started.
 */
export const parseSettings = (input: unknown): CellSettings => {
  const parsed = schema.safeParse(input ?? {})
  if (!parsed.success) throw asConfigError(parsed.error.issues[0]!, schema)
  const own = parsed.data as Own & Readonly<Record<string, unknown>>
  if (own.trainer === 'toy' && own.peers * own.dimensions > TOY_WEIGHTS_MAX) {
    throw badValue(
      'dimensions',
      `${own.peers} peers with ${own.dimensions} weights each do not fit in memory; together at most ${TOY_WEIGHTS_MAX}.`,
    )
  }
  if (!ruleNames.includes(own.rule)) {
    throw badValue('rule', `known rules: ${ruleNames.join(', ')}.${hintFor(own.rule, ruleNames)}`)
  }
  if (own.codec === AUTO) {
    throw badValue(
      'codec',
      'auto measures real links, which a simulation has not; name one codec, or several to compare them.',
    )
  }
  createCodec(own.codec, entropyStages)
  const given = Object.fromEntries(
    runKeys.flatMap((key) => (own[key] === undefined ? [] : [[key, own[key]]])),
  )
  // Everyone has four others, or as many as there are.
  given.topology ??= own.peers < 5 ? 'full' : 'regular:4'
  const isEdgeList = typeof given.topology === 'string' && given.topology.startsWith('edges:')
  if (isEdgeList && own.edges === null) throw badValue('edges', 'an edge list needs the text of its file.')
  const run = parseRunConfiguration(isEdgeList ? { ...given, topology: 'ring' } : given)
  const chosen = Object.fromEntries(runKeys.map((key) => [key, run[key]])) as unknown as RunPart
  const topology = isEdgeList ? (given.topology as string) : chosen.topology
  return Object.freeze({ ...own, ...chosen, topology })
}

/** Short and stable: the same settings have the same id, so that a sweep knows what it has done. */
export const cellIdOf = (settings: CellSettings): string => {
  const text = canonicalJson(settings)
  return [text, `again ${text}`].map((part) => hash32(part).toString(16).padStart(8, '0')).join('')
}
