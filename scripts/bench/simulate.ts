import '../../node/polyfills.js'
import { everyIndex } from '../../node/data/examples.js'
import { renderDigits } from '../../node/data/index.js'
import type { BenchGroup, BenchResult } from './contract.js'
import { simulateOnce } from './simulate/cell.js'
import { trainingData } from './simulate/data.js'
import { demoOnce } from './simulate/demo.js'
import { againstStock, measureStock } from './train/stock.js'

/** Samples per second of 32 simulated peers: twice what gossipy does. */
const SIMULATE_GOAL = 100_000
/** Samples per second of a swarm of processes: what decentralizepy does at its best. */
const DEMO_GOAL = 72_000
const DEMO_GOAL_S = 12

/** How fast many peers train, mixing and evaluation included: in one process in virtual time, and as processes. */
export const simulateGroup: BenchGroup = {
  name: 'simulate',
  summary:
    'mlp:128 on 32 simulated peers and on 8 as processes: samples per second, mixing and evaluation included',
  async run({ quick, tell, signal }) {
    const sizes = quick ? { peers: 4, rounds: 4 } : { peers: 32, rounds: 60 }
    const examples = renderDigits({ split: 'train', seed: 1 }, everyIndex(quick ? 128 : 2048))
    const stock = await measureStock(examples, { quick, signal })
    const { name: data } = trainingData()
    tell(`mlp:128 on stock tfjs: ${Math.round(stock)} samples/s`)

    const results: BenchResult[] = []
    for (const evaluateEvery of [10, 1]) {
      tell(`simulating ${sizes.peers} peers for ${sizes.rounds} rounds, evaluated every ${evaluateEvery}`)
      const value = await simulateOnce({ ...sizes, evaluateEvery }, signal)
      const name = `${sizes.peers} peers on ${data}, from launch to end, evaluated every ${evaluateEvery}`
      const line = againstStock({ group: 'simulate', name, value, stock, least: SIMULATE_GOAL })
      results.push(evaluateEvery === 1 ? { ...line, goal: null, met: null } : line)
    }

    const demo = quick ? { peers: 2, rounds: 4 } : { peers: 8, rounds: 60 }
    tell(`demo of ${demo.peers} peers for ${demo.rounds} rounds`)
    const { samplesPerSecond, seconds } = await demoOnce(demo, signal)
    const who = `demo of ${demo.peers} peers on ${data}`
    return [
      ...results,
      againstStock({ group: 'simulate', name: who, value: samplesPerSecond, stock, least: DEMO_GOAL }),
      {
        ...{ group: 'simulate', name: `${who}, from launch to merged model`, value: seconds, unit: 's' },
        ...{ reference: null, ratio: null, goal: `≤ ${DEMO_GOAL_S} s`, met: seconds <= DEMO_GOAL_S },
      },
    ]
  },
}
