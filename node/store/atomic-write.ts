import { randomUUID } from 'node:crypto'
import { unlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import writeFileAtomic from 'write-file-atomic'
import { writeFailure } from './errors.js'
import { makeFolder } from './folder.js'

export interface AtomicWriteOptions {
  /**
   * Permission bits, the owner's write bit among them. By default those of the file that is replaced, or 0666 less
   * the umask.
   */
  readonly mode?: number
  /** Writes all the bytes into a file that exists and is empty. For tests that need a disk to fail. */
  readonly writeBytes?: (path: string, bytes: Uint8Array) => Promise<void>
}

/**
 * Replaces a file whole: temporary file beside it, fsync, rename. Whoever reads the path, also after kill -9,
 * finds the old bytes or the new ones, never a part. Creates the folder. The bytes are borrowed until the promise
 * settles.
 * @throws StoreError NOT_WRITABLE, DISK_FULL or WRITE_FAILED; no temporary file is left.
 */
export const atomicWrite = async (
  path: string,
  bytes: Uint8Array,
  { mode, writeBytes = writeAll }: AtomicWriteOptions = {},
): Promise<void> => {
  try {
    await makeFolder(dirname(path))
    // write-file-atomic 7.0.1 calls write(2) once and ignores the count. A disk that fills up on the way answers with
    // a short count and no error, and the stump would be renamed over the good file. So we write the bytes, in its
    // hook, and leave it an empty string; it keeps the naming, queueing, fsync, rename and clean-up.
    await writeFileAtomic(path, '', {
      ...(mode === undefined ? {} : { mode }),
      // eslint-disable-next-line @typescript-eslint/no-misused-promises -- awaited by the library, whatever its types say
      tmpfileCreated: (temporary) => writeBytes(temporary, bytes),
    })
  } catch (error) {
    throw writeFailure(path, error)
  }
}

/**
 * Creates the folder if need be, and a small file in it, which it removes: a run that cannot save its result
 * should fail before it trains.
 * @throws StoreError NOT_WRITABLE, DISK_FULL or WRITE_FAILED.
 */
export const ensureWritable = async (directory: string): Promise<void> => {
  const probe = join(directory, `.murmur-probe-${randomUUID()}`)
  try {
    await makeFolder(directory)
    try {
      // One byte, because a full disk may still take an empty file.
      await writeFile(probe, '.', { flag: 'wx' })
    } finally {
      await unlink(probe).catch(() => {})
    }
  } catch (error) {
    throw writeFailure(directory, error)
  }
}

/** fs.writeFile repeats short writes until the last byte or an error. */
const writeAll = (path: string, bytes: Uint8Array): Promise<void> => writeFile(path, bytes, { flag: 'r+' })
