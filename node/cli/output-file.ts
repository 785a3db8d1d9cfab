import { stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { StoreError } from '../store/index.js'
import { openOutputFolder, type OutputFolder } from './output-folder.js'
import { namesFolder } from './path-mistake.js'

/**
 * Makes sure, before anything takes long, that a file can be written at `path`, also over one that is there.
 * @returns the folder that it goes into, which is made.
 * @throws StoreError NOT_WRITABLE, also where a folder has that name; DISK_FULL or WRITE_FAILED. No folder is left then.
 */
export const openOutputFile = async (path: string): Promise<OutputFolder> => {
  const found = await stat(path).catch(() => undefined)
  if (namesFolder(path) || found?.isDirectory() === true) {
    throw new StoreError(
      'NOT_WRITABLE',
      `cannot write ${path}: it is a folder, and a file is needed. Name a file in it.`,
      { path },
    )
  }
  return openOutputFolder(dirname(path))
}
