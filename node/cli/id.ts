import { join, resolve } from 'node:path'
import { peerIdOf } from '../network/index.js'
import { createOutput } from './output.js'
import { IDENTITY, peerIdentity } from './peer-identity.js'

/** @throws StoreError as peerIdentity; an identity that is there was not changed. */
export const sayId = async (folder: string, options: { readonly json: boolean }): Promise<void> => {
  const output = createOutput(options)
  const path = join(resolve(folder), IDENTITY)
  const { bytes, created } = await peerIdentity(path)
  const id = peerIdOf(bytes)
  output.say(
    `${id}  (${created ? 'made now, ' : ''}for the peer whose --out is ${resolve(folder)}, while ${IDENTITY} is there)`,
  )
  output.emit({ type: 'result', id, path, created })
}
