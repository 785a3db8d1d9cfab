import { limits } from '../../../protocols/limits.js'
import type { ServedEncoding } from '../../network/index.js'

export type Encoding = Omit<ServedEncoding, 'waitedMs'>

/**
 * The encodings that are served, each made once: those under way, which nothing takes away from who waits for them, and
 * those that are there. Of these what was used longest ago goes first, beyond `limits.encodedModelsServed` models of
 * bytes or `limits.encodingsServed`; the one that came last stays.
 */
export interface Encodings {
  /** What is there of this key, or will be; null where there is none after all. Undefined: it must be made. */
  find(key: string): Encoding | Promise<Encoding | null> | undefined
  /** @param made null: there is none, and whoever asks next may try again. @returns the same, once it is found by its digest. */
  add(key: string, made: Promise<Encoding | null>): Promise<Encoding | null>
  /** By the root of its digest tree. */
  byDigest(digest: string): Encoding | undefined
}

export const createEncodings = (): Encodings => {
  const underWay = new Map<string, Promise<Encoding | null>>()
  /** The one used longest ago comes first. */
  const there = new Map<string, Encoding>()

  const touch = (key: string, encoding: Encoding): Encoding => {
    there.delete(key)
    there.set(key, encoding)
    return encoding
  }
  const shrink = (): void => {
    let models = [...there.values()].reduce((sum, encoding) => sum + modelsOf(encoding), 0)
    for (const [key, encoding] of there) {
      const fits = there.size <= limits.encodingsServed && models <= limits.encodedModelsServed
      if (fits || there.size === 1) return
      there.delete(key)
      models -= modelsOf(encoding)
    }
  }

  return {
    find(key) {
      const encoding = there.get(key)
      return encoding ? touch(key, encoding) : underWay.get(key)
    },
    add(key, made) {
      const settled = made.then((encoding) => {
        underWay.delete(key)
        if (encoding) touch(key, encoding)
        shrink()
        return encoding
      })
      underWay.set(key, settled)
      return settled
    },
    byDigest(digest) {
      for (const [key, encoding] of there) if (encoding.digest === digest) return touch(key, encoding)
      return undefined
    },
  }
}

const modelsOf = ({ bytes, plainBytes }: Encoding): number => bytes.byteLength / plainBytes
