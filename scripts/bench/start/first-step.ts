import type { BenchOptions, BenchResult } from '../contract.js'
import { median } from '../median.js'
import { inFolder, startUp } from './peer.js'

const RUNS = { quick: 1, full: 5 }
const GOAL_S = 2

/**
 * From starting the process of a peer to its first optimizer step. A run of one member with rounds of one step tells: its first
 * round ends with the step, and with an evaluation on the held-out examples, which is counted too.
 */
export const measureFirstStep = async ({
  quick,
  signal,
  tell,
}: BenchOptions): Promise<readonly BenchResult[]> => {
  const seconds: number[] = []
  const listening: number[] = []
  for (let run = 0; run < (quick ? RUNS.quick : RUNS.full); run++) {
    await inFolder(async (cwd) => {
      const startedMs = performance.now()
      const sinceStart = (): number => (performance.now() - startedMs) / 1000
      const settings = { minPeers: 1, rounds: 100_000, localSteps: 1, topology: 'full' }
      const peer = await startUp('first', settings, { signal, cwd })
      try {
        await peer.event('listening')
        listening.push(sinceStart())
        await peer.event('round')
        seconds.push(sinceStart())
      } finally {
        await peer.kill()
      }
    })
  }
  const value = median(seconds)
  tell(
    `a peer listens after ${median(listening).toFixed(2)} s and has trained a step after ${value.toFixed(2)} s`,
  )
  return [
    {
      group: 'start',
      name: 'a peer, from its start to its first local step',
      value,
      unit: 's',
      reference: null,
      ratio: null,
      goal: `≤ ${GOAL_S} s`,
      met: value <= GOAL_S,
    },
  ]
}
