/**
 * One final merge is nearly enough (arXiv 2507.06542): local models that hardly communicate look poor, and their average
 * is as good as a server's. Pull probability × schedule (early, even, late) at equal budget.
 *   npx tsx scripts/experiments/single-merge/run.ts [--data SOURCE] [--out DIR] [--seeds N]
 */
import { parseArgs } from 'node:util'
import { cellsOf, type Cell } from '../../../test/harness/index.js'
import { dataSource, grouped, mean, percent, row, runGrid, type Measured } from '../run-grid.js'

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    out: { type: 'string', default: 'murmur-experiments/single-merge' },
    seeds: { type: 'string', default: '1' },
  },
})

const ROUNDS = 80
const PROBABILITIES = [0.05, 0.1, 0.2]

/** A budget of p·T pulls of one random member each: all at the beginning, spread evenly, or all at the end. */
const schedulesOf = (p: number) => ({
  early: `window:0:${p}`,
  even: `probability:${p}`,
  late: `window:${1 - p}:1`,
})

const base = {
  data: dataSource(values.data),
  partition: 'dirichlet:0.5',
  model: 'mlp:128',
  init: 'different',
  mode: 'rounds',
  peers: 32,
  rounds: ROUNDS,
  localSteps: 10,
  batch: 32,
  optimizer: { kind: 'sgd', learningRate: 0.1, momentum: 0 },
  evaluateEvery: 8,
}

interface Named {
  readonly name: string
  readonly cell: Cell
}

const named = (name: string, set: Readonly<Record<string, unknown>>): Named[] =>
  Array.from({ length: Number(values.seeds) }, (_, seed) => {
    const [cell] = cellsOf({ base: { ...base, ...set, seed: seed + 1 } })
    return { name, cell: cell! }
  })

const all: readonly Named[] = [
  ...PROBABILITIES.flatMap((p) =>
    Object.entries(schedulesOf(p)).flatMap(([when, schedule]) =>
      named(`${p} · ${when}`, { topology: 'random:1', schedule }),
    ),
  ),
  ...named('regular:4, every round', { topology: 'regular:4' }),
  ...named('fedavg', { baseline: 'fedavg' }),
  ...named('no communication', { baseline: 'local' }),
]

const names = new Map(all.map(({ name, cell }) => [cell.id, name]))
const measured = await runGrid(
  all.map(({ cell }) => cell),
  values.out,
)
const groups = grouped(measured, ({ id }) => names.get(id)!)

console.log(row('pull probability · when', 'local', 'merged', 'gain', 'sent per peer, MB'))
console.log(row('---', '---', '---', '---', '---'))
for (const [name, cells] of groups) {
  const local = mean(cells.map(({ result }) => result.localAccuracyMean))
  const merged = mean(cells.map(({ result }) => result.mergedAccuracy))
  const bytes = mean(cells.map(({ result }) => result.bytesSentPerPeer))
  console.log(
    row(name, percent(local), percent(merged), (100 * (merged - local)).toFixed(1), (bytes / 1e6).toFixed(1)),
  )
}

/** What a merge after that round would give, less what the local models have: mergeability over time. */
const shownRounds = [8, 24, 40, 56, 72, 80]
console.log(`\nmerged − local, points, after round\n`)
console.log(row('pull probability · when', ...shownRounds))
console.log(row('---', ...shownRounds.map(() => '---')))
for (const [name, cells] of groups) {
  const gainAt = (round: number): string => {
    const gains = cells.flatMap(({ rounds }: Measured) =>
      rounds
        .filter((record) => record.round === round)
        .map(({ mergedAccuracy, localAccuracyMean }) => mergedAccuracy - localAccuracyMean),
    )
    return (100 * mean(gains)).toFixed(1)
  }
  console.log(row(name, ...shownRounds.map(gainAt)))
}
