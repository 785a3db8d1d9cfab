import assert from 'node:assert/strict'
import fs from 'node:fs'
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it, mock } from 'node:test'
import { atomicWrite, ensureWritable } from '../../node/store/index.js'
import { errno, inTemporaryFolder } from './temporary-folder.js'

const bytes = (...values: number[]) => Uint8Array.from(values)

describe('writing a file whole', () => {
  it('creates the folders above it and replaces what was there', () =>
    inTemporaryFolder(async (folder) => {
      const path = join(folder, 'a', 'b', 'model')
      await atomicWrite(path, bytes(1, 2, 3))
      await atomicWrite(path, bytes(4, 5))
      assert.deepEqual([...(await readFile(path))], [4, 5])
      assert.deepEqual(await readdir(join(folder, 'a', 'b')), ['model'])
    }))

  it('writes a view of a larger buffer, an empty file, and several megabytes', () =>
    inTemporaryFolder(async (folder) => {
      const path = join(folder, 'x')
      await atomicWrite(path, bytes(9, 1, 2, 9).subarray(1, 3))
      assert.deepEqual([...(await readFile(path))], [1, 2])
      await atomicWrite(path, new Uint8Array(0))
      assert.equal((await stat(path)).size, 0)
      const large = new Uint8Array(3_000_001).map((_, i) => i % 251)
      await atomicWrite(path, large)
      assert.deepEqual(new Uint8Array(await readFile(path)), large)
    }))

  it('gives the file the mode asked for', () =>
    inTemporaryFolder(async (folder) => {
      const path = join(folder, 'secret')
      await atomicWrite(path, bytes(1), { mode: 0o600 })
      assert.equal((await stat(path)).mode & 0o777, 0o600)
    }))

  it('leaves one writer’s bytes whole when several write at once', () =>
    inTemporaryFolder(async (folder) => {
      const path = join(folder, 'x')
      const writers = [1, 2, 3, 4].map((value) => atomicWrite(path, new Uint8Array(70_000).fill(value)))
      await Promise.all(writers)
      const found = await readFile(path)
      assert.equal(found.length, 70_000)
      assert.ok(found.every((value) => value === found[0]))
      assert.deepEqual(await readdir(folder), ['x'])
    }))

  it('writes everything although one write takes only half, as on a disk that fills up', () =>
    inTemporaryFolder(async (folder) => {
      const real = fs.write
      const half = (fd: number, data: unknown, ...rest: unknown[]) => {
        if (typeof data !== 'string') rest[1] = Math.floor(Number(rest[1]) / 2)
        return (real as (...all: unknown[]) => void)(fd, data, ...rest)
      }
      const mocked = mock.method(fs, 'write', half as typeof fs.write)
      try {
        await atomicWrite(join(folder, 'x'), new Uint8Array(1000).fill(7))
      } finally {
        mocked.mock.restore()
      }
      assert.equal((await stat(join(folder, 'x'))).size, 1000)
    }))
})

describe('a write that fails', () => {
  const cases = [
    ['ENOSPC', 'DISK_FULL'],
    ['EDQUOT', 'DISK_FULL'],
    ['EFBIG', 'DISK_FULL'],
    ['EROFS', 'NOT_WRITABLE'],
    ['EACCES', 'NOT_WRITABLE'],
    ['EPERM', 'NOT_WRITABLE'],
    ['EIO', 'WRITE_FAILED'],
  ] as const
  for (const [system, code] of cases) {
    it(`is ${code} on ${system}, keeps the old file and leaves no other`, () =>
      inTemporaryFolder(async (folder) => {
        const path = join(folder, 'model')
        await atomicWrite(path, bytes(1, 2, 3))
        const writeBytes = async (temporary: string) => {
          await writeFile(temporary, bytes(9), { flag: 'r+' })
          throw errno(system)
        }
        await assert.rejects(atomicWrite(path, bytes(4, 5, 6), { writeBytes }), (error: unknown) => {
          assert.match(String(error), /Nothing was half-written/)
          assert.equal((error as { code: string }).code, code)
          return true
        })
        assert.deepEqual([...(await readFile(path))], [1, 2, 3])
        assert.deepEqual(await readdir(folder), ['model'])
      }))
  }

  it('leaves no temporary file when the target is a folder', () =>
    inTemporaryFolder(async (folder) => {
      await mkdir(join(folder, 'taken', 'full'), { recursive: true })
      await assert.rejects(atomicWrite(join(folder, 'taken'), bytes(1)), { code: 'NOT_WRITABLE' })
      assert.deepEqual(await readdir(folder), ['taken'])
    }))

  it('is NOT_WRITABLE below a file', () =>
    inTemporaryFolder(async (folder) => {
      await writeFile(join(folder, 'file'), 'x')
      await assert.rejects(atomicWrite(join(folder, 'file', 'model'), bytes(1)), { code: 'NOT_WRITABLE' })
      await assert.rejects(atomicWrite(join(folder, 'file', 'deep', 'model'), bytes(1)), {
        code: 'NOT_WRITABLE',
      })
      assert.equal(await readFile(join(folder, 'file'), 'utf8'), 'x')
    }))
})

describe('probing an output folder', () => {
  it('may be done by several at once', () =>
    inTemporaryFolder(async (folder) => {
      await Promise.all([1, 2, 3, 4].map(() => ensureWritable(join(folder, 'a', 'b', 'c'))))
      assert.deepEqual(await readdir(join(folder, 'a', 'b', 'c')), [])
    }))
  it('creates it and leaves it empty', () =>
    inTemporaryFolder(async (folder) => {
      await ensureWritable(join(folder, 'a', 'b'))
      await ensureWritable(join(folder, 'a', 'b'))
      assert.deepEqual(await readdir(join(folder, 'a', 'b')), [])
    }))
  it('refuses a file and a place below a file', () =>
    inTemporaryFolder(async (folder) => {
      await writeFile(join(folder, 'file'), 'x')
      await assert.rejects(ensureWritable(join(folder, 'file')), { code: 'NOT_WRITABLE' })
      await assert.rejects(ensureWritable(join(folder, 'file', 'out')), { code: 'NOT_WRITABLE' })
    }))
  it('refuses a file system that takes no files', { skip: process.platform !== 'linux' }, () =>
    assert.rejects(ensureWritable('/proc/murmur/out'), { code: 'NOT_WRITABLE' }),
  )
})
