import { ConfigError } from '../../../protocols/errors.js'
import { parseDataSource, parsePartition } from '../../../node/data/index.js'
import { parseModel } from '../../../node/trainer/index.js'
import { checkIdle, withoutIdle } from '../cell/relevance.js'
import { cellIdOf, parseSettings, type CellSettings } from '../cell/settings.js'

/** Cells of one sweep: more take longer to check than anyone waits. */
export const CELLS_MAX = 10_000
/** Measurements of one cell: its records are held until it has ended, about 500 bytes each. */
export const MEASUREMENTS_MAX = 100_000

/** Keys and values as `parseSettings` takes them. */
export type SettingsInput = Readonly<Record<string, unknown>>

/** One of the values of an option. */
export interface AxisValue {
  /** As a person writes it. */
  readonly text: string
  /** What it sets, by key; `links.loss` reaches into a nested setting. */
  readonly set: SettingsInput
}

/** An option and the values it takes in turn. */
export interface Axis {
  readonly option: string
  readonly values: readonly AxisValue[]
}

export interface Cell {
  readonly id: string
  readonly settings: CellSettings
  /** The option texts that make this cell, of the options that take more than one value. */
  readonly chosen: readonly (readonly [option: string, text: string])[]
}

export interface GridOptions {
  /** Where every cell starts from, such as a scenario file's values. */
  readonly base?: SettingsInput
  /** The last one varies fastest. */
  readonly axes?: readonly Axis[]
}

/**
 * Every combination of the axes' values, in a stable order, each cell once: settings that make no difference to a
 * cell do not tell it from another.
 * @throws ConfigError BAD_VALUE for too many cells or measurements, what `parseSettings` and `checkIdle` throw, and
 *   TopologyError, DatasetError and TrainerError for specs that do not parse. Nothing was started.
 */
export const cellsOf = ({ base = {}, axes = [] }: GridOptions): readonly Cell[] => {
  const combinations = axes.reduce((product, { values }) => product * values.length, 1)
  if (combinations > CELLS_MAX) throw tooMany(combinations, axes)
  const cells = new Map<string, Cell>()
  for (const values of product(axes.map(({ values }) => values))) {
    const input = values.reduce<SettingsInput>((sum, { set }) => merged(sum, set), base)
    const all = parseSettings(withOptimizer(input))
    checkSpecs(all)
    checkIdle(all)
    const settings = withoutIdle(all)
    checkMeasurements(settings)
    const id = cellIdOf(settings)
    const chosen = axes.flatMap(({ option, values: all }, index) =>
      all.length > 1 ? [[option, values[index]!.text] as const] : [],
    )
    if (!cells.has(id)) cells.set(id, { id, settings, chosen })
  }
  return [...cells.values()]
}

function* product<T>(lists: readonly (readonly T[])[]): Generator<readonly T[]> {
  const [first, ...rest] = lists
  if (first === undefined) {
    yield []
    return
  }
  for (const value of first) for (const others of product(rest)) yield [value, ...others]
}

const isObject = (value: unknown): value is SettingsInput =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Sets values by their paths, in a copy. A nested setting that is no object yet begins empty. */
const merged = (input: SettingsInput, set: SettingsInput): SettingsInput =>
  Object.entries(set).reduce<SettingsInput>((sum, [path, value]) => {
    const [key = '', ...rest] = path.split('.')
    if (rest.length === 0) return { ...sum, [key]: value }
    const inner = isObject(sum[key]) ? sum[key] : {}
    return { ...sum, [key]: merged(inner, { [rest.join('.')]: value }) }
  }, input)

/** What an optimizer has beyond its learning rate. */
const OPTIMIZER_KEYS: Readonly<Record<string, readonly string[]>> = {
  sgd: ['momentum'],
  adamw: ['beta1', 'beta2', 'epsilon', 'weightDecay'],
}

/** An optimizer of which only parts were given: the rest as by default, and nothing that belongs to another kind. */
const withOptimizer = (input: SettingsInput): SettingsInput => {
  if (!isObject(input.optimizer)) return input
  const optimizer: Record<string, unknown> = { kind: 'sgd', learningRate: 0.1, ...input.optimizer }
  for (const [kind, keys] of Object.entries(OPTIMIZER_KEYS)) {
    if (Object.hasOwn(OPTIMIZER_KEYS, String(optimizer.kind)) && kind !== optimizer.kind) {
      for (const key of keys) delete optimizer[key]
    }
  }
  return { ...input, optimizer }
}

const checkMeasurements = ({ rounds, evaluateEvery }: CellSettings): void => {
  const measurements = Math.ceil(rounds / evaluateEvery)
  if (measurements <= MEASUREMENTS_MAX) return
  throw new ConfigError(
    'BAD_VALUE',
    `evaluateEvery: ${rounds} rounds measured every ${evaluateEvery} make ${measurements} measurements of one cell, ` +
      `at most ${MEASUREMENTS_MAX} are kept. Nothing was started; measure less often.`,
    { rounds, evaluateEvery, measurements },
  )
}

/** Also those that make no difference to the cell: whoever writes one wants to know that it is wrong. */
const checkSpecs = ({ data, partition, model }: CellSettings): void => {
  parseDataSource(data)
  parsePartition(partition)
  parseModel(model)
}

const tooMany = (combinations: number, axes: readonly Axis[]): ConfigError => {
  const counts = axes
    .filter(({ values }) => values.length > 1)
    .map(({ option, values }) => `${option} ${values.length}`)
  return new ConfigError(
    'BAD_VALUE',
    `the options make ${combinations} combinations (${counts.join(' × ')}), at most ${CELLS_MAX} are taken at once. ` +
      `Nothing was started; give fewer values, or several sweeps with the same --out.`,
    { combinations },
  )
}
