/**
 * What stale snapshots cost in mode async, and what catching up gives back: 8 peers on generated digits, the shipping
 * engine, virtual time. Prints the accuracy of the local models (mean) and of their average after 40 rounds.
 *   npx tsx scripts/staleness.ts
 */
import { parsePartition, renderDigits } from '../node/data/index.js'
import { average, averagingRule, caughtUp } from '../protocols/averaging/index.js'
import { createLayout } from '../protocols/model/index.js'
import { createRandom } from '../protocols/random.js'
import { peerNames, simulate, type Scenario, type Training, type Weights } from '../test/harness/index.js'
import { accuracy, batches, createModel, sparse, step } from '../test/data/reference-mlp.js'

const PEERS = peerNames(8)
const SHAPE = { inputs: 784, hidden: 128, classes: 10 }
const STEP_MS = 5
const SEED = Number(process.argv[2] ?? 1)

const indices = (count: number) => Array.from({ length: count }, (_, index) => index)
const digits = renderDigits({ split: 'train', seed: SEED }, indices(8000))
const train = sparse(digits)
const test = sparse(renderDigits({ split: 'test' }, indices(1000)))
const parts = parsePartition('dirichlet:0.5')(digits.labels, {
  parts: PEERS.length,
  classes: SHAPE.classes,
  random: createRandom(SEED, 'partition'),
})
const layout = createLayout([
  { name: 'hidden/kernel', shape: [784, 128], kind: 'kernel' },
  { name: 'hidden/bias', shape: [128], kind: 'bias' },
  { name: 'logits/kernel', shape: [128, 10], kind: 'kernel' },
  { name: 'logits/bias', shape: [10], kind: 'bias' },
])

/** This trainer answers at once, so no weights are ever on their way. */
const there = (weights: Weights): Float32Array => {
  if (weights instanceof Promise) throw new TypeError('the reference trainer was given weights of another')
  return weights
}

const training = (): Training => {
  const feeds = PEERS.map((peer, index) => batches(parts[index]!, 32, createRandom(SEED, 'batches', peer)))
  return {
    layout,
    labelCounts: null,
    initial: (peer) => createModel(SHAPE, createRandom(SEED, 'initial', PEERS[peer]!)).weights,
    train(peer, weights, steps) {
      const model = { ...SHAPE, weights: there(weights).slice() }
      for (let i = 0; i < steps; i++) step(model, train, feeds[peer]!.next().value as number[], 0.1)
      return { weights: model.weights, loss: 0, samples: 32 * steps }
    },
    mix(_peer, { rule, contributions, catchUp }) {
      const inputs = contributions.map(({ weights, since, ...rest }) => ({
        ...rest,
        weights: there(weights),
        since: since && there(since),
      }))
      const { now, fraction } = catchUp
      const out = new Float32Array(layout.length)
      const dated = caughtUp(layout, inputs, { now: there(now), fraction })
      average({ rule: averagingRule(rule), layout, contributions: dated, out })
      return out
    },
    evaluate(_peer, weights) {
      const right = accuracy({ ...SHAPE, weights: there(weights) }, test)
      return { accuracy: right, loss: 0, examples: test.count }
    },
    // Plain SGD keeps no state, and each run makes its own feeds.
    reset() {},
    close: () => Promise.resolve(),
  }
}

/** Speeds that change from round to round, and speeds that differ from peer to peer. */
const speeds = {
  'jitter ±40 %': { jitter: 0.4 },
  'peers 0.5× to 1.9×': { speed: { trace: PEERS.map((_, index) => 1 / (0.5 + 0.2 * index)) } },
  'all alike': {},
}

const percent = (fraction: number) => (100 * fraction).toFixed(1)

const run = (scenario: Partial<Scenario>, devices: (typeof speeds)[keyof typeof speeds] = {}): string => {
  const simulation = simulate({
    seed: SEED,
    peers: PEERS,
    topology: 'regular:4',
    rounds: 40,
    localSteps: 10,
    rule: 'variance-corrected',
    world: { links: { latencyMs: 2, jitterMs: 4 }, devices: { stepMs: STEP_MS, ...devices } },
    training: training(),
    ...scenario,
  })
  simulation.run()
  const models = PEERS.map((peer) => simulation.model(peer))
  const mean = new Float32Array(layout.length)
  for (const model of models) for (let i = 0; i < mean.length; i++) mean[i]! += model[i]! / models.length
  const local =
    models.reduce((sum, weights) => sum + accuracy({ ...SHAPE, weights }, test), 0) / models.length
  return `${percent(local)} / ${percent(accuracy({ ...SHAPE, weights: mean }, test))}`
}

for (const topology of ['regular:4', 'ring']) {
  console.log(`| ${topology}: local / merged | lock step | ${Object.keys(speeds).join(' | ')} |`)
  console.log('|---|---|---|---|---|')
  console.log(`| mode rounds | ${run({ topology, mode: 'rounds' })} | | | |`)
  for (const catchUp of [0, 0.5, 0.75, 1]) {
    const cells = Object.values(speeds).map((devices) => run({ topology, catchUp }, devices))
    console.log(`| mode async, catch up ${catchUp} | | ${cells.join(' | ')} |`)
  }
}
