/**
 * What each codec costs in accuracy and saves in bytes, in training: every snapshot that is pulled is really encoded and
 * decoded. Then all savings together: few pulls, encoded, and one merge, against float32 at every optimizer step.
 *   npx tsx scripts/experiments/codecs/run.ts [--data SOURCE] [--out DIR] [--seeds N] [--rounds N] [--rows NAME,NAME]
 */
import { parseArgs } from 'node:util'
import { cellsOf, type Cell } from '../../../test/harness/index.js'
import { dataSource, grouped, mean, percent, row, runGrid, type Measured } from '../run-grid.js'

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    out: { type: 'string', default: 'murmur-experiments/codecs' },
    seeds: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '60' },
    /** Beginnings of the rows' names; the others are left out. */
    rows: { type: 'string', default: '' },
  },
})

const rounds = Number(values.rounds)
const LOCAL_STEPS = 10

const base = {
  data: dataSource(values.data),
  partition: 'dirichlet:0.5',
  model: 'mlp:128',
  init: 'same',
  mode: 'rounds',
  topology: 'regular:4',
  peers: 32,
  rounds,
  localSteps: LOCAL_STEPS,
  batch: 32,
  evaluateEvery: rounds,
}

/** Weights of mlp:128 on 28 × 28 pixels in ten classes. */
const MODEL_BYTES = 4 * (784 * 128 + 128 + 128 * 10 + 10)
/** The final merge sends about two models from each peer, as float32: it must be exact. */
const MERGE_BYTES = 2 * MODEL_BYTES

interface Row {
  readonly name: string
  readonly set: Readonly<Record<string, unknown>>
}

const codecs = ['float32', 'float16', 'int8+brotli', 'top-k:0.2+brotli', 'top-k:0.1+brotli']
const everyRound: readonly Row[] = codecs.map((codec) => ({ name: codec, set: { codec } }))

const everyStep: Row = {
  name: 'every step, float32',
  set: { localSteps: 1, rounds: rounds * LOCAL_STEPS, evaluateEvery: rounds * LOCAL_STEPS },
}
/** One random member of all, now and then: of the paper that found a single merge to be enough (arXiv 2507.06542). */
const rarely = { codec: 'int8+brotli', topology: 'random:1', schedule: 'probability:0.2' }
const longer = (factor: number, localSteps = LOCAL_STEPS): object => ({
  ...{ rounds: factor * rounds, evaluateEvery: factor * rounds },
  localSteps,
})
const few: readonly Row[] = [
  { name: 'random:1, probability:0.2, int8+brotli', set: rarely },
  { name: 'the same, 4 times the rounds', set: { ...rarely, ...longer(4) } },
  // As many pulls as a hundredth of the bytes has room for, beside the merge.
  ...[2, 5, 8].map((steps) => ({
    name: `the same, 7 times the rounds, of ${steps} steps`,
    set: { ...rarely, ...longer(7, steps) },
  })),
  {
    name: 'random:1, probability:0.8, int8+brotli',
    set: { ...rarely, schedule: 'probability:0.8' },
  },
  {
    name: 'regular:4, late:0.8:0.1, int8+brotli',
    set: { codec: 'int8+brotli', schedule: 'late:0.8:0.1' },
  },
  { name: 'regular:4, every round, top-k:0.1+brotli', set: { codec: 'top-k:0.1+brotli' } },
  {
    name: 'the same with top-k:0.02, 200 rounds of 4 steps',
    set: { codec: 'top-k:0.02+brotli', rounds: 200, evaluateEvery: 200, localSteps: 4 },
  },
]

const named = ({ name, set }: Row): { readonly name: string; readonly cell: Cell }[] =>
  Array.from({ length: Number(values.seeds) }, (_, seed) => {
    const [cell] = cellsOf({ base: { ...base, ...set, seed: seed + 1 } })
    return { name, cell: cell! }
  })

const isWanted = ({ name }: Row): boolean => values.rows.split(',').some((start) => name.startsWith(start))
const [alone, together] = [everyRound.filter(isWanted), [everyStep, ...few].filter(isWanted)]
const all = [...alone, ...together].flatMap(named)
const names = new Map(all.map(({ name, cell }) => [cell.id, name]))
const groups = grouped(
  await runGrid(
    all.map(({ cell }) => cell),
    values.out,
  ),
  ({ id }) => names.get(id)!,
)

const figuresOf = ({ name }: Row) => {
  const of = (figure: (result: Measured['result']) => number): number =>
    mean((groups.get(name) ?? []).map(({ result }) => figure(result)))
  return {
    local: of(({ localAccuracyMean }) => localAccuracyMean),
    merged: of(({ mergedAccuracy }) => mergedAccuracy),
    bytes: of(({ bytesSentPerPeer }) => bytesSentPerPeer),
    seconds: of(({ seconds }) => seconds),
  }
}

/** The first row is what the others are compared with. */
const table = (rows: readonly Row[], { merge }: { readonly merge: boolean }): void => {
  const bytesOf = (one: Row): number => figuresOf(one).bytes + (merge ? MERGE_BYTES : 0)
  console.log(row('codec', 'local', 'merged', 'sent per peer, MB', 'fewer', 'seconds'))
  console.log(row('---', '---', '---', '---', '---', '---'))
  for (const one of rows) {
    const { local, merged, seconds } = figuresOf(one)
    const fewer = `${(bytesOf(rows[0]!) / bytesOf(one)).toFixed(1)} ×`
    console.log(
      row(
        one.name,
        percent(local),
        percent(merged),
        (bytesOf(one) / 1e6).toFixed(2),
        fewer,
        seconds.toFixed(0),
      ),
    )
  }
}

table(alone, { merge: false })
console.log('\nWith the bytes of a final merge:\n')
table(together, { merge: true })
