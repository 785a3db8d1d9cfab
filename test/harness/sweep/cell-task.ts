import type { MessagePort } from 'node:worker_threads'
import type { CellSettings } from '../cell/settings.js'
import { failureOf, type CellModule, type Ended } from './cell-runner.js'

/** From the sweep to a thread of it. */
export interface CellTask {
  /** URL of the module that exports `runCell`. */
  readonly cellModule: string
  readonly settings: CellSettings
  /** Takes the cell's records. */
  readonly records: MessagePort
}

/** Runs one cell in this thread. */
export const runTask = async ({ cellModule, settings, records }: CellTask): Promise<Ended> => {
  try {
    const { runCell } = (await import(cellModule)) as CellModule
    return {
      result: await runCell(settings, { threads: 0, onRecord: (record) => records.postMessage(record) }),
    }
  } catch (error) {
    return { failure: failureOf(error) }
  } finally {
    records.close()
  }
}
