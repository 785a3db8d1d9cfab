import { availableParallelism } from 'node:os'
import type { SimulationRecord } from '../cell/records.js'
import { CELL_MODULE, runnerHere, type CellRunner, type Failure } from './cell-runner.js'
import { runnerInThreads } from './cell-threads.js'
import type { Cell } from './grid.js'

export interface SweepOptions {
  readonly cells: readonly Pick<Cell, 'id' | 'settings'>[]
  /** Cores to use. @default all */
  readonly threads?: number | undefined
  /** Every record as it comes: those of one cell in order, those of several mixed; its last one once it is kept. */
  readonly onRecord: (record: SimulationRecord) => void
  /** Gets all records of a cell that has ended; the next cell waits for it. A rejection ends the sweep. */
  readonly keep?: ((records: readonly SimulationRecord[]) => Promise<void>) | undefined
  readonly signal?: AbortSignal | undefined
  /** URL of a module with another `runCell`, for tests. */
  readonly cellModule?: string | undefined
}

export interface CellFailure extends Failure {
  readonly cell: string
}

/**
 * Runs cells on all cores: fewer than there are cores one after the other in this process, which trains in threads; more
 * in as many threads as there are cores, each in one. A cell that fails is a record like any other, and the others go on.
 * @returns the cells that failed, in the order in which they did.
 * @throws the signal's reason, and what `keep` throws. No thread is left.
 */
export const runSweep = async (options: SweepOptions): Promise<readonly CellFailure[]> => {
  const { cells, signal, threads = availableParallelism(), cellModule = CELL_MODULE } = options
  signal?.throwIfAborted()
  if (cells.length === 0) return []
  // A single cell, or fewer than cores: one after the other, each training in all threads.
  const isHere = cells.length === 1 || cells.length < threads
  const lanes = isHere ? 1 : threads
  const runner = isHere ? runnerHere(cellModule, threads) : await runnerInThreads(cellModule, lanes)

  let stopping: Promise<void> | undefined
  const stop = (): Promise<void> => (stopping ??= runner.stop())
  const onAbort = (): void => void stop()
  signal?.addEventListener('abort', onAbort)
  if (signal?.aborted) onAbort()
  const failures: CellFailure[] = []
  const queue = cells.values()
  const lane = async (): Promise<void> => {
    for (const cell of queue) {
      if (stopping !== undefined) return
      const failure = await runOne({ cell, runner, options, isStopped: () => stopping !== undefined })
      if (failure !== undefined) failures.push(failure)
    }
  }
  try {
    await Promise.all(Array.from({ length: lanes }, lane))
    signal?.throwIfAborted()
    return failures
  } finally {
    signal?.removeEventListener('abort', onAbort)
    await stop()
  }
}

/** Runs a cell and hands its records on, the last one once all are kept; nothing more once the sweep is stopped. */
const runOne = async ({
  cell: { id, settings },
  runner,
  options: { onRecord, keep },
  isStopped,
}: {
  readonly cell: Pick<Cell, 'id' | 'settings'>
  readonly runner: CellRunner
  readonly options: SweepOptions
  readonly isStopped: () => boolean
}): Promise<CellFailure | undefined> => {
  const kept: SimulationRecord[] = []
  let over = false
  const ended = await runner.run(settings, (record) => {
    // A cell that fails may have measurements under way, which end later.
    if (over || isStopped()) return
    if (keep !== undefined) kept.push(record)
    onRecord(record)
  })
  over = true
  if (isStopped()) return undefined
  const last: SimulationRecord =
    'result' in ended
      ? ended.result
      : { type: 'failure', cell: id, code: ended.failure.code, message: ended.failure.message }
  await keep?.([...kept, last])
  onRecord(last)
  return 'result' in ended ? undefined : { cell: id, ...ended.failure }
}
