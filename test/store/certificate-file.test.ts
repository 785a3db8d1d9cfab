import assert from 'node:assert/strict'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { loadCertificate, saveCertificate } from '../../node/store/index.js'
import type { Certificate } from '../../protocols/final-merge/index.js'
import { limits } from '../../protocols/limits.js'
import { inTemporaryFolder } from './temporary-folder.js'

const certificate: Certificate = {
  run: 'a1'.repeat(32),
  mergeId: '1.2',
  rule: 'variance-corrected',
  weighting: 'samples',
  members: ['ann', 'bob', 'cyd'],
  roster: [
    { id: 'ann', digest: 'b2'.repeat(32), samples: 320 },
    { id: 'cyd', digest: 'c3'.repeat(32), samples: 0 },
  ],
  digest: 'd4'.repeat(32),
  chunkBytes: 2048,
  signatures: [
    { id: 'bob', signature: 'e5'.repeat(64) },
    { id: 'cyd', signature: 'f6'.repeat(64) },
  ],
}
const refusesToSave = (wrong: object, message: RegExp) =>
  inTemporaryFolder(async (folder) => {
    const path = join(folder, 'c.json')
    const saving = saveCertificate(path, { ...certificate, ...wrong })
    await assert.rejects(
      saving,
      { name: 'StoreError', code: 'MALFORMED', message },
      JSON.stringify(wrong).slice(0, 80),
    )
    assert.deepEqual(await readdir(folder), [])
  })
/** What loading a file with this content throws. */
const refusesToLoad = (content: string | Uint8Array, expected: { code: string; message?: RegExp }) =>
  inTemporaryFolder(async (folder) => {
    await writeFile(join(folder, 'c.json'), content)
    await assert.rejects(loadCertificate(join(folder, 'c.json')), { name: 'StoreError', ...expected })
  })

describe('a saved certificate', () => {
  it('loads as it was saved, from a folder that did not exist', () =>
    inTemporaryFolder(async (folder) => {
      const path = join(folder, 'out', 'c.json')
      await saveCertificate(path, certificate)
      assert.deepEqual(await loadCertificate(path), certificate)
      assert.deepEqual(await readdir(join(folder, 'out')), ['c.json'])
    }))
  it('is JSON in lines, with its version first', () =>
    inTemporaryFolder(async (folder) => {
      const path = join(folder, 'c.json')
      await saveCertificate(path, certificate)
      const text = await readFile(path, 'utf8')
      assert.match(text, /^\{\n {2}"format": 1,\n {2}"run": "a1/)
      assert.ok(text.endsWith('\n}\n'))
      assert.deepEqual(JSON.parse(text), { format: 1, ...certificate })
    }))
  it('fits its bound with as many members as a merge may have, their ids as long as they may be', () =>
    inTemporaryFolder(async (folder) => {
      const path = join(folder, 'c.json')
      const members = Array.from({ length: limits.mergeMembersMax }, (_, i) => `${i}`.padStart(128, '0'))
      const largest: Certificate = {
        ...certificate,
        members,
        roster: members.map((id) => ({ id, digest: 'b2'.repeat(32), samples: Number.MAX_SAFE_INTEGER })),
        signatures: members.map((id) => ({ id, signature: 'e5'.repeat(512) })),
      }
      await saveCertificate(path, largest)
      assert.deepEqual(await loadCertificate(path), largest)
      await refusesToSave({ members: [...members, 'one more'] }, /members/)
    }))
})

describe('what is no certificate', () => {
  it('is not saved', async () => {
    await refusesToSave({ members: [] }, /members/)
    await refusesToSave({ roster: [] }, /roster/)
    await refusesToSave({ run: '0042' }, /run: must be 64/)
    await refusesToSave({ digest: 'D4'.repeat(32) }, /digest/)
    await refusesToSave({ weighting: 'size' }, /weighting/)
    await refusesToSave({ chunkBytes: 0 }, /chunkBytes/)
    await refusesToSave({ chunkBytes: limits.chunkBytes + 1 }, /chunkBytes/)
    await refusesToSave(
      { roster: [{ id: 'ann', digest: 'b2'.repeat(32), samples: -1 }] },
      /roster\.0\.samples/,
    )
    await refusesToSave(
      { signatures: [{ id: 'ann', signature: 'e' }] },
      /signatures\.0\.signature: must be lower/,
    )
  })
  it('could hide a member in a line break, and is refused', async () => {
    // Signed are lines: these three would be signed like four, of whom three must agree instead of two.
    await refusesToSave({ members: ['ann', 'bob', 'cyd\ndan'] }, /members\.2: must be visible ASCII/)
    await refusesToSave({ mergeId: '1.2\nmean' }, /mergeId/)
    await refusesToSave({ rule: 'mean\nuniform' }, /rule/)
  })
  it('is refused when it was cut off anywhere', async () => {
    const whole = JSON.stringify({ format: 1, ...certificate })
    for (let length = 0; length < whole.length; length += 61) {
      await refusesToLoad(whole.slice(0, length), {
        code: 'MALFORMED',
        message: /c\.json is not a.*cut off.*copy it/,
      })
    }
  })
  it('is refused when it is text, bytes, or other JSON', async () => {
    await refusesToLoad('Dear Bob, \u001b[2J', { code: 'MALFORMED', message: /not JSON/ })
    await refusesToLoad(Uint8Array.of(0x22, 0xff, 0x22), { code: 'MALFORMED', message: /not JSON/ })
    for (const json of ['null', '[]', '7', '"x"', '{}']) await refusesToLoad(json, { code: 'MALFORMED' })
  })
  it('is refused with a key that is unknown, missing or there twice', async () => {
    const file = { format: 1, ...certificate }
    await refusesToLoad(JSON.stringify({ ...file, note: '' }), { code: 'MALFORMED', message: /note/ })
    const [first] = certificate.roster
    await refusesToLoad(JSON.stringify({ ...file, roster: [{ ...first, note: '' }] }), {
      code: 'MALFORMED',
      message: /roster\.0: .*note/,
    })
    for (const key of Object.keys(file)) {
      await refusesToLoad(JSON.stringify({ ...file, [key]: undefined }), {
        code: 'MALFORMED',
        message: new RegExp(key),
      })
    }
    await refusesToLoad(JSON.stringify(file).replace('{', '{"run":"x",'), {
      code: 'MALFORMED',
      message: /the key "run" twice/,
    })
  })
  it('is refused in a later version, with advice', () =>
    refusesToLoad(JSON.stringify({ ...certificate, format: 2, more: {} }), {
      code: 'MALFORMED',
      message: /version 2, this program reads 1\..*; update the program/,
    }))
  it('is refused by its size before it is read', () =>
    refusesToLoad(' '.repeat(600_000), { code: 'TOO_LARGE', message: /600000 bytes/ }))
  it('is told from a file that is not there or is a folder', () =>
    inTemporaryFolder(async (folder) => {
      await assert.rejects(loadCertificate(join(folder, 'none')), { code: 'NOT_FOUND' })
      await assert.rejects(loadCertificate(folder), { code: 'UNREADABLE' })
    }))
})
