import { join } from 'node:path'
import { atomicWrite } from '../../../node/store/index.js'
import type { SimulationRecord } from '../cell/records.js'
import { renderPage } from './page.js'

export interface ReportOptions {
  /** What was typed to make these records; printed so that a reader can do it again. */
  readonly command?: string | undefined
}

/**
 * One self-contained HTML page about simulated cells: no script, nothing loaded. The same records give the same
 * text, in whatever order the cells ended. Borrows the records. Any list will do: none, cells without an end, or
 * failures only.
 */
export const renderReport = (
  records: readonly SimulationRecord[],
  options: ReportOptions = {},
): Promise<string> => renderPage(records, options)

/**
 * Writes the report to `dir`/index.html, whole or not at all, and resolves to that path. Creates the folder.
 * @throws StoreError NOT_WRITABLE, DISK_FULL or WRITE_FAILED.
 */
export const writeReport = async ({
  records,
  dir,
  command,
}: ReportOptions & {
  readonly records: readonly SimulationRecord[]
  readonly dir: string
}): Promise<string> => {
  const path = join(dir, 'index.html')
  await atomicWrite(path, new TextEncoder().encode(await renderReport(records, { command })))
  return path
}
