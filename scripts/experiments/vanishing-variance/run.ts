/**
 * The vanishing variance problem (arXiv 2404.04616): averaging unrelated models divides the variance of each layer, and
 * training stalls. Rules × depth × initialisation × topology × Dirichlet alpha, against federated averaging.
 *   npx tsx scripts/experiments/vanishing-variance/run.ts [--part headline|grid] [--data SOURCE] [--out DIR]
 * `headline`: 32 peers, two depths, three seeds. `grid`: everything else, 16 peers and one seed.
 */
import { parseArgs } from 'node:util'
import { cellsOf, type Axis } from '../../../test/harness/index.js'
import { dataSource, grouped, mean, percent, row, runGrid, type Measured } from '../run-grid.js'

const { values } = parseArgs({
  options: {
    part: { type: 'string', default: 'headline' },
    data: { type: 'string' },
    out: { type: 'string', default: 'murmur-experiments/vanishing-variance' },
  },
})

const axis = (option: string, ...choices: readonly (string | number)[]): Axis => ({
  option,
  values: choices.map((value) => ({ text: String(value), set: { [option]: value } })),
})

/** As measured in the literature's setting: SGD 0.1 without momentum, batch 32, 10 steps a round, lock step. */
const common = {
  data: dataSource(values.data),
  partition: 'dirichlet:0.5',
  mode: 'rounds',
  localSteps: 10,
  batch: 32,
  optimizer: { kind: 'sgd', learningRate: 0.1, momentum: 0 },
  evaluateEvery: 2,
}

const rules = [axis('rule', 'mean', 'variance-corrected'), axis('baseline', 'none', 'fedavg')]

const headline = (model: string, rounds: number) =>
  cellsOf({
    base: { ...common, peers: 32, topology: 'regular:4', init: 'different', model, rounds },
    axes: [...rules, axis('seed', 1, 2, 3)],
  })

const grid = () =>
  cellsOf({
    base: { ...common, peers: 16, rounds: 40, evaluateEvery: 4, seed: 1 },
    axes: [
      axis('model', 'mlp:128', 'mlp:128,128,128'),
      axis('init', 'different', 'same'),
      axis('topology', 'ring', 'regular:4', 'full'),
      axis('partition', 'dirichlet:0.1', 'dirichlet:0.5', 'iid'),
      ...rules,
    ],
  })

const nameOf = ({ settings }: Measured['cell']): string =>
  settings.baseline === 'none' ? settings.rule : settings.baseline

const roundsText = (cells: readonly Measured[]): string => {
  const reached = cells.map(({ result }) => result.roundsToTarget)
  const missed = reached.filter((rounds) => rounds === null).length
  const mark = missed > 0 ? ` (not in ${cells[0]!.result.rounds}: ${missed} of ${reached.length})` : ''
  const known = reached.filter((rounds) => rounds !== null)
  return known.length === 0 ? `not in ${cells[0]!.result.rounds}` : `${mean(known).toFixed(0)}${mark}`
}

/** Variance of the first layer in units of its initial one, when it was least. */
const leastVariance = (cells: readonly Measured[]): string =>
  mean(
    cells.map(({ rounds }) =>
      Math.min(...rounds.map(({ varianceRatio }) => Math.min(...Object.values(varianceRatio)))),
    ),
  ).toFixed(2)

const table = (groups: ReadonlyMap<string, readonly Measured[]>): void => {
  console.log(row('setting', 'rounds to 90 %', 'local', 'local min', 'merged', 'least variance ratio'))
  console.log(row('---', '---', '---', '---', '---', '---'))
  for (const [label, cells] of groups) {
    const of = (key: 'localAccuracyMean' | 'localAccuracyMin' | 'mergedAccuracy'): string =>
      percent(mean(cells.map(({ result }) => result[key])))
    console.log(
      row(
        label,
        roundsText(cells),
        of('localAccuracyMean'),
        of('localAccuracyMin'),
        of('mergedAccuracy'),
        leastVariance(cells),
      ),
    )
  }
}

if (values.part === 'grid') {
  const measured = await runGrid(grid(), `${values.out}/grid`)
  table(
    grouped(measured, ({ settings }) => {
      const { model, init, topology, partition, baseline } = settings
      return [
        nameOf({ settings } as Measured['cell']),
        model,
        init,
        baseline === 'none' ? topology : '–',
        partition,
      ].join(' · ')
    }),
  )
} else {
  for (const [model, rounds] of [
    ['mlp:128', 60],
    ['mlp:128,128,128', 80],
  ] as const) {
    const measured = await runGrid(headline(model, rounds), `${values.out}/${model.replaceAll(':', '-')}`)
    console.log(`\n${model}, ${rounds} rounds, mean of 3 seeds`)
    table(grouped(measured, nameOf))
  }
}
