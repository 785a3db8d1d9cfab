/**
 * How the estimate of the merged accuracy that peers make while they train relates to the truth: 16 simulated peers,
 * mlp:32 on generated digits, real training, the shipping engine and the shipping estimate. Prints, every 5 rounds, the
 * mean local accuracy, the mean over the peers of the estimate with 2, 4 and 8 members sampled, and the accuracy of the
 * average of all models; at the end how far a single estimate is from that, on average. Also what extrapolating an
 * estimate with 4 members to all of them would give, in 1/k, with the own model's accuracy as k = 1; not used.
 *   npx tsx scripts/counterfactual.ts [SEED]
 */
import { availableParallelism } from 'node:os'
import { createCounterfactual, type Estimate } from '../node/peer/counterfactual.js'
import { createRunningMean } from '../node/peer/running-mean.js'
import type { PulledModel } from '../node/network/index.js'
import { createRealTraining, simulate, type Weights } from '../test/harness/index.js'

const PEERS = 16
const EVERY = 5
const SAMPLES = [2, 4, 8]
const SEED = Number(process.argv[2] ?? 1)

/** The mean of k models has 1/k of the variance of one about what they have in common. */
const extrapolated = (local: number, estimate: number, sample: number): number => {
  const k = sample + 1
  const toAll = 1 / k - 1 / PEERS
  return Math.min(1, estimate + ((estimate - local) * toAll) / (1 - 1 / k))
}

const percent = (fraction: number) => (100 * fraction).toFixed(1)
const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

interface Moment {
  readonly round: number
  /** By peer: its model, what it serves, and what others' models it mixed last. */
  readonly models: readonly Weights[]
  readonly served: readonly Weights[]
  readonly mixed: readonly ReadonlyMap<string, Weights>[]
}

const there = async (models: readonly Weights[]): Promise<Float32Array[]> =>
  Promise.all(models.map(async (weights) => weights))

const run = async (
  scenario: Readonly<{ rounds: number; topology: string; schedule: string }>,
): Promise<void> => {
  const training = await createRealTraining({
    ...{
      peers: PEERS,
      data: 'digits',
      partition: 'dirichlet:0.5',
      model: 'mlp:32',
      init: 'different',
      batch: 32,
    },
    optimizer: { kind: 'sgd', learningRate: 0.1, momentum: 0.5 },
    ...{ seed: SEED, threads: availableParallelism() },
  })
  const { layout } = training
  const evaluate = async (peer: number, weights: Weights) => (await training.evaluate(peer, weights)).accuracy

  const measure = async ({ round, models, served, mixed }: Moment) => {
    const [own, offered] = await Promise.all([there(models), there(served)])
    const merged = createRunningMean(layout.length)
    for (const weights of own) await merged.add(weights)
    const truth = await evaluate(0, await merged.finish())
    const local = await Promise.all(own.map((weights, peer) => evaluate(peer, weights)))
    const estimates: number[][] = []
    for (const sample of SAMPLES) {
      const ofPeers = own.map(async (weights, peer) => {
        const estimated: Estimate[] = []
        const counterfactual = createCounterfactual({
          ...{ self: names[peer]!, seed: SEED, layout, sample, every: 1 },
          rollCall: { members: names, headOf: (id) => simulation.peer(id).published!.head },
          pull: ({ from }) =>
            Promise.resolve({ weights: offered[names.indexOf(from)]! } as unknown as PulledModel),
          trainer: { evaluate: async (average) => training.evaluate(peer, average) },
          signal: new AbortController().signal,
          onEstimate: (estimate) => estimated.push(estimate),
        })
        const senders = [...mixed[peer]!.keys()]
        const received = await there([...mixed[peer]!.values()])
        const entries = senders.map((from, index) => [from, received[index]!] as const)
        await counterfactual.evaluated({ round, weights, mixed: new Map(entries) })
        return estimated[0]!.mergedAccuracy
      })
      estimates.push(await Promise.all(ofPeers))
    }
    return { round, truth, local, estimates }
  }

  const mixed = new Map<string, ReadonlyMap<string, Weights>>()
  const measurements: ReturnType<typeof measure>[] = []
  const look = (round: number): void => {
    const peers = names.map((name) => simulation.peer(name))
    const moment = {
      round,
      models: peers.map(({ model }) => model),
      served: peers.map(({ published }) => published!.weights),
      mixed: names.map((name) => mixed.get(name) ?? new Map<string, Weights>()),
    }
    measurements.push(measure(moment))
  }
  let next = EVERY
  const simulation = simulate({
    ...{ seed: SEED, peers: PEERS, localSteps: 10, rule: 'variance-corrected', training, ...scenario },
    world: { links: { latencyMs: 2, jitterMs: 4 }, devices: { stepMs: 5, jitter: 0.2 } },
    observer: {
      handled({ id }, event, effects) {
        // A round that mixed nothing holds nothing.
        if (event.type === 'trained') mixed.delete(id)
        for (const effect of effects) {
          if (effect.type !== 'mix') continue
          mixed.set(id, new Map(effect.shares.map(({ from, weights }) => [from, weights])))
        }
      },
      roundEnded() {
        if (simulation.swarm.meanRound < next || next >= scenario.rounds) return
        look(next)
        next += EVERY
      },
    },
  })
  const names = simulation.peers
  await simulation.finish()
  look(scenario.rounds)

  const rows = (await Promise.all(measurements)).map(({ round, truth, local, estimates }) => {
    const corrected = estimates[SAMPLES.indexOf(4)]!.map((value, peer) =>
      extrapolated(local[peer]!, value, 4),
    )
    return { round, truth, columns: [local, ...estimates, corrected] }
  })
  const titles = ['local', ...SAMPLES.map((sample) => `sample ${sample}`), '4, extrapolated']
  console.log(`\n${scenario.topology}, ${scenario.schedule}\n`)
  console.log(`| round | ${titles.join(' | ')} | merged |`)
  console.log(`|${'---|'.repeat(titles.length + 2)}`)
  for (const { round, truth, columns } of rows) {
    console.log(`| ${round} | ${columns.map(meanOf).map(percent).join(' | ')} | ${percent(truth)} |`)
  }
  const missedBy = titles.map((_, column) =>
    meanOf(rows.flatMap(({ columns, truth }) => columns[column]!.map((value) => Math.abs(value - truth)))),
  )
  console.log(`| missed by | ${missedBy.map(percent).join(' | ')} | |`)
  await training.close()
}

await run({ rounds: 40, topology: 'regular:4', schedule: 'every:1' })
await run({ rounds: 60, topology: 'random:1', schedule: 'probability:0.1' })
