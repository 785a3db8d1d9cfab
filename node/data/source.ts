import type { Examples } from '../../protocols/training/contract.js'
import { createRandom } from '../../protocols/random.js'
import type { Dataset, DataSource, DataSourceKind } from './dataset.js'
import { DatasetError } from './errors.js'
import { everyIndex } from './examples.js'
import { formatLabelCounts, labelCounts } from './label-counts.js'
import { knownAndNearest, splitSpec } from './nearest.js'
import { parsePartition } from './partition.js'
import { digitsSource } from './sources/digits.js'
import { idxSource } from './sources/idx.js'

/** Every kind of data source by name. A new one is one file in sources/ and one line here. */
export const dataSourceKinds: ReadonlyMap<string, DataSourceKind> = new Map([
  ['digits', digitsSource],
  ['idx', idxSource],
])

/** The source that `digits` or `idx:DIR` names. Does not open it. Throws DatasetError UNKNOWN_SOURCE. */
export const parseDataSource = (spec: string): DataSource => {
  const { name, argument } = splitSpec(spec)
  const kind = dataSourceKinds.get(name)
  if (kind !== undefined) return { spec, open: kind.parse(argument) }
  throw new DatasetError(
    'UNKNOWN_SOURCE',
    `There is no data source '${spec}'. ${knownAndNearest(name, dataSourceKinds)}`,
    { spec, known: [...dataSourceKinds.keys()] },
  )
}

/** One peer's share of the training examples. */
export interface Part {
  /** Which part, 0 to of - 1. */
  readonly index: number
  /** How many parts there are. Every peer of a run uses the same number. */
  readonly of: number
  /** How to cut: `iid`, `dirichlet:0.5`, `shards:2`. */
  readonly partition: string
}

/** The shares of some peers that live together. */
export interface Shares extends Omit<Part, 'index'> {
  /** Which parts. */
  readonly indexes: readonly number[]
}

export interface LoadOptions {
  /** Peers that give the same seed get disjoint parts of the same data. */
  readonly seed: number
  /** Without it, everything. */
  readonly part?: Part | undefined
}

export interface LoadedDataset {
  /** The part's training examples; the caller owns them. Pixels and labels are backed by SharedArrayBuffers. */
  readonly train: Examples
  /** The held-out examples, the same for every part; owned and backed likewise. */
  readonly test: Examples
  /** Training examples per class. */
  readonly labelCounts: number[]
  /** One line for people. */
  readonly describe: string
}

export interface LoadedShares {
  /** The training examples of all these parts, one part after the other; owned and backed as those of one. */
  readonly train: Examples
  readonly test: Examples
  readonly shares: readonly {
    /** Its examples as indices into `train`. */
    readonly examples: Uint32Array
    /** Training examples per class. */
    readonly labelCounts: number[]
  }[]
}

/** Opens the source once and takes some parts of it. Throws DatasetError. */
export const loadShares = async (
  source: DataSource,
  { seed, indexes, ...cut }: Shares & Pick<LoadOptions, 'seed'>,
): Promise<LoadedShares> => {
  const cuts = indexes.map((index) => cutter({ index, ...cut }, seed))
  const dataset = await source.open({ seed })
  const parts = cuts.map((part) => part(dataset))
  let taken = 0
  return {
    train: dataset.train(parts.flat()),
    test: dataset.test(),
    shares: parts.map((part) => ({
      examples: Uint32Array.from(part, () => taken++),
      labelCounts: labelCounts(dataset.trainLabels, part, dataset.classes),
    })),
  }
}

/** Opens the source and takes one part of it. Throws DatasetError. */
export const loadDataset = async (
  source: DataSource,
  { seed, part }: LoadOptions,
): Promise<LoadedDataset> => {
  const cut = part === undefined ? everything : cutter(part, seed)
  const dataset = await source.open({ seed })
  const indices = cut(dataset)
  const train = dataset.train(indices)
  const test = dataset.test()
  const counts = labelCounts(dataset.trainLabels, indices, dataset.classes)
  const share = part === undefined ? '' : `part ${part.index + 1} of ${part.of} (${part.partition}) of `
  return {
    train,
    test,
    labelCounts: counts,
    describe:
      `${share}${dataset.describe}: ${train.count} to train, ${test.count} to test, ` +
      `labels ${formatLabelCounts(counts)}`,
  }
}

type Cut = (dataset: Dataset) => number[]

const everything: Cut = ({ trainLabels }) => everyIndex(trainLabels.length)

/** Checks the part before anything is read. */
const cutter = ({ index, of, partition }: Part, seed: number): Cut => {
  const partitioner = parsePartition(partition)
  if (!Number.isInteger(of) || !Number.isInteger(index) || index < 0 || index >= of)
    throw new DatasetError(
      'BAD_PARTITION',
      `There is no part ${index} of ${of}: parts count from 0 to one below their number. Nothing was read.`,
      { index, of },
    )
  return ({ trainLabels, classes }) =>
    partitioner(trainLabels, { parts: of, classes, random: createRandom(seed, 'partition') })[index]!
}
