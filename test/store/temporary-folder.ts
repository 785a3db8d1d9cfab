import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Runs `use` with an empty folder that is removed afterwards. */
export const inTemporaryFolder = async (use: (folder: string) => Promise<void>): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'murmur-store-'))
  try {
    await use(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** What the operating system throws. */
export const errno = (code: string): Error => Object.assign(new Error(`${code}: simulated`), { code })
