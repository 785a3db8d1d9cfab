import { availableParallelism } from 'node:os'
import type { ResultRecord, SimulationRecord } from '../../../test/harness/cell/records.js'
import type { Cell, CellFailure } from '../../../test/harness/sweep/index.js'
import { beforeStart } from '../before-start.js'
import { CellFailed, CliError, Interrupted } from '../exit-codes.js'
import { interruptSignal } from '../interrupt.js'
import { openOutputFolder, type OutputFolder } from '../output-folder.js'
import { createOutput, type Output } from '../output.js'
import { resumeCommand } from './command-line.js'
import type { SimulateOptions } from './options.js'
import { prepare } from './prepare.js'
import { openStore, reportRecords } from './store.js'
import { createTelling } from './telling.js'

/** @throws CellFailed, CliError CELLS_FAILED, Interrupted; typed errors for what cannot be run. What is kept says so. */
export const simulate = async (options: SimulateOptions): Promise<void> => {
  const output = createOutput(options)
  const interrupt = interruptSignal()
  output.progress('checking the cells …')
  const folders: OutputFolder[] = []
  try {
    const { cells, combinations } = await beforeStart(() => prepare(options, interrupt))
    if (combinations > cells.length) {
      const are = `${cells.length} ${cells.length === 1 ? 'cell' : 'cells'}`
      output.say(
        `${combinations} combinations of the options are ${are}: the others differ in what makes no difference to them.`,
      )
    }
    const open = async (path: string | undefined): Promise<OutputFolder | undefined> => {
      if (path === undefined) return undefined
      const folder = await beforeStart(() => openOutputFolder(path))
      folders.push(folder)
      return folder
    }
    const [out, report] = [await open(options.out), await open(options.report)]
    await sweep({ cells, options, out, report, output, interrupt, args: process.argv.slice(2) })
  } catch (error) {
    output.endProgress()
    // What has been kept stays: only empty folders go.
    for (const folder of folders) await folder.giveUp()
    throw error
  }
}

interface Sweep {
  readonly cells: readonly Cell[]
  readonly options: SimulateOptions
  readonly out: OutputFolder | undefined
  readonly report: OutputFolder | undefined
  readonly output: Output
  readonly interrupt: AbortSignal
  readonly args: readonly string[]
}

/** Runs the cells that are not done yet, tells of them, and fails at the end if one of them did. */
const sweep = async ({ cells, options, out, report, output, interrupt, args }: Sweep): Promise<void> => {
  const { runSweep } = await import('../../../test/harness/sweep/index.js')
  const { fresh, threads = availableParallelism() } = options
  const store = out && (await openStore(out, fresh))
  const results = new Map<string, ResultRecord>()
  for (const { id } of cells) {
    const done = store?.done.get(id)
    if (done) results.set(id, done)
  }
  const todo = cells.filter(({ id }) => !results.has(id))
  const telling = createTelling({ cells, todo, results, args, output })
  telling.begin({ cores: threads, out: options.out })

  const remembered: SimulationRecord[] = []
  const remembers = report !== undefined && store === undefined
  let failures: readonly CellFailure[]
  try {
    failures = await runSweep({
      cells: todo,
      threads,
      keep: store && ((records) => store.append(records)),
      signal: interrupt,
      onRecord(record) {
        if (remembers) remembered.push(record)
        telling.record(record)
      },
    })
  } catch (error) {
    output.endProgress()
    telling.results()
    throw interrupt.aborted
      ? stopped({ kept: results.size, cells: cells.length, out: options.out, args })
      : error
  } finally {
    await store?.close()
  }

  telling.summary()
  try {
    if (report !== undefined) {
      const folder = out === undefined ? {} : { folder: out.path }
      const records = await reportRecords(cells, { ...folder, remembered })
      const { writeReport } = await import('../../../test/harness/report/index.js')
      const path = await writeReport({ records, dir: report.path, command: resumeCommand(args) })
      output.say(`The report: ${path}`)
      output.emit({ type: 'report', path })
    }
    if (store !== undefined) output.say(`The records: ${store.path}`)
  } finally {
    telling.results()
  }
  failWith({ failures, cells: cells.length, out: options.out })
}

const stopped = ({
  kept,
  cells,
  out,
  args,
}: {
  readonly kept: number
  readonly cells: number
  readonly out: string | undefined
  readonly args: readonly string[]
}): Interrupted =>
  new Interrupted(
    out === undefined
      ? 'stopped; nothing is kept. With --out DIR the cells that have ended are kept, and the same command goes on with the others.'
      : kept === 0
        ? 'stopped before the first cell had ended; nothing is kept.'
        : `stopped; ${kept} of ${cells} cells are done and kept in ${out}. Go on with: ${resumeCommand(args)}`,
  )

/** @throws CellFailed for the only cell, CliError CELLS_FAILED for one of several. */
const failWith = ({
  failures,
  cells,
  out,
}: {
  readonly failures: readonly CellFailure[]
  readonly cells: number
  readonly out: string | undefined
}): void => {
  const [first] = failures
  if (first === undefined) return
  const { code, message } = first
  if (cells === 1)
    throw new CellFailed(code === 'BUG' ? { ...first, message: `a bug in murmur: ${message}` } : first)
  throw new CliError(
    'CELLS_FAILED',
    `${failures.length} of ${cells} cells failed, the first with: ${asSentence(first.message.split('\n')[0]!)} ` +
      (failures.length === cells
        ? 'There are no others.'
        : out === undefined
          ? 'The others were run to their end.'
          : `The others are kept in ${out}; the same command tries those that failed once more.`),
    { failed: failures.length, cells },
  )
}

const asSentence = (text: string): string => (/[.?!]$/.test(text) ? text : `${text}.`)
