import assert from 'node:assert/strict'
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { loadOrCreateIdentity } from '../../node/store/index.js'
import { inTemporaryFolder } from './temporary-folder.js'

const key = (value: number) => new Uint8Array(68).fill(value)
const never = () => assert.fail('must not create a new identity')

describe('an identity file', () => {
  it('is created for its owner alone, and found again', () =>
    inTemporaryFolder(async (folder) => {
      const path = join(folder, 'home', 'identity')
      const first = await loadOrCreateIdentity({ path, create: () => key(3) })
      assert.deepEqual(first, { bytes: key(3), created: true })
      assert.equal((await stat(path)).mode & 0o777, 0o600)
      const second = await loadOrCreateIdentity({ path, create: never })
      assert.deepEqual({ ...second, bytes: new Uint8Array(second.bytes) }, { bytes: key(3), created: false })
      assert.deepEqual(await readdir(join(folder, 'home')), ['identity'])
    }))

  it('is the same for all that start at once', () =>
    inTemporaryFolder(async (folder) => {
      const path = join(folder, 'identity')
      const starts = [1, 2, 3, 4, 5].map((value) =>
        loadOrCreateIdentity({ path, create: () => Promise.resolve(key(value)) }),
      )
      const found = await Promise.all(starts)
      assert.equal(found.filter(({ created }) => created).length, 1)
      assert.equal(new Set(found.map(({ bytes }) => Buffer.from(bytes).toString('hex'))).size, 1)
      assert.deepEqual(await readdir(folder), ['identity'])
    }))

  it('gives way to one that appears while the key is being made', () =>
    inTemporaryFolder(async (folder) => {
      const path = join(folder, 'identity')
      const create = async () => {
        await writeFile(path, key(8))
        return key(9)
      }
      const { bytes, created } = await loadOrCreateIdentity({ path, create })
      assert.deepEqual(new Uint8Array(bytes), key(8))
      assert.equal(created, false)
    }))

  it('is never overwritten when it is empty, wrong, too large or a folder', () =>
    inTemporaryFolder(async (folder) => {
      const path = join(folder, 'identity')
      const check = (bytes: Uint8Array) => {
        if (bytes.length !== 68) throw new Error(`${bytes.length} bytes instead of 68`)
      }
      for (const [content, code] of [
        ['', 'MALFORMED'],
        ['nonsense', 'MALFORMED'],
        ['x'.repeat(20_000), 'TOO_LARGE'],
      ] as const) {
        await writeFile(path, content)
        await assert.rejects(loadOrCreateIdentity({ path, create: never, check }), { code })
        assert.equal(await readFile(path, 'utf8'), content)
      }
      await mkdir(join(folder, 'sub'))
      await assert.rejects(loadOrCreateIdentity({ path: join(folder, 'sub'), create: never }), {
        code: 'UNREADABLE',
      })
    }))

  it('reports a place that can not be written', () =>
    inTemporaryFolder(async (folder) => {
      await writeFile(join(folder, 'file'), 'x')
      const path = join(folder, 'file', 'identity')
      await assert.rejects(loadOrCreateIdentity({ path, create: () => key(1) }), { code: 'NOT_WRITABLE' })
    }))
})
