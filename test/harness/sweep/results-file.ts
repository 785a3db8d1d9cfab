import { createReadStream } from 'node:fs'
import { open, truncate, unlink, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { ConfigError, reasonOf } from '../../../protocols/errors.js'
import { errnoOf, writeFailure } from '../../../node/store/index.js'
import type { ResultRecord, SimulationRecord } from '../cell/records.js'
import { parseRecord } from './record-schema.js'

/** Bytes of one line: a cell's settings hold its edge list. */
const LINE_BYTES_MAX = 64 * 1024 * 1024
const NEWLINE = 10

/**
 * What a sweep has measured, in `records.jsonl` of its folder: one JSON line per record, all lines of a cell together,
 * its `result` or `failure` last. One process at a time.
 */
export interface ResultsFile {
  readonly path: string
  /** Results of the cells that were done when the file was opened, by cell. */
  readonly done: ReadonlyMap<string, ResultRecord>
  /** Writes all records of a cell that has ended. @throws StoreError; the file is whole up to the cells before. */
  append(records: readonly SimulationRecord[]): Promise<void>
  close(): Promise<void>
}

export const resultsPath = (folder: string): string => join(folder, 'records.jsonl')

/**
 * Opens the results of a folder that exists; the file is created with the first cell. The torn end that a killed
 * process left is cut off.
 * @param fresh forgets what is there.
 * @throws ConfigError UNREADABLE naming the line; StoreError. The file is unchanged then.
 */
export const openResults = async (
  folder: string,
  { fresh = false }: { readonly fresh?: boolean } = {},
): Promise<ResultsFile> => {
  const path = resultsPath(folder)
  const done = new Map<string, ResultRecord>()
  try {
    if (fresh) await unlink(path).catch(unlessMissing)
  } catch (error) {
    throw writeFailure(path, error)
  }
  let wholeBytes = 0
  let bytes = 0
  for await (const { record, endByte } of readLines(path)) {
    bytes = endByte
    if (record?.type === 'result') done.set(record.cell, record)
    // Run again, it failed: the later word counts.
    if (record?.type === 'failure') done.delete(record.cell)
    if (record?.type === 'result' || record?.type === 'failure') wholeBytes = endByte
  }
  try {
    if (bytes > wholeBytes) await truncate(path, wholeBytes)
  } catch (error) {
    throw writeFailure(path, error)
  }

  let handle: FileHandle | undefined
  // Of two writes at once, one could end up inside the other.
  let last: Promise<void> = Promise.resolve()
  const write = async (records: readonly SimulationRecord[]): Promise<void> => {
    try {
      handle ??= await open(path, 'a')
      await handle.appendFile(records.map((record) => `${JSON.stringify(record)}\n`).join(''))
      await handle.datasync()
    } catch (error) {
      throw writeFailure(path, error)
    }
  }
  return {
    path,
    done,
    append: (records) => (last = last.then(() => write(records))),
    async close() {
      await last.catch(() => {})
      await handle?.close()
    },
  }
}

/**
 * The records in a folder, cell by cell; of a cell that was run more than once, the last time that has ended.
 * @throws ConfigError UNREADABLE naming the line
 */
export async function* readRecords(folder: string): AsyncGenerator<SimulationRecord> {
  const path = resultsPath(folder)
  const lastEnd = new Map<string, number>()
  for await (const { record, number } of readLines(path)) {
    if (record?.type === 'result' || record?.type === 'failure') lastEnd.set(record.cell, number)
  }
  let group: SimulationRecord[] = []
  for await (const { record, number } of readLines(path)) {
    if (record === null) return
    if (record.type === 'cell') group = []
    group.push(record)
    if (record.type !== 'result' && record.type !== 'failure') continue
    if (lastEnd.get(record.cell) === number) yield* group
    group = []
  }
}

interface Line {
  /** Null for what was cut off in the middle of writing. */
  readonly record: SimulationRecord | null
  /** From 1. */
  readonly number: number
  /** Bytes of the file up to the end of this line. */
  readonly endByte: number
}

/** Checks every line. No file, no lines. */
async function* readLines(path: string): AsyncGenerator<Line> {
  let number = 0
  let cell: string | null = null
  let endByte = 0
  for await (const line of rawLines(path)) {
    number += 1
    endByte += line.length
    if (line.at(-1) !== NEWLINE) {
      yield { record: null, number, endByte }
      return
    }
    let record: SimulationRecord
    try {
      record = parseRecord(line.toString('utf8').trimEnd())
    } catch (error) {
      throw badLine({ path, number, why: reasonOf(error) })
    }
    const begins = record.type === 'cell' || (record.type === 'failure' && cell === null)
    if (!begins && record.cell !== cell) {
      throw badLine({ path, number, why: `the cell ${record.cell} has not begun before it` })
    }
    cell = record.type === 'result' || record.type === 'failure' ? null : record.cell
    yield { record, number, endByte }
  }
}

/** With their newlines; the last one may have none. */
async function* rawLines(path: string): AsyncGenerator<Buffer> {
  let parts: Buffer[] = []
  let bytes = 0
  const add = (part: Buffer): void => {
    parts.push(part)
    bytes += part.length
    if (bytes > LINE_BYTES_MAX) throw new Error(`a line has more than ${LINE_BYTES_MAX} bytes`)
  }
  try {
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
      let from = 0
      for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
        add(chunk.subarray(from, end + 1))
        yield Buffer.concat(parts)
        parts = []
        bytes = 0
        from = end + 1
      }
      if (from < chunk.length) add(chunk.subarray(from))
    }
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return
    throw new ConfigError(
      'UNREADABLE',
      `cannot read the results ${path}: ${reasonOf(error)}. Nothing was started and the file is unchanged; choose another --out.`,
      { path },
      { cause: error },
    )
  }
  if (parts.length > 0) yield Buffer.concat(parts)
}

const unlessMissing = (error: unknown): void => {
  if (errnoOf(error) !== 'ENOENT') throw error
}

const badLine = ({
  path,
  number,
  why,
}: {
  readonly path: string
  readonly number: number
  readonly why: string
}): ConfigError =>
  new ConfigError(
    'UNREADABLE',
    `line ${number} of ${path} is not a record of a sweep (${why}). Nothing was started and the file is unchanged; ` +
      'mend it, delete all lines of that cell, or start over with --fresh.',
    { path, line: number },
  )
