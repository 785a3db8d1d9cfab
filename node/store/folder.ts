import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { errnoOf } from './errors.js'

/**
 * Creates a folder and those above it. Not `mkdir(…, { recursive: true })`: where a file system says ENOENT to a
 * new folder, as /proc does, Node 20 retries that for ever.
 * @throws what the operating system says.
 */
export const makeFolder = async (path: string): Promise<void> => {
  try {
    await mkdir(path)
  } catch (error) {
    // Also said of a folder that exists: EEXIST, EISDIR for a root, EROFS or EACCES on some systems.
    if (await isFolder(path)) return
    const parent = dirname(path)
    if (errnoOf(error) !== 'ENOENT' || parent === path) throw error
    await makeFolder(parent)
    // Once more: the parent is there now, and another process may have been faster.
    await mkdir(path).catch(async (again: unknown) => {
      if (!(await isFolder(path))) throw again
    })
  }
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
