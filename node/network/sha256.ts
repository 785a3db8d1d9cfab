import { createHash } from 'node:crypto'
import type { Sha256 } from '../../protocols/wire/index.js'

/** SHA-256 by OpenSSL: about 1 ms a MiB, against 10 ms in TypeScript. */
export const sha256: Sha256 = (...parts) => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}
