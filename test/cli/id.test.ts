import assert from 'node:assert/strict'
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { IDENTITY, peerIdentity } from '../../node/cli/peer-identity.js'
import { peerIdOf } from '../../node/network/index.js'
import { emptyFolder } from './results-of-runs.js'

describe('who the peer of a folder is', () => {
  it('is made when it is asked for first, and stays', async () => {
    const folder = join(await emptyFolder(), 'new')
    const path = join(folder, IDENTITY)
    const first = await peerIdentity(path)
    assert.ok(first.created)
    assert.match(peerIdOf(first.bytes), /^12D3KooW/)
    const again = await peerIdentity(path)
    assert.equal(again.created, false)
    assert.equal(peerIdOf(again.bytes), peerIdOf(first.bytes))
    assert.deepEqual(await readdir(folder), [IDENTITY])
  })

  it('is not made anew where the file is no key', async () => {
    const path = join(await emptyFolder(), IDENTITY)
    await writeFile(path, 'no key')
    await assert.rejects(peerIdentity(path), { code: 'MALFORMED' })
  })
})
