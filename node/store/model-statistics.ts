import { createLayout, type Layout } from '../../protocols/model/index.js'
import { StoreError } from './errors.js'
import { malformed } from './safetensors-header.js'

/** A model's tensors, with the statistics of its normalised channels apart from its layout. */
export interface ModelTensors {
  readonly layout: Layout
  readonly weights: Float32Array
  /** Mean and variance of each channel, interleaved. */
  readonly statistics?: Float32Array | undefined
}

/** A tensor behind those of the layout, which name theirs after layers: `LAYER/TENSOR`. */
const STATISTICS = 'statistics'

/**
 * The same as one vector, whose layout ends with a tensor for the statistics when there are any.
 * @throws StoreError MALFORMED for a model with a tensor of that name, and statistics that no reader would accept;
 *   ModelError LAYOUT_INVALID when there is no room for one more tensor.
 */
export const withStatistics = ({ layout, weights, statistics }: ModelTensors): ModelTensors => {
  if (layout.entries.some(({ name }) => name === STATISTICS)) {
    throw malformed(`no tensor of a model may be called ${STATISTICS}`)
  }
  if (!statistics || statistics.length === 0) return { layout, weights }
  assertVariances(statistics)
  const all = new Float32Array(weights.length + statistics.length)
  all.set(weights)
  all.set(statistics, weights.length)
  const tensor = { name: STATISTICS, shape: [statistics.length], kind: 'bias' } as const
  return { layout: createLayout([...layout.entries, tensor]), weights: all }
}

/**
 * The reverse. The vectors are views of the one that is given.
 * @throws StoreError MALFORMED for statistics that are none.
 */
export const separateStatistics = ({ layout, weights }: ModelTensors): ModelTensors => {
  const tensor = layout.entries.at(-1)
  if (tensor?.name !== STATISTICS) return { layout, weights }
  const statistics = weights.subarray(tensor.offset)
  const entries = layout.entries.slice(0, -1)
  if (entries.length === 0) throw malformed('it has statistics and no weights')
  assertVariances(statistics)
  return { layout: createLayout(entries), weights: weights.subarray(0, tensor.offset), statistics }
}

/** @throws StoreError NO_STATISTICS, or MALFORMED when they are of another length. */
export const assertStatistics = (
  path: string,
  statistics: Float32Array | undefined,
  length: number,
): void => {
  const actual = statistics?.length ?? 0
  if (actual === length) return
  if (actual === 0) {
    throw new StoreError(
      'NO_STATISTICS',
      `${path} has no statistics for the batch normalisation of its model. Nothing was loaded; its weights are whole, ` +
        `but have the peer that trained them save them with statistics.`,
      { path, expected: length },
    )
  }
  throw new StoreError(
    'MALFORMED',
    `${path} has ${actual} numbers of statistics, its model needs ${length}. Nothing was loaded; use another file.`,
    { path, expected: length, actual },
  )
}

const assertVariances = (statistics: Float32Array): void => {
  if (statistics.length % 2 !== 0) {
    throw malformed(
      `its statistics are ${statistics.length} numbers, not a mean and a variance for each channel`,
    )
  }
  const wrong = statistics.findIndex((value, i) => i % 2 === 1 && value < 0)
  if (wrong >= 0)
    throw malformed(`the variance of channel ${(wrong - 1) / 2} is ${statistics[wrong]}, not ≥ 0`)
}
