/**
 * Prints how much faster a pool of trainers is on two threads than on one, and what a call costs the calling thread.
 * Threads of one and of two take turns, and the best of each counts: other work on the machine only ever slows them down.
 * Usage: npx tsx scripts/trainer-pool-speed.ts [MODEL] [PAIRS]
 */
import '../node/polyfills.js'
import { readFileSync } from 'node:fs'
import { performance } from 'node:perf_hooks'
import { createTrainerPool, type TrainerPool } from '../node/trainer/index.js'
import type { Examples } from '../protocols/training/contract.js'
import { noise } from './noise.js'

const TRAINERS = 16
const BATCH = 32
const STEPS = 10
const EXAMPLES_EACH = 256
const PAIRS = 5
/** Calls of every trainer in one measurement, after a call of each that does not count. */
const CALLS = 12

interface Speed {
  readonly samplesPerSecond: number
  /** Milliseconds for which the calling thread was busy, per call. */
  readonly callerMs: number
}

const measure = async (pool: TrainerPool, weights: Float32Array): Promise<Speed> => {
  const chain = async (index: number, calls: number): Promise<void> => {
    let mine = weights
    for (let i = 0; i < calls; i++) {
      ;({ weights: mine } = await pool.trainer(index).train({ weights: mine, steps: STEPS }))
    }
  }
  const all = (calls: number) =>
    Promise.all(Array.from({ length: TRAINERS }, (_, index) => chain(index, calls)))
  await all(1)
  const before = performance.eventLoopUtilization()
  const startedMs = performance.now()
  await all(CALLS)
  const elapsedMs = performance.now() - startedMs
  const { active } = performance.eventLoopUtilization(before)
  return {
    samplesPerSecond: (1000 * TRAINERS * CALLS * STEPS * BATCH) / elapsedMs,
    callerMs: active / (TRAINERS * CALLS),
  }
}

const measureThreads = async (model: string, examples: Examples, threads: number): Promise<Speed> => {
  const pool = await createTrainerPool({
    model,
    train: examples,
    test: examples,
    parts: Array.from({ length: TRAINERS }, (_, trainer) =>
      Uint32Array.from({ length: EXAMPLES_EACH }, (_, i) => trainer * EXAMPLES_EACH + i),
    ),
    optimizer: { kind: 'sgd', learningRate: 0.01, momentum: 0.9 },
    batch: BATCH,
    seeds: Array.from({ length: TRAINERS }, (_, trainer) => trainer),
    threads,
  })
  try {
    return await measure(pool, await pool.trainer(0).initialWeights(1))
  } finally {
    await pool.close()
  }
}

const [model = 'mlp:128', pairs = String(PAIRS)] = process.argv.slice(2)
const examples = noise(TRAINERS * EXAMPLES_EACH)
const speeds = new Map<number, Speed[]>([
  [1, []],
  [2, []],
])
const load = (): string => readFileSync('/proc/loadavg', 'utf8').split(' ')[0]!
for (let pair = 0; pair < Number(pairs); pair++) {
  for (const [threads, found] of speeds) {
    const loadBefore = load()
    const speed = await measureThreads(model, examples, threads)
    found.push(speed)
    console.log(
      `${threads} thread${threads === 1 ? ' ' : 's'}  ${Math.round(speed.samplesPerSecond)} samples/s`.padEnd(
        32,
      ) + `${speed.callerMs.toFixed(3)} ms of the caller per call  load ${loadBefore}`,
    )
  }
}
const best = (threads: number): number =>
  Math.max(...speeds.get(threads)!.map(({ samplesPerSecond }) => samplesPerSecond))
const callerMs = Math.min(...[...speeds.values()].flat().map((speed) => speed.callerMs))
console.log(
  `${model}, ${TRAINERS} trainers, ${STEPS} steps of ${BATCH} a call: 2 threads are ${(best(2) / best(1)).toFixed(2)} × 1 thread, ` +
    `at least ${callerMs.toFixed(3)} ms of the caller per call`,
)
