import { join } from 'node:path'
import { peerIdOf } from '../network/index.js'
import { createOutput } from './output.js'
import { openOutputFolder } from './output-folder.js'
import { peerIdentity } from './peer-identity.js'

/** @throws StoreError as openOutputFolder and peerIdentity; an identity that is there was not changed. */
export const sayId = async (given: string, options: { readonly json: boolean }): Promise<void> => {
  const output = createOutput(options)
  const folder = await openOutputFolder(given)
  try {
    const id = peerIdOf(await peerIdentity(folder))
    const path = join(folder.path, 'identity.key')
    output.say(`${id}  (the peer of ${folder.path}, as long as its identity.key is there)`)
    output.emit({ type: 'result', id, path })
  } catch (error) {
    await folder.giveUp()
    throw error
  }
}
