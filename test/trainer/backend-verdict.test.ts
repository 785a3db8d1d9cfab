import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import {
  readVerdict,
  verdictKey,
  verdictPath,
  verdictsKept,
  writeVerdict,
} from '../../node/trainer/backend-verdict.js'

const folder = mkdtempSync(join(tmpdir(), 'murmur-verdict-'))
after(() => rmSync(folder, { recursive: true }))

const key = verdictKey({ model: 'mlp:128', batch: 32, optimizer: 'sgd', shape: [28, 28, 1] })
const verdict = { compiled: 78_000, tensorflow: 47_000 }

describe('the verdict on the faster backend', () => {
  it('is none before anything was measured', () => {
    assert.equal(readVerdict(key, folder), undefined)
    assert.equal(verdictsKept(folder), 0)
  })
  it('is found again, beside those of other models', () => {
    writeVerdict(key, verdict, folder)
    writeVerdict('another model', { compiled: 1, tensorflow: 2 }, folder)
    assert.deepEqual(readVerdict(key, folder), verdict)
    assert.equal(readVerdict('an unknown model', folder), undefined)
    assert.equal(verdictsKept(folder), 2)
  })
  it('is none of a file that is broken, of another version or of another machine, and the next one is kept', () => {
    const path = verdictPath(folder)
    const good = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>
    const broken = [
      '{',
      '[]',
      JSON.stringify({ ...good, version: 0 }),
      JSON.stringify({ ...good, machine: 'x' }),
    ]
    for (const content of broken) {
      writeFileSync(path, content)
      assert.equal(readVerdict(key, folder), undefined)
    }
    writeVerdict(key, verdict, folder)
    assert.deepEqual(readVerdict(key, folder), verdict)
  })
  it('is given up without an error where nothing can be written', () => {
    writeFileSync(join(folder, 'file'), '')
    writeVerdict(key, verdict, join(folder, 'file'))
    assert.equal(readVerdict(key, join(folder, 'file')), undefined)
  })
})
