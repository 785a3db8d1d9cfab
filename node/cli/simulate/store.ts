import type { SimulationRecord } from '../../../test/harness/cell/records.js'
import type { Cell, ResultsFile } from '../../../test/harness/sweep/index.js'
import { claimFolder } from '../folder-claim.js'
import type { OutputFolder } from '../output-folder.js'

/** Opens the records of a sweep for this process alone. @throws CliError FOLDER_IN_USE, ConfigError, StoreError */
export const openStore = async (folder: OutputFolder, fresh: boolean): Promise<ResultsFile> => {
  const { openResults } = await import('../../../test/harness/sweep/index.js')
  claimFolder(await folder.file('sweep.pid'), {
    who: 'a sweep',
    advice: 'wait until it has ended or choose another --out',
  })
  return openResults(folder.path, { fresh })
}

/** What a report is made of: the kept records of these cells, or those that were remembered. */
export const reportRecords = async (
  cells: readonly Cell[],
  { folder, remembered }: { readonly folder?: string; readonly remembered: readonly SimulationRecord[] },
): Promise<readonly SimulationRecord[]> => {
  if (folder === undefined) return remembered
  const { readRecords } = await import('../../../test/harness/sweep/index.js')
  const wanted = new Set(cells.map(({ id }) => id))
  const records: SimulationRecord[] = []
  for await (const record of readRecords(folder)) if (wanted.has(record.cell)) records.push(record)
  return records
}
