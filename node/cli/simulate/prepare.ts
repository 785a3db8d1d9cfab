import type { Axis, Cell } from '../../../test/harness/sweep/index.js'
import { CliError, Interrupted } from '../exit-codes.js'
import { axesOf, type SimulateOptions } from './options.js'

export interface Prepared {
  readonly cells: readonly Cell[]
  /** Of the options' values. More than there are cells where settings make no difference to each other. */
  readonly combinations: number
}

/**
 * The cells that options and scenario file make, each of them checked.
 * @throws typed errors for what cannot be run; Interrupted. Nothing was started, no folder made.
 */
export const prepare = async (options: SimulateOptions, interrupt: AbortSignal): Promise<Prepared> => {
  if (options.fresh && options.out === undefined) {
    throw new CliError(
      'USAGE',
      '--fresh is about the records in a folder; give --out too. Nothing was started.',
    )
  }
  const { cellsOf, checkCells, loadScenario, withEdgeList } =
    await import('../../../test/harness/sweep/index.js')
  const withEdges = async ({ option, values }: Axis): Promise<Axis> => ({
    option,
    values: await Promise.all(
      values.map(async (value) => ({ ...value, set: await withEdgeList(value.set) })),
    ),
  })
  const base = options.scenario === undefined ? {} : await loadScenario(options.scenario)
  const axes = await Promise.all(axesOf({ ...options }).map(withEdges))
  const cells = cellsOf({ base, axes })
  try {
    await checkCells(cells, { signal: interrupt })
  } catch (error) {
    throw interrupt.aborted
      ? new Interrupted('stopped while the cells were checked; nothing was started')
      : error
  }
  return { cells, combinations: axes.reduce((product, { values }) => product * values.length, 1) }
}
