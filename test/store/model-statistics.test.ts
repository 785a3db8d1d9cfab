import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { saveRunModel } from '../../node/cli/save-model.js'
import {
  decodeSafetensors,
  encodeSafetensors,
  loadModel,
  saveModel,
  type ModelMetadata,
} from '../../node/store/index.js'
import { layoutOf, statisticsLengthOf } from '../../node/trainer/index.js'
import { createLayout } from '../../protocols/model/index.js'
import { parseRunConfiguration } from '../../protocols/run/index.js'
import { inTemporaryFolder } from './temporary-folder.js'

const layout = createLayout([
  { name: 'conv/kernel', shape: [3, 2], kind: 'kernel' },
  { name: 'norm/gamma', shape: [2], kind: 'scale' },
  { name: 'norm/beta', shape: [2], kind: 'bias' },
])
const weights = Float32Array.from({ length: 10 }, (_, i) => i / 3 - 1)
const statistics = Float32Array.of(-0.5, 0.25, 3, 0)
const metadata: ModelMetadata = {
  model: 'cnn-bn',
  inputShape: [28, 20, 1],
  classes: 10,
  runId: '0042',
  digest: 'ab'.repeat(32),
  peers: 7,
  createdBy: 'murmuration 0.1.0',
}

describe('a model saved with statistics', () => {
  it('loads as it was saved, with the layout of its weights alone', () =>
    inTemporaryFolder(async (folder) => {
      const path = join(folder, 'm')
      await saveModel(path, { layout, weights, statistics, metadata })
      const loaded = await loadModel(path, { layout, statisticsLength: 4 })
      assert.deepEqual(loaded, { layout, weights, statistics, metadata })
    }))

  it('has them in one tensor behind the weights, for other readers', () =>
    inTemporaryFolder(async (folder) => {
      const path = join(folder, 'm')
      await saveModel(path, { layout, weights, statistics, metadata })
      const stored = decodeSafetensors(await readFile(path))
      const { name, shape, offset } = stored.layout.entries.at(-1)!
      assert.deepEqual({ name, shape, offset }, { name: 'statistics', shape: [4], offset: 10 })
      assert.deepEqual(stored.weights, Float32Array.of(...weights, ...statistics))
    }))

  it('is what a run saves of a model with batch normalisation', () =>
    inTemporaryFolder(async (folder) => {
      const path = join(folder, 'm')
      const configuration = parseRunConfiguration({ model: 'cnn-bn', inputShape: [28, 28, 1], classes: 10 })
      const needed = {
        layout: layoutOf('cnn-bn', [28, 28, 1], 10),
        statisticsLength: statisticsLengthOf('cnn-bn', [28, 28, 1], 10),
      }
      const model = {
        configuration,
        weights: new Float32Array(needed.layout.length).fill(0.5),
        digest: metadata.digest,
        peers: 3,
      }
      const values = new Float32Array(needed.statisticsLength).fill(2)
      await saveRunModel(path, { ...model, statistics: values })
      assert.deepEqual((await loadModel(path, needed)).statistics, values)
      await saveRunModel(path, model)
      await assert.rejects(loadModel(path, needed), { name: 'StoreError', code: 'NO_STATISTICS' })
    }))
})

describe('a model saved without statistics', () => {
  it('has the same bytes as before there were any, also with empty ones', () =>
    inTemporaryFolder(async (folder) => {
      const [without, empty] = [join(folder, 'without'), join(folder, 'empty')]
      await saveModel(without, { layout, weights, metadata })
      await saveModel(empty, { layout, weights, statistics: new Float32Array(0), metadata })
      const bytes = await readFile(without)
      assert.deepEqual(await readFile(empty), bytes)
      const { metadata: stored } = decodeSafetensors(bytes)
      assert.deepEqual(bytes, Buffer.from(encodeSafetensors({ layout, weights, metadata: stored })))
      assert.deepEqual(await loadModel(without, { statisticsLength: 0 }), { layout, weights, metadata })
    }))

  it('is refused where they are needed, and loads where nobody asks', () =>
    inTemporaryFolder(async (folder) => {
      const path = join(folder, 'm')
      await saveModel(path, { layout, weights, metadata })
      await assert.rejects(loadModel(path, { layout, statisticsLength: 4 }), {
        code: 'NO_STATISTICS',
        message: /no statistics for the batch normalisation/,
      })
      assert.equal((await loadModel(path)).statistics, undefined)
    }))
})

describe('statistics that are none', () => {
  it('are not saved: a negative variance, an odd number, no number', () =>
    inTemporaryFolder(async (folder) => {
      const path = join(folder, 'm')
      const save = (...values: number[]) =>
        saveModel(path, { layout, weights, statistics: Float32Array.from(values), metadata })
      await assert.rejects(save(0, 1, 0, -1), { code: 'MALFORMED', message: /channel 1 is -1/ })
      await assert.rejects(save(0, 1, 0), { code: 'MALFORMED' })
      await assert.rejects(save(0, 1, 0, NaN), { code: 'NOT_FINITE', message: /statistics/ })
    }))

  it('are not loaded, nor those of another model', () =>
    inTemporaryFolder(async (folder) => {
      const path = join(folder, 'm')
      await saveModel(path, { layout, weights, statistics, metadata })
      await assert.rejects(loadModel(path, { statisticsLength: 6 }), { code: 'MALFORMED', message: /4 .* 6/ })
      await assert.rejects(loadModel(path, { statisticsLength: 0 }), { code: 'MALFORMED' })
      const stored = decodeSafetensors(await readFile(path))
      await writeFile(path, encodeSafetensors({ ...stored, weights: stored.weights.with(-1, -1) }))
      await assert.rejects(loadModel(path), { code: 'MALFORMED', message: /m: .*variance of channel 1/ })
    }))

  it('need a name that no tensor of the model has', () =>
    inTemporaryFolder(async (folder) => {
      const taken = createLayout([{ name: 'statistics', shape: [10], kind: 'bias' }])
      const model = { layout: taken, weights, metadata }
      await assert.rejects(saveModel(join(folder, 'm'), model), { code: 'MALFORMED', message: /statistics/ })
    }))
})
