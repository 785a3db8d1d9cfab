import { createIdentity, peerIdOf } from '../network/index.js'
import { loadOrCreateIdentity, type Identity } from '../store/index.js'

/** Where a folder has the identity of its peer. */
export const IDENTITY = 'identity.key'

/** Made when it is asked for first. @throws StoreError as loadOrCreateIdentity */
export const peerIdentity = (path: string): Promise<Identity> =>
  loadOrCreateIdentity({ path, create: createIdentity, check: (bytes) => void peerIdOf(bytes) })
