import { appendFileSync, closeSync, fsyncSync, openSync, readFileSync } from 'node:fs'
import { errnoOf, readFailure, StoreError, writeFailure } from './errors.js'

/** Bytes of a claims file that is read: a line per word said in a merge, about 250 bytes. */
const CLAIMS_BYTES_MAX = 16 * 1024 * 1024

export interface ClaimsFile {
  /** What was written in earlier lives, oldest first. */
  readonly known: readonly (readonly [slot: string, value: string])[]
  /** On disk when it returns: nothing may be said before. A few bytes, a few times per merge. @throws StoreError */
  append(slot: string, value: string): void
}

/**
 * The words that a peer has said in merges, each on a line of its own, so that it does not vote twice after a restart.
 * A line that kill -9 cut short was not said.
 * @throws StoreError UNREADABLE, TOO_LARGE
 */
export const openClaimsFile = (path: string): ClaimsFile => {
  const known = readLines(path).flatMap((line) => {
    const claim = parseLine(line)
    return claim ? [claim] : []
  })
  return {
    known,
    append(slot, value) {
      try {
        const file = openSync(path, 'a')
        try {
          // Begins a line, whatever a crash has left of the one before.
          appendFileSync(file, `\n${JSON.stringify([slot, value])}`)
          fsyncSync(file)
        } finally {
          closeSync(file)
        }
      } catch (error) {
        throw writeFailure(path, error)
      }
    },
  }
}

const readLines = (path: string): readonly string[] => {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return []
    throw readFailure(path, error)
  }
  if (text.length <= CLAIMS_BYTES_MAX) return text.split('\n')
  throw new StoreError(
    'TOO_LARGE',
    `${path} is too large to be what this peer has said in merges. Nothing was started.`,
    {
      path,
      bytes: text.length,
      max: CLAIMS_BYTES_MAX,
    },
  )
}

const parseLine = (line: string): readonly [string, string] | undefined => {
  try {
    const value: unknown = JSON.parse(line)
    const [slot, said] = Array.isArray(value) ? (value as unknown[]) : []
    return typeof slot === 'string' && typeof said === 'string' ? [slot, said] : undefined
  } catch {
    return undefined
  }
}
