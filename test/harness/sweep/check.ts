import { isMurmurationError } from '../../../protocols/errors.js'
import { CELL_MODULE, type CellModule } from './cell-runner.js'
import { cellIdOf, type CellSettings } from '../cell/settings.js'
import type { Cell } from './grid.js'

/** Settings that `parseSettings` has checked to their end: cells that differ in nothing else are checked once. */
const PARSED_ONLY = [
  'mixing',
  'schedule',
  'mode',
  'catchUp',
  'init',
  'rounds',
  'localSteps',
  'batch',
  'optimizer',
  'evaluateEvery',
  'target',
] as const satisfies readonly (keyof CellSettings)[]

/**
 * Checks every cell before any is started: topology and members, partition and data, model.
 * @throws what `checkCell` throws for the first cell that cannot be run, naming the options that make it; the signal's
 *   reason. Nothing was started.
 */
export const checkCells = async (
  cells: readonly Cell[],
  {
    signal,
    cellModule = CELL_MODULE,
  }: { readonly signal?: AbortSignal; readonly cellModule?: string | undefined } = {},
): Promise<void> => {
  const { checkCell } = (await import(cellModule)) as CellModule
  const checked = new Set<string>()
  for (const { settings, chosen } of cells) {
    signal?.throwIfAborted()
    const first = cells[0]!.settings
    const alike = Object.fromEntries(PARSED_ONLY.map((key) => [key, first[key]]))
    const key = cellIdOf({ ...settings, ...alike })
    if (checked.has(key)) continue
    checked.add(key)
    try {
      await checkCell(settings)
    } catch (error) {
      if (isMurmurationError(error) && chosen.length > 0) {
        error.message = `with ${chosen.map(([option, text]) => `${option} ${text}`).join(' ')}: ${error.message}`
      }
      throw error
    }
  }
}
