import { stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { reasonOf, type MurmurationError } from '../../protocols/errors.js'
import { errnoOf } from '../store/index.js'

/** What the operating system says of a folder where a file is needed, and the other way round. */
const ERRNOS = ['EISDIR', 'ENOTDIR', 'EEXIST']

/**
 * The message of a file that cannot be read or written, with the mistake in words and advice that fits it; undefined
 * where folder and file were not mixed up.
 */
export const pathMistake = async (error: MurmurationError): Promise<string | undefined> => {
  const { path } = error.details
  if (typeof path !== 'string' || !ERRNOS.includes(errnoOf(error.cause))) return undefined
  const what = await mixedUp(path)
  if (what === undefined) return undefined
  // `cannot read the scenario x: `, or `cannot write x (`.
  const [before = ''] = error.message.split(reasonOf(error.cause))
  return `${before.replace(/[\s:(]+$/, '')}: ${what}`
}

const mixedUp = async (path: string): Promise<string | undefined> => {
  const { place, isFolder } = await nearestExisting(resolve(path))
  const itself = place === resolve(path)
  if (isFolder) return itself ? 'it is a folder, and a file is needed. Name a file in it.' : undefined
  return itself && !namesFolder(path)
    ? 'it is no folder, and a folder is needed. Choose another name.'
    : `${place} is no folder, so nothing can be in it. Choose another path.`
}

/** `graphs/` with the slash that only folders have. */
export const namesFolder = (path: string): boolean => /[\\/]$/.test(path)

/** The path itself, or the last folder or file on the way to it that is there. */
const nearestExisting = async (
  path: string,
): Promise<{ readonly place: string; readonly isFolder: boolean }> => {
  const found = await stat(path).catch(() => undefined)
  if (found !== undefined) return { place: path, isFolder: found.isDirectory() }
  const above = dirname(path)
  return above === path ? { place: path, isFolder: true } : nearestExisting(above)
}
