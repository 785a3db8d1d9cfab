import { setTimeout as delay } from 'node:timers/promises'
import type { BenchOptions, BenchResult } from '../contract.js'
import { processStat } from './process-stat.js'
import { inFolder, startJoin, startUp } from './peer.js'

/** Milliseconds for what a start leaves to be done, and of watching. Ten seconds make a tick of the clock 0.1 %. */
const TIMES_MS = { quick: { settle: 0, watch: 500 }, full: { settle: 5_000, watch: 10_000 } }
const GOAL_PERCENT = 1

/** Two connected peers, ready to train and waiting for a third that does not come. */
export const measureIdle = ({ quick, signal, tell }: BenchOptions): Promise<readonly BenchResult[]> =>
  inFolder(async (cwd) => {
    const { settle, watch } = quick ? TIMES_MS.quick : TIMES_MS.full
    const first = await startUp('first', { minPeers: 3 }, { signal, cwd })
    const peers = [first]
    try {
      const { addresses } = await first.event('listening')
      peers.push(startJoin('second', (addresses as readonly string[])[0]!, { signal, cwd }))
      await first.event('member')
      await delay(settle, undefined, { signal })
      const look = () => Promise.all(peers.map(({ pid }) => processStat(pid)))
      const before = await look()
      const startedMs = performance.now()
      await delay(watch, undefined, { signal })
      const after = await look()
      const seconds = (performance.now() - startedMs) / 1000
      if (after[0] === undefined || before[0] === undefined) {
        tell('this system does not say what processes take: nothing is reported of idle peers')
        return []
      }
      const cpu = peers.map((_, index) => after[index]!.cpuSeconds - before[index]!.cpuSeconds)
      const percent = (100 * Math.max(...cpu)) / seconds
      const megabytes = Math.max(...after.map((stat) => stat!.residentBytes)) / 1e6
      return resultsOf({ percent, megabytes })
    } finally {
      for (const peer of peers) await peer.kill()
    }
  })

const resultsOf = ({
  percent,
  megabytes,
}: {
  readonly percent: number
  readonly megabytes: number
}): readonly BenchResult[] => [
  {
    ...{ group: 'start', name: 'an idle peer, of one core', value: percent, unit: '%' },
    ...{ reference: null, ratio: null, goal: `≤ ${GOAL_PERCENT} %`, met: percent <= GOAL_PERCENT },
  },
  {
    ...{ group: 'start', name: 'memory of a peer in a process of its own', value: megabytes, unit: 'MB' },
    ...{ reference: null, ratio: null, goal: null, met: null },
  },
]
