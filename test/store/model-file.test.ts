import assert from 'node:assert/strict'
import { mkdir, open, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import {
  decodeSafetensors,
  encodeSafetensors,
  loadModel,
  saveModel,
  type ModelMetadata,
} from '../../node/store/index.js'
import { createLayout } from '../../protocols/model/index.js'
import { inTemporaryFolder } from './temporary-folder.js'

const layout = createLayout([
  { name: 'dense/kernel', shape: [3, 2], kind: 'kernel' },
  { name: 'dense/bias', shape: [2], kind: 'bias' },
  { name: 'norm/gamma', shape: [2], kind: 'scale' },
])
const weights = Float32Array.from({ length: 10 }, (_, i) => i / 3 - 1)
const metadata: ModelMetadata = {
  model: 'mlp:16',
  inputShape: [28, 20, 1],
  classes: 10,
  runId: '0042',
  digest: 'ab'.repeat(32),
  peers: 7,
  createdBy: 'murmuration 0.1.0',
}

describe('a saved model', () => {
  it('loads as it was saved, from a folder that did not exist', () =>
    inTemporaryFolder(async (folder) => {
      const path = join(folder, 'out', 'model.safetensors')
      await saveModel(path, { layout, weights, metadata })
      assert.deepEqual(await loadModel(path, { layout }), { layout, weights, metadata })
      assert.deepEqual(await readdir(join(folder, 'out')), ['model.safetensors'])
    }))

  it('keeps its description as text that other readers show', () =>
    inTemporaryFolder(async (folder) => {
      const path = join(folder, 'm')
      await saveModel(path, { layout, weights, metadata })
      assert.deepEqual(decodeSafetensors(await readFile(path)).metadata, {
        'murmuration.format': '1',
        'murmuration.model': 'mlp:16',
        'murmuration.inputShape': '[28,20,1]',
        'murmuration.classes': '10',
        'murmuration.runId': '0042',
        'murmuration.digest': 'ab'.repeat(32),
        'murmuration.peers': '7',
        'murmuration.createdBy': 'murmuration 0.1.0',
      })
    }))

  it('is not taken for another model', () =>
    inTemporaryFolder(async (folder) => {
      const path = join(folder, 'm')
      await saveModel(path, { layout, weights, metadata })
      const other = createLayout([{ name: 'dense/kernel', shape: [2, 3], kind: 'kernel' }])
      await assert.rejects(loadModel(path, { layout: other }), { code: 'LAYOUT_MISMATCH' })
    }))
})

describe('saving a model', () => {
  it('writes nothing when the weights are not finite or the description is wrong', () =>
    inTemporaryFolder(async (folder) => {
      const path = join(folder, 'm')
      await saveModel(path, { layout, weights, metadata })
      const before = await readFile(path)
      const broken = weights.with(7, NaN)
      await assert.rejects(saveModel(path, { layout, weights: broken, metadata }), { code: 'NOT_FINITE' })
      for (const wrong of [{ classes: 0 }, { peers: 1.5 }, { digest: 'AB'.repeat(32) }, { model: '' }]) {
        const model = { layout, weights, metadata: { ...metadata, ...wrong } }
        await assert.rejects(saveModel(path, model), { code: 'MALFORMED' })
      }
      assert.deepEqual(await readFile(path), before)
    }))
})

describe('loading what is no saved model', () => {
  const stored = async (path: string, fields: Record<string, string>) =>
    writeFile(path, encodeSafetensors({ layout, weights, metadata: fields }))

  it('tells a missing file from one that can not be read', () =>
    inTemporaryFolder(async (folder) => {
      await writeFile(join(folder, 'file'), 'x')
      await mkdir(join(folder, 'sub'))
      await assert.rejects(loadModel(join(folder, 'none')), { code: 'NOT_FOUND' })
      await assert.rejects(loadModel(join(folder, 'file', 'none')), { code: 'NOT_FOUND' })
      await assert.rejects(loadModel(join(folder, 'sub')), { code: 'UNREADABLE' })
      await assert.rejects(loadModel(join(folder, 'file')), { code: 'TRUNCATED', message: /file: the safe/ })
    }))

  it('refuses safetensors of another program, of a later version, and with fields missing or wrong', () =>
    inTemporaryFolder(async (folder) => {
      const path = join(folder, 'm')
      await saveModel(path, { layout, weights, metadata })
      const good = decodeSafetensors(await readFile(path)).metadata
      await stored(path, { format: 'pt' })
      await assert.rejects(loadModel(path), { code: 'MALFORMED', message: /not one that Murmuration saved/ })
      await stored(path, { ...good, 'murmuration.format': '2' })
      await assert.rejects(loadModel(path), { code: 'MALFORMED', message: /version 2/ })
      const fields = [
        ['classes', 'ten'],
        ['classes', '-1'],
        ['inputShape', '[28,28]'],
        ['inputShape', '{'],
        ['digest', '00'],
        ['peers', '"7"'],
        ['runId', ''],
      ]
      for (const [field, value] of fields) {
        await stored(path, { ...good, [`murmuration.${field}`]: value! })
        await assert.rejects(loadModel(path), { code: 'MALFORMED', message: new RegExp(field!) })
      }
      for (const key of Object.keys(good)) {
        await stored(path, Object.fromEntries(Object.entries(good).filter(([other]) => other !== key)))
        await assert.rejects(loadModel(path), { code: 'MALFORMED' }, key)
      }
      await stored(path, { ...good, 'someone.else': 'x' })
      assert.deepEqual((await loadModel(path)).metadata, metadata)
    }))

  it('refuses a file that no model could fill, without reading it', () =>
    inTemporaryFolder(async (folder) => {
      const file = await open(join(folder, 'sparse'), 'w')
      await file.truncate(600_000_000)
      await file.close()
      await assert.rejects(loadModel(join(folder, 'sparse')), { code: 'TOO_LARGE' })
    }))
})
