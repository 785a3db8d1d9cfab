import { rmdir, stat, unlink } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { ensureWritable } from '../store/index.js'

/** Where a command saves what it makes. */
export interface OutputFolder {
  /** Absolute. */
  readonly path: string
  /** It was not there before. */
  readonly isNew: boolean
  /** The path of a file in it that goes too when the folder is given up, unless it was there before. */
  file(name: string): Promise<string>
  /** A command that has come to nothing leaves no empty folder behind. What others have put there stays. */
  giveUp(): Promise<void>
}

/** @throws StoreError NOT_WRITABLE, DISK_FULL or WRITE_FAILED; no folder is left then. */
export const openOutputFolder = async (given: string): Promise<OutputFolder> => {
  const path = resolve(given)
  const madeFolders = await missingFolders(path)
  const madeFiles: string[] = []
  const giveUp = async (): Promise<void> => {
    for (const file of madeFiles) await unlink(file).catch(() => {})
    // From the inside out; one that is not empty stays, and with it those around it.
    for (const folder of madeFolders) await rmdir(folder).catch(() => {})
  }
  try {
    await ensureWritable(path)
  } catch (error) {
    await giveUp()
    throw error
  }
  return {
    path,
    isNew: madeFolders.length > 0,
    async file(name) {
      const file = join(path, name)
      if (!(await exists(file))) madeFiles.push(file)
      return file
    },
    giveUp,
  }
}

/** The folder itself and those around it, as far as they are not there yet. */
const missingFolders = async (path: string): Promise<string[]> =>
  (await exists(path)) ? [] : [path, ...(await missingFolders(dirname(path)))]

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )
