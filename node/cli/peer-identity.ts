import { createIdentity, peerIdOf } from '../network/index.js'
import { loadOrCreateIdentity } from '../store/index.js'
import type { OutputFolder } from './output-folder.js'

/** Who the peer of a folder is: made when it is asked for first. @throws StoreError as loadOrCreateIdentity */
export const peerIdentity = async (folder: OutputFolder): Promise<Uint8Array> => {
  const { bytes } = await loadOrCreateIdentity({
    path: await folder.file('identity.key'),
    create: createIdentity,
    check: (bytes) => void peerIdOf(bytes),
  })
  return bytes
}
