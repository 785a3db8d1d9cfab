/**
 * How hard are the generated digits? Prints the test accuracy of a softmax regression and of an MLP that see all the
 * training data, and of the average of 8 peers that see one skewed part each.
 *   npx tsx scripts/digits-difficulty.ts
 */
import { digitLabels, DIGIT_CLASSES, DIGITS_TEST, DIGITS_TRAIN, renderDigits } from '../node/data/digits.js'
import { everyIndex } from '../node/data/examples.js'
import { formatLabelCounts, labelCounts } from '../node/data/label-counts.js'
import { parsePartition } from '../node/data/partition.js'
import { createRandom } from '../protocols/random.js'
import type { Examples } from '../protocols/training/contract.js'
import { accuracy, batches, createModel, fit, sparse, step } from '../test/data/reference-mlp.js'

const FEDERATION = {
  peers: 8,
  partition: 'dirichlet:0.5',
  rounds: 40,
  localSteps: 10,
  batch: 32,
  learningRate: 0.1,
  hidden: 128,
}
const SEED = Number(process.argv[2] ?? 1)

/** Every peer takes its local steps, then all take the plain average of all: what gossip over few neighbours approaches. */
function* federate(train: Examples): Generator<Float32Array> {
  const { peers, partition, rounds, localSteps, batch, learningRate, hidden } = FEDERATION
  const { classes, labels } = train
  const random = createRandom(SEED, 'partition')
  const parts = parsePartition(partition)(labels, { parts: peers, classes, random })
  parts.forEach((part, peer) =>
    console.log(
      `  peer ${peer}: ${part.length} images, ${formatLabelCounts(labelCounts(labels, part, classes))}`,
    ),
  )
  const examples = sparse(train)
  const inputs = train.pixels.length / train.count
  const initial = createModel({ inputs, hidden, classes }, createRandom(SEED, 'weights'))
  const feeds = parts.map((part, peer) => batches(part, batch, createRandom(SEED, 'batches', peer)))
  let shared = initial.weights
  for (let round = 0; round < rounds; round++) {
    const average = new Float32Array(shared.length)
    for (const feed of feeds) {
      const local = { ...initial, weights: shared.slice() }
      for (let i = 0; i < localSteps; i++) step(local, examples, feed.next().value as number[], learningRate)
      for (let i = 0; i < average.length; i++) average[i]! += local.weights[i]! / peers
    }
    yield (shared = average)
  }
}

const timed = <T>(work: () => T): { readonly value: T; readonly seconds: string } => {
  const start = performance.now()
  const value = work()
  return { value, seconds: ((performance.now() - start) / 1000).toFixed(2) }
}
const percent = (fraction: number): string => `${(100 * fraction).toFixed(1)} %`

const stream = { split: 'train', seed: SEED } as const
const labelled = timed(() => digitLabels(stream, DIGITS_TRAIN))
const rendered = timed(() => renderDigits(stream, everyIndex(DIGITS_TRAIN)))
console.log(`seed ${SEED}: ${DIGITS_TRAIN} labels in ${labelled.seconds} s, images in ${rendered.seconds} s`)
const train = rendered.value
const seen = sparse(train)
const test = sparse(renderDigits({ split: 'test' }, everyIndex(DIGITS_TEST)))

for (const [name, hidden, epochs] of [
  ['softmax regression', 0, 40],
  [`MLP ${train.pixels.length / train.count}-128-${DIGIT_CLASSES}`, 128, 20],
] as const) {
  const { value: model, seconds } = timed(() => fit(train, { hidden, epochs, learningRate: 0.1 }))
  const [onTest, onTrain] = [percent(accuracy(model, test)), percent(accuracy(model, seen))]
  console.log(`${name}: ${onTest} on test, ${onTrain} on train (${epochs} epochs, ${seconds} s)`)
}

const { peers, partition, rounds, localSteps } = FEDERATION
console.log(`${peers} peers, ${partition}, ${rounds} rounds of ${localSteps} steps, averaged each round:`)
const model = createModel(
  { inputs: train.pixels.length / train.count, hidden: FEDERATION.hidden, classes: DIGIT_CLASSES },
  createRandom(SEED),
)
let round = 0
for (const weights of federate(train))
  if (++round % 10 === 0)
    console.log(`  round ${round}: ${percent(accuracy({ ...model, weights }, test))} on test`)
