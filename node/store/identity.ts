import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { copyFile, link, open, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { reasonOf } from '../../protocols/errors.js'
import { errnoOf, StoreError, writeFailure } from './errors.js'
import { makeFolder } from './folder.js'
import { readBounded } from './model-file.js'

export interface IdentityOptions {
  readonly path: string
  /** Makes the bytes of a new identity. Called only when there is no file. */
  readonly create: () => Uint8Array | Promise<Uint8Array>
  /** Throws when bytes are no identity. By default any that are not empty will do. */
  readonly check?: (bytes: Uint8Array) => void
}

export interface Identity {
  readonly bytes: Uint8Array
  /** This call made it. */
  readonly created: boolean
}

/** Bytes of an identity file. An Ed25519 key in protobuf has 68, an RSA-4096 key about 2,400. */
const IDENTITY_BYTES_MAX = 16 * 1024
/** Only the owner may read the private key. */
const OWNER_ONLY = 0o600
/** What link(2) says on file systems without hard links. */
const NO_LINKS = ['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP']

/**
 * The identity in a file, made and saved with mode 0600 when there is none. An existing file is never written:
 * losing a key means losing the peer's name. Of two processes that start at once, one creates and both get the
 * same bytes.
 * @throws StoreError MALFORMED, UNREADABLE or TOO_LARGE for a file that is there and no identity; as atomicWrite
 *   when it can't be saved.
 */
export const loadOrCreateIdentity = async ({ path, create, check }: IdentityOptions): Promise<Identity> => {
  const found = await readIdentity(path, check)
  if (found !== null) return { bytes: found, created: false }
  const bytes = await create()
  if (await saveExclusively(path, bytes)) return { bytes, created: true }
  const winner = await readIdentity(path, check)
  if (winner !== null) return { bytes: winner, created: false }
  throw writeFailure(path, new Error('another process created it and removed it again'))
}

const readIdentity = async (path: string, check: IdentityOptions['check']): Promise<Uint8Array | null> => {
  try {
    const bytes = await readBounded(path, IDENTITY_BYTES_MAX)
    if (bytes.length === 0) throw new Error('it is empty')
    check?.(bytes)
    return bytes
  } catch (error) {
    if (!(error instanceof StoreError)) throw notAnIdentity(path, error)
    if (error.code === 'NOT_FOUND') return null
    throw error
  }
}

/**
 * False when the path exists already. The file is written whole under another name and then linked: link(2) is as
 * exclusive as opening with `wx`, and nobody, also after kill -9, ever sees a part of a key.
 */
const saveExclusively = async (path: string, bytes: Uint8Array): Promise<boolean> => {
  const temporary = `${path}.${randomUUID()}`
  try {
    await makeFolder(dirname(path))
    try {
      const file = await open(temporary, 'wx', OWNER_ONLY)
      try {
        await file.writeFile(bytes)
        await file.sync()
      } finally {
        await file.close()
      }
      await link(temporary, path).catch((error: unknown) => {
        if (!NO_LINKS.includes(errnoOf(error))) throw error
        return copyFile(temporary, path, constants.COPYFILE_EXCL)
      })
      return true
    } catch (error) {
      if (errnoOf(error) === 'EEXIST') return false
      throw error
    } finally {
      await unlink(temporary).catch(() => {})
    }
  } catch (error) {
    throw writeFailure(path, error)
  }
}

const notAnIdentity = (path: string, error: unknown): StoreError =>
  new StoreError(
    'MALFORMED',
    `${path} is not an identity (${reasonOf(error)}). It was left as it is; restore it from a copy, or move it away to ` +
      'start as a new peer.',
    { path },
    { cause: error },
  )
