import { rm } from 'node:fs/promises'
import { writeFailure } from './errors.js'

/** Removes these files; what is not there is no error. @throws StoreError as atomicWrite */
export const removeFiles = async (paths: readonly string[]): Promise<void> => {
  for (const path of paths) {
    try {
      await rm(path, { force: true })
    } catch (error) {
      throw writeFailure(path, error)
    }
  }
}
