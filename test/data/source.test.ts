import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, it } from 'node:test'
import {
  DatasetError,
  loadDataset,
  loadShares,
  parseDataSource,
  renderDigits,
} from '../../node/data/index.js'
import type { Part } from '../../node/data/index.js'
import { folderOf, imageFile, labelFile } from './idx-files.js'

const part = (index: number, of = 4, partition = 'dirichlet:0.5'): Part => ({ index, of, partition })

describe('loading the generated digits', () => {
  const digits = parseDataSource('digits')

  it('gives 8000 examples to train and 1000 to test', async () => {
    const { train, test, labelCounts, describe } = await loadDataset(digits, { seed: 1 })
    assert.deepEqual([train.count, test.count, train.classes], [8000, 1000, 10])
    assert.deepEqual(train.shape, [28, 28, 1])
    assert.equal(
      labelCounts.reduce((a, b) => a + b, 0),
      8000,
    )
    assert.match(describe, /^8000 generated digits: 8000 to train, 1000 to test, labels 0:\d+ 1:\d+/)
  })

  it('gives peers of one seed parts that together are everything, and the same test examples', async () => {
    const parts = await Promise.all(
      [0, 1, 2, 3].map((index) => loadDataset(digits, { seed: 5, part: part(index) })),
    )
    assert.equal(
      parts.reduce((sum, { train }) => sum + train.count, 0),
      8000,
    )
    const key = (pixels: Uint8Array): string => Buffer.from(pixels).toString('latin1')
    const images = parts.flatMap(({ train }) =>
      Array.from({ length: train.count }, (_, at) => key(train.pixels.subarray(at * 784, (at + 1) * 784))),
    )
    assert.equal(new Set(images).size, 8000)
    for (const { test } of parts) assert.deepEqual(test.labels, parts[0]!.test.labels)
    assert.equal(new Set(parts.map(({ test }) => key(test.pixels))).size, 1)
  })

  it('gives every seed the same test examples', async () => {
    const [one, other] = await Promise.all(
      [1, 2].map((seed) => loadDataset(digits, { seed, part: part(0, 800, 'iid') })),
    )
    assert.deepEqual(one!.test, other!.test)
    assert.notDeepEqual(one!.train, other!.train)
  })

  it('counts the labels of the part and says which part it is', async () => {
    const loaded = await loadDataset(digits, { seed: 5, part: part(1, 200, 'shards:2') })
    const counts = new Array<number>(10).fill(0)
    for (const label of loaded.train.labels) counts[label]!++
    assert.deepEqual(loaded.labelCounts, counts)
    assert.ok(counts.filter((count) => count > 0).length <= 2)
    assert.match(loaded.describe, /^part 2 of 200 \(shards:2\) of 8000 generated digits: \d+ to train/)
  })

  it('gives some parts at once as it gives them one by one', async () => {
    const indexes = [3, 1]
    const cut = { of: 400, partition: 'dirichlet:0.5' }
    const { train, test, shares } = await loadShares(digits, { seed: 5, indexes, ...cut })
    const alone = await Promise.all(
      indexes.map((index) => loadDataset(digits, { seed: 5, part: { index, ...cut } })),
    )
    assert.equal(
      train.count,
      alone.reduce((sum, one) => sum + one.train.count, 0),
    )
    shares.forEach(({ examples, labelCounts }, place) => {
      const own = alone[place]!
      const pixels = [...examples].flatMap((at) => [...train.pixels.subarray(at * 784, (at + 1) * 784)])
      assert.deepEqual(pixels, [...own.train.pixels])
      assert.deepEqual(
        Array.from(examples, (at) => train.labels[at]),
        [...own.train.labels],
      )
      assert.deepEqual(labelCounts, own.labelCounts)
      assert.deepEqual(test, own.test)
    })
  })

  it('lies in memory that threads can share', async () => {
    const { train, test } = await loadDataset(digits, { seed: 1, part: part(0, 800, 'iid') })
    for (const { buffer } of [train.pixels, train.labels, test.pixels, test.labels])
      assert.ok(buffer instanceof SharedArrayBuffer)
  })

  it('refuses a part that is not there', async () => {
    for (const wrong of [part(4), part(-1), part(0.5), part(0, 0), part(0, 2.5), part(NaN)])
      await assert.rejects(loadDataset(digits, { seed: 1, part: wrong }), { code: 'BAD_PARTITION' })
    await assert.rejects(loadDataset(digits, { seed: 1, part: part(0, 4, 'idd') }), { code: 'BAD_PARTITION' })
    await assert.rejects(loadDataset(digits, { seed: 1, part: part(0, 8001) }), { code: 'TOO_FEW_EXAMPLES' })
  })
})

describe('loading IDX files', () => {
  it('gives each part its own images with their labels', async (test) => {
    const folder = await folderOf(test, {
      'train-images-idx3-ubyte.gz': imageFile(30),
      'train-labels-idx1-ubyte.gz': labelFile(30),
      't10k-images-idx3-ubyte': imageFile(2),
      't10k-labels-idx1-ubyte': labelFile(2),
    })
    const source = parseDataSource(`idx:${folder}`)
    const parts = await Promise.all(
      [0, 1, 2, 3].map((index) => loadDataset(source, { seed: 1, part: part(index, 4, 'iid') })),
    )
    // The first pixel of image i is 7i and its label (i + 3) mod 10.
    const indices = parts.flatMap(({ train }) =>
      Array.from({ length: train.count }, (_, at) => {
        const index = train.pixels[at * 6]! / 7
        assert.equal(train.labels[at], (index + 3) % 10)
        return index
      }),
    )
    assert.deepEqual(
      indices.toSorted((a, b) => a - b),
      Array.from({ length: 30 }, (_, index) => index),
    )
    assert.match(parts[0]!.describe, /30 images of .*: 8 to train, 2 to test/)
  })

  it('reads 8000 real images where they are at hand', async () => {
    const folder = resolve('../shared/data/mnist-9k')
    // Without the files, the generated digits stand in: they have the same shape and number.
    const source = parseDataSource(existsSync(folder) ? `idx:${folder}` : 'digits')
    const { train, test, labelCounts } = await loadDataset(source, { seed: 1 })
    assert.deepEqual([train.count, test.count], [8000, 1000])
    assert.deepEqual(train.shape, renderDigits({ split: 'test' }, []).shape)
    assert.ok(Math.min(...labelCounts) > 600)
  })
})

describe('parsing a data source', () => {
  const unknown = (spec: string, message: RegExp) =>
    assert.throws(
      () => parseDataSource(spec),
      (error) =>
        error instanceof DatasetError && error.code === 'UNKNOWN_SOURCE' && message.test(error.message),
    )

  it('names the known ones and the nearest when the name is unknown', () => {
    unknown('digit', /digits, idx:DIR\. Did you mean digits\?/)
    unknown('ids:./mnist', /Did you mean idx\?/)
    unknown('', /digits, idx:DIR/)
  })

  it('wants a folder for idx and nothing for digits', () => {
    unknown('idx', /idx:\.\/mnist/)
    unknown('idx:', /idx:\.\/mnist/)
    unknown('digits:3', /Write digits/)
  })

  it('keeps colons in the folder', async () => {
    const source = parseDataSource('idx:C:/absent')
    assert.equal(source.spec, 'idx:C:/absent')
    await assert.rejects(loadDataset(source, { seed: 1 }), { code: 'NOT_FOUND', message: /C:\/absent/ })
  })
})
