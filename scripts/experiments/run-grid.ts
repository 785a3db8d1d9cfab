import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { INTERRUPTED } from '../../node/cli/exit-codes.js'
import { claimFolder } from '../../node/cli/folder-claim.js'
import { interruptSignal } from '../../node/cli/interrupt.js'
import {
  checkCells,
  openResults,
  readRecords,
  runSweep,
  writeReport,
  type Cell,
  type ResultRecord,
  type RoundRecord,
  type SimulationRecord,
} from '../../test/harness/index.js'

/** One cell with what was measured in it. */
export interface Measured {
  readonly cell: Cell
  readonly rounds: readonly RoundRecord[]
  readonly result: ResultRecord
}

/** A sweep ends in order, so that what is done is kept; whatever else goes on can be done again. */
let sweeping = false
let stop: AbortSignal | undefined

/** Ctrl-C, for the whole process: says so at once, since a second one, which a parent may pass on, ends everything. */
const stopSignal = (): AbortSignal => {
  if (stop !== undefined) return stop
  stop = interruptSignal()
  stop.addEventListener('abort', () => {
    process.stderr.write('\nstopped; the same command goes on from here\n')
    if (!sweeping) process.exit(INTERRUPTED)
  })
  return stop
}

/**
 * Runs the cells of an experiment on all cores, those that its folder has no results of yet, and writes the report
 * beside them. Ctrl-C keeps what is done; the same command goes on from there.
 */
export const runGrid = async (cells: readonly Cell[], folder: string): Promise<readonly Measured[]> => {
  const signal = stopSignal()
  await checkCells(cells, { signal })
  await mkdir(folder, { recursive: true })
  claimFolder(join(folder, 'sweep.pid'), {
    who: 'a sweep',
    advice: 'wait until it has ended or choose another --out',
  })
  const store = await openResults(folder)
  const todo = cells.filter(({ id }) => !store.done.has(id))
  const total = todo.reduce((sum, { settings }) => sum + settings.rounds, 0)
  const reached = new Map<string, number>()
  const startedMs = performance.now()
  const tell = (): void => {
    const done = [...reached.values()].reduce((sum, round) => sum + round, 0) / total
    const left = ((performance.now() - startedMs) / 1000) * (1 / done - 1)
    process.stderr.write(
      `\r${Math.round(100 * done)} % of ${todo.length} cells, about ${Math.ceil(left)} s left  `,
    )
  }
  sweeping = true
  const failures = await runSweep({
    cells: todo,
    keep: (records) => store.append(records),
    signal,
    onRecord(record) {
      if (record.type !== 'round' || signal.aborted) return
      reached.set(record.cell, record.round)
      tell()
    },
  }).finally(async () => {
    await store.close()
    if (signal.aborted) process.exit(INTERRUPTED)
    sweeping = false
  })
  if (todo.length > 0) process.stderr.write('\n')
  for (const { cell, code, message } of failures)
    process.stderr.write(`${cell} failed (${code}): ${message}\n`)
  if (failures.length > 0) process.exitCode = 1

  const records: SimulationRecord[] = []
  const wanted = new Set(cells.map(({ id }) => id))
  for await (const record of readRecords(folder)) if (wanted.has(record.cell)) records.push(record)
  const page = await writeReport({ records, dir: folder })
  process.stderr.write(`The report: ${relative('.', page)}\n`)
  return cells.flatMap((cell) => {
    const own = records.filter((record) => record.cell === cell.id)
    const result = own.find((record) => record.type === 'result')
    return result ? [{ cell, result, rounds: own.filter((record) => record.type === 'round') }] : []
  })
}

/** Groups by a label, in the order of first appearance. */
export const grouped = (
  measured: readonly Measured[],
  labelOf: (cell: Cell) => string,
): ReadonlyMap<string, readonly Measured[]> => {
  const groups = new Map<string, Measured[]>()
  for (const one of measured) groups.set(labelOf(one.cell), [...(groups.get(labelOf(one.cell)) ?? []), one])
  return groups
}

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

export const percent = (fraction: number): string => (100 * fraction).toFixed(1)

/** A table row as Markdown. */
export const row = (...cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`

const MNIST = '../shared/data/mnist-9k'

/** What was asked for; else MNIST digits where they lie beside the checkout, else the generated ones. */
export const dataSource = (given: string | undefined): string =>
  given ?? (existsSync(MNIST) ? `idx:${MNIST}` : 'digits')
