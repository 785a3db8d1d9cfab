import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { CliError } from './exit-codes.js'

/** What a peer says when its folder is taken. */
const PEER: Claimant = { who: 'a peer', advice: 'choose another --name or --out' }

export interface Claimant {
  readonly who: string
  /** What to do when the folder is taken. */
  readonly advice: string
}

/**
 * Claims a folder for this process: two peers with one identity would take each other's place in the run, and two
 * sweeps would write into each other's lines. A claim of a process that no longer lives counts for nothing. Given back
 * when the process ends.
 * @param path the file that holds the claim, in the folder.
 * @throws CliError FOLDER_IN_USE
 */
export const claimFolder = (path: string, { who, advice } = PEER): void => {
  const owner = ownerOf(path)
  if (owner !== undefined) {
    throw new CliError(
      'FOLDER_IN_USE',
      `${dirname(path)} belongs to ${who} that is running (process ${owner}). Nothing was started; ${advice}.`,
      { path, owner },
    )
  }
  writeFileSync(path, String(process.pid))
  process.once('exit', () => rmSync(path, { force: true }))
}

const ownerOf = (path: string): number | undefined => {
  try {
    const owner = Number(readFileSync(path, 'utf8'))
    // Signal 0 only asks whether the process is there.
    return Number.isSafeInteger(owner) && owner > 0 && process.kill(owner, 0) ? owner : undefined
  } catch {
    return undefined
  }
}
