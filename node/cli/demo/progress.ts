import type { RunConfiguration } from '../../../protocols/run/index.js'
import { bar, type Output } from '../output.js'
import type { SwarmRound } from './observer.js'
import { tableRow } from './table.js'

/** What people see live: the table's rows and a line below them. */
export const createProgress = ({ rounds: total, minPeers }: RunConfiguration, output: Output) => {
  const reached = new Map<number, number>()
  /** When the first round was reached, and how much of all was done then: the start says nothing about the pace. */
  let first: { readonly atMs: number; readonly done: number } | undefined
  let merging = false
  return {
    starting(ready: number): void {
      output.progress(ready < minPeers ? `starting the peers … ${ready} of ${minPeers}` : 'the peers meet …')
    },
    show(round: SwarmRound): void {
      output.say(tableRow(round))
      const { trainLoss: _trainLoss, ...figures } = round
      output.emit({ type: 'round', ...figures })
    },
    reached(peer: number, round: number): void {
      reached.set(peer, round)
      if (merging) return
      const done = [...reached.values()].reduce((sum, value) => sum + value, 0) / (total * minPeers)
      first ??= { atMs: performance.now(), done }
      const pace = (done - first.done) / (performance.now() - first.atMs)
      const left = pace > 0 ? `  about ${Math.ceil((1 - done) / pace / 1000)} s left` : ''
      output.progress(bar(done) + left)
    },
    merging(): void {
      if (merging) return
      merging = true
      output.progress(`${bar(1)}  merging …`)
      output.emit({ type: 'merging' })
    },
  }
}
