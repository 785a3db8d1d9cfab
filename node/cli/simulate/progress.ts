import type { Cell } from '../../../test/harness/sweep/index.js'
import { bar, type Output } from '../output.js'

/** A bar over the rounds of all cells that are run, with the time left at the pace so far. */
export const createProgress = (cells: readonly Pick<Cell, 'id' | 'settings'>[], output: Output) => {
  const roundsOf = new Map(cells.map(({ id, settings }) => [id, settings.rounds]))
  const total = cells.reduce((sum, { settings }) => sum + settings.rounds, 0)
  const reached = new Map<string, number>()
  let done = 0
  let ended = 0
  /** Begins with the first sign of life: threads and data take a moment that says nothing about the pace. */
  let first: { readonly atMs: number; readonly done: number } | undefined
  const advance = (cell: string, round: number): void => {
    done += round - (reached.get(cell) ?? 0)
    reached.set(cell, round)
  }
  const show = (): void => {
    const nowMs = performance.now()
    first ??= { atMs: nowMs, done }
    const pace = (done - first.done) / (nowMs - first.atMs)
    const left = pace > 0 ? `  about ${Math.ceil((total - done) / pace / 1000)} s left` : ''
    const count = cells.length > 1 ? `  ${ended} of ${cells.length} cells` : ''
    output.progress(`${bar(total === 0 ? 1 : done / total)}${count}${left}`)
  }
  return {
    measured(cell: string, round: number): void {
      advance(cell, Math.min(round, roundsOf.get(cell) ?? round))
      show()
    },
    ended(cell: string): void {
      advance(cell, roundsOf.get(cell) ?? 0)
      ended += 1
      show()
    },
  }
}
