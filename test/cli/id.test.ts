import assert from 'node:assert/strict'
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { openOutputFolder } from '../../node/cli/output-folder.js'
import { peerIdentity } from '../../node/cli/peer-identity.js'
import { peerIdOf } from '../../node/network/index.js'
import { emptyFolder } from './results-of-runs.js'

describe('who the peer of a folder is', () => {
  it('is made when it is asked for first, and stays', async () => {
    const path = join(await emptyFolder(), 'new')
    const first = peerIdOf(await peerIdentity(await openOutputFolder(path)))
    assert.match(first, /^12D3KooW/)
    assert.equal(peerIdOf(await peerIdentity(await openOutputFolder(path))), first)
    assert.deepEqual(await readdir(path), ['identity.key'])
  })

  it('is not made anew where the file is no key', async () => {
    const path = await emptyFolder()
    await writeFile(join(path, 'identity.key'), 'no key')
    await assert.rejects(peerIdentity(await openOutputFolder(path)), { code: 'MALFORMED' })
  })
})
