import type { RunConfiguration } from '../../../protocols/run/index.js'
import { bar, type Output } from '../output.js'
import type { SwarmRound } from './observer.js'
import { tableRow } from './table.js'

/** The table's rows and the bar below them. */
export const createProgress = ({ rounds: total, minPeers }: RunConfiguration, output: Output) => {
  const reached = new Map<number, number>()
  const startedMs = performance.now()
  let merging = false
  return {
    show(round: SwarmRound): void {
      output.say(tableRow(round))
      const { trainLoss: _trainLoss, ...figures } = round
      output.emit({ type: 'round', ...figures })
    },
    reached(peer: number, round: number): void {
      reached.set(peer, round)
      if (merging) return
      const done = [...reached.values()].reduce((sum, value) => sum + value, 0) / (total * minPeers)
      const leftSeconds = ((performance.now() - startedMs) / 1000) * (1 / done - 1)
      output.progress(`${bar(done)}  about ${Math.ceil(leftSeconds)} s left`)
    },
    merging(): void {
      if (merging) return
      merging = true
      output.progress(`${bar(1)}  merging …`)
      output.emit({ type: 'merging' })
    },
  }
}
