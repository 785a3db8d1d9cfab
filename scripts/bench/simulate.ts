import '../../node/polyfills.js'
import type { BenchGroup, BenchOptions, BenchResult } from './contract.js'
import { simulateOnce } from './simulate/cell.js'
import { trainingData } from './simulate/data.js'
import { demoOnce } from './simulate/demo.js'
import { againstStock, startStock, stockTurns, timeAgainstStock, type Stock } from './train/stock.js'

/** Samples per second of 32 simulated peers: twice what gossipy does. */
const SIMULATE_GOAL = 100_000
/** Samples per second of a swarm of processes: what decentralizepy does at its best. */
const DEMO_GOAL = 72_000
const DEMO_GOAL_S = 12
/** Turns of stock tfjs before the first command and after each. */
const STOCK_TURNS = { full: 5, quick: 1 }

/** How fast many peers train, mixing and evaluation included: in one process in virtual time, and as processes. */
export const simulateGroup: BenchGroup = {
  name: 'simulate',
  summary:
    'mlp:128 on 32 simulated peers and on 8 as processes: samples per second, mixing and evaluation included',
  async run(options) {
    const stock = await startStock(options)
    try {
      return await measure(options, stock)
    } finally {
      stock.stop()
    }
  },
}

const measure = async (
  { quick, tell, signal }: BenchOptions,
  stock: Stock,
): Promise<readonly BenchResult[]> => {
  const sizes = quick ? { peers: 4, rounds: 4 } : { peers: 32, rounds: 60 }
  const { name: data } = trainingData()
  const turns = quick ? STOCK_TURNS.quick : STOCK_TURNS.full
  let before = await stockTurns(stock, turns)
  /** With the rates of stock tfjs before and after it. */
  const beside = async <T>(
    run: () => Promise<T>,
  ): Promise<{ readonly of: T; readonly stock: readonly number[] }> => {
    const of = await run()
    const after = await stockTurns(stock, turns)
    const around = [...before, ...after]
    before = after
    return { of, stock: around }
  }

  const results: BenchResult[] = []
  // Every round is what the command does unless told otherwise, and what is judged.
  for (const evaluateEvery of [1, 10]) {
    tell(`simulating ${sizes.peers} peers for ${sizes.rounds} rounds, evaluated every ${evaluateEvery}`)
    const simulated = await beside(() => simulateOnce({ ...sizes, evaluateEvery }, signal))
    const looked = evaluateEvery === 1 ? 'in every round' : `in every ${evaluateEvery}th`
    const name = `${sizes.peers} peers on ${data}, from launch to end, evaluated ${looked}`
    const judged = { group: 'simulate', name, value: simulated.of, stock: simulated.stock }
    const lines = againstStock({ ...judged, least: SIMULATE_GOAL })
    results.push(...(evaluateEvery === 1 ? lines : [{ ...lines[1]!, goal: null, met: null }]))
  }

  const demo = quick ? { peers: 2, rounds: 4 } : { peers: 8, rounds: 60 }
  tell(`demo of ${demo.peers} peers for ${demo.rounds} rounds`)
  const shown = await beside(() => demoOnce(demo, signal))
  const { samplesPerSecond, seconds } = shown.of
  const who = `demo of ${demo.peers} peers on ${data}`
  return [
    ...results,
    ...againstStock({
      ...{ group: 'simulate', name: who, value: samplesPerSecond, stock: shown.stock, least: DEMO_GOAL },
    }),
    ...timeAgainstStock({
      ...{ group: 'simulate', name: `${who}, from launch to merged model`, seconds },
      ...{ stock: shown.stock, most: DEMO_GOAL_S },
    }),
  ]
}
