import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import { reasonOf, type MurmurationError } from '../../protocols/errors.js'
import { hintFor } from '../../protocols/suggestion.js'
import { errnoOf } from '../store/index.js'

/** What the operating system says of a folder where a file is needed, and the other way round. */
const MIXED_UP = ['EISDIR', 'ENOTDIR', 'EEXIST']
/** What it says of a file that is to be read and is not there. When one is to be written, that means something else. */
const MISSING = 'ENOENT'

/**
 * The message of a file that cannot be read or written, with the mistake in words and advice that fits it; undefined
 * where folder and file were not mixed up and the file is there.
 * @param what the file is, where the message has but its path.
 */
export const pathMistake = async (error: MurmurationError, what?: string): Promise<string | undefined> => {
  const { path } = error.details
  if (typeof path !== 'string') return undefined
  const isRead = error.message.startsWith('cannot read')
  const mistake = await mistakeOf(path, { errno: errnoOf(error.cause), isRead })
  if (mistake === undefined) return undefined
  // `cannot read the scenario x: `, or `cannot write x (`.
  const [before = ''] = error.message.split(reasonOf(error.cause))
  const place = before.replace(/[\s:(]+$/, '')
  return `${what === undefined ? place : place.replace(/^cannot read /, `cannot read ${what} `)}: ${mistake}`
}

const mistakeOf = async (
  path: string,
  { errno, isRead }: { readonly errno: string; readonly isRead: boolean },
): Promise<string | undefined> => {
  if (errno === MISSING) return isRead ? missing(path) : undefined
  return MIXED_UP.includes(errno) ? mixedUp(path) : undefined
}

const missing = async (path: string): Promise<string> => {
  const folder = dirname(resolve(path))
  const others = await readdir(folder).catch(() => undefined)
  if (others === undefined) return `there is no folder ${dirname(path)}. Check the path.`
  const hint = others.length === 0 ? '' : hintFor(basename(path), others)
  return `there is no such file.${hint} Check the path.`
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
