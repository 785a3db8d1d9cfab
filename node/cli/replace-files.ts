import { rmSync } from 'node:fs'
import { chmod, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { removeFiles, StoreError, writeFailure } from '../store/index.js'

/** A file that is to stand in a folder. */
export interface NewFile {
  readonly name: string
  /** Writes it to this path, whole or not at all, and makes the folder. */
  readonly write: (path: string) => Promise<void>
}

/** Where new files wait in their folder until all of them are on the disk. What a killed process left there goes first. */
const WAITING = '.saving'

/**
 * Puts several files into a folder that belong together. All are written before any takes its place, so that what was
 * there goes only once the new ones are safe; the disk holds both for a moment. Then `unfit` goes, and the files take
 * their places in the order given: at no moment does one of `unfit` stand beside a new file.
 * @param files the models before their certificates.
 * @param unfit names of what would not fit the new files; those that are replaced may be among them.
 * @throws StoreError of the file that could not be written: the folder is as it was, or, when renaming fails, short of a
 *   certificate. Its message says which.
 */
export const replaceFiles = async (
  folder: string,
  { files, unfit }: { readonly files: readonly NewFile[]; readonly unfit: readonly string[] },
): Promise<void> => {
  const waiting = join(folder, WAITING)
  const clear = (): void => rmSync(waiting, { recursive: true, force: true })
  process.once('exit', clear)
  try {
    await explained(`What was in ${folder} before is all still there.`, async () => {
      await cleared(waiting)
      for (const { name, write } of files) {
        await write(join(waiting, name))
        await keepMode(join(folder, name), join(waiting, name))
      }
    })
    const short = `Each file in ${folder} is whole, and none has a certificate of another merge, but some may have none.`
    await explained(short, async () => {
      await removeFiles(unfit.map((name) => join(folder, name)))
      for (const { name } of files) await moved(join(waiting, name), join(folder, name))
    })
  } finally {
    process.off('exit', clear)
    // What could not be saved is no loss, and the next to save here clears it.
    await cleared(waiting).catch(() => {})
  }
}

/** @throws what `act` throws; a StoreError also says what is safe. */
const explained = async (safe: string, act: () => Promise<void>): Promise<void> => {
  try {
    await act()
  } catch (error) {
    if (error instanceof StoreError) error.message += ` ${safe}`
    throw error
  }
}

const cleared = (path: string): Promise<void> =>
  rm(path, { recursive: true, force: true }).catch((error: unknown) => {
    throw writeFailure(path, error)
  })

/** With the permissions of the file that was there. */
const keepMode = async (former: string, to: string): Promise<void> => {
  const stats = await stat(former).catch(() => undefined)
  if (stats)
    await chmod(to, stats.mode).catch((error: unknown) => {
      throw writeFailure(to, error)
    })
}

const moved = (from: string, to: string): Promise<void> =>
  rename(from, to).catch((error: unknown) => {
    throw writeFailure(to, error)
  })
