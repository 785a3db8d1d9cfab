import assert from 'node:assert/strict'
import { appendFile, mkdir, readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { createClaims } from '../../node/peer/merge/claims.js'
import { openClaimsFile } from '../../node/store/index.js'
import { inTemporaryFolder } from './temporary-folder.js'

const inFile = (use: (path: string) => Promise<void>) => () =>
  inTemporaryFolder((folder) => use(join(folder, 'merge-claims.jsonl')))

/** As a peer opens it when it starts. */
const openClaims = (path: string) => {
  const file = openClaimsFile(path)
  return createClaims(file.known, (slot, value) => file.append(slot, value))
}

describe('a claims file', () => {
  it(
    'is made with the first claim, and holds a line of each',
    inFile(async (path) => {
      const file = openClaimsFile(path)
      assert.deepEqual(file.known, [])
      await assert.rejects(readFile(path), { code: 'ENOENT' })
      file.append('result 1.1', 'ab "c" \n d')
      file.append('ü', '')
      assert.equal(await readFile(path, 'utf8'), '\n["result 1.1","ab \\"c\\" \\n d"]\n["ü",""]')
      assert.deepEqual(openClaimsFile(path).known, [
        ['result 1.1', 'ab "c" \n d'],
        ['ü', ''],
      ])
    }),
  )

  it(
    'keeps a peer to its words in a second life, and a third',
    inFile((path) => {
      assert.equal(openClaims(path).claim('result 1.1', 'a'), true)
      const second = openClaims(path)
      assert.equal(second.claim('result 1.1', 'b'), false)
      assert.equal(second.claim('result 1.1', 'a'), true)
      assert.equal(second.claim('result 2.1', 'b'), true)
      assert.deepEqual(openClaimsFile(path).known, [
        ['result 1.1', 'a'],
        ['result 2.1', 'b'],
      ])
      return Promise.resolve()
    }),
  )

  it(
    'forgets nothing but a last line that was cut short, wherever it was cut',
    inFile(async (path) => {
      const first = openClaimsFile(path)
      first.append('one', 'a')
      const whole = (await readFile(path)).length
      first.append('two', 'b')
      const both = await readFile(path)
      for (let length = whole; length < both.length; length++) {
        await writeFile(path, both)
        await truncate(path, length)
        const file = openClaimsFile(path)
        assert.deepEqual(file.known, [['one', 'a']], `cut after ${length} bytes`)
        // What comes next does not join what is left.
        file.append('three', 'c')
        assert.deepEqual(openClaimsFile(path).known, [
          ['one', 'a'],
          ['three', 'c'],
        ])
      }
    }),
  )

  it(
    'passes over lines that are no claims',
    inFile(async (path) => {
      await writeFile(path, 'hello\n{"a":1}\n[1,2]\n["slot"]\nnull\n')
      await appendFile(path, '["slot","value"]\n\n')
      assert.deepEqual(openClaimsFile(path).known, [['slot', 'value']])
    }),
  )

  it(
    'does not start what cannot be read, or is far too large',
    inFile(async (path) => {
      await mkdir(path)
      assert.throws(() => openClaimsFile(path), { name: 'StoreError', code: 'UNREADABLE' })
      const large = `${path}-large`
      await writeFile(large, 'x'.repeat(16 * 1024 * 1024 + 1))
      assert.throws(() => openClaimsFile(large), { name: 'StoreError', code: 'TOO_LARGE' })
    }),
  )

  it(
    'says so when a claim cannot be written',
    inFile(async (path) => {
      const file = openClaimsFile(path)
      await mkdir(path)
      assert.throws(() => file.append('slot', 'value'), { name: 'StoreError', code: 'NOT_WRITABLE' })
    }),
  )
})
