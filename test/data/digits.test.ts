import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import { digitLabel, digitLabels, renderDigits } from '../../node/data/index.js'
import type { DigitStream } from '../../node/data/index.js'
import type { Examples } from '../../protocols/training/contract.js'

const SIZE = 28 * 28
const train = (seed: number): DigitStream => ({ split: 'train', seed })
const first = (count: number): number[] => Array.from({ length: count }, (_, index) => index)
const image = ({ pixels }: Examples, at: number): Uint8Array => pixels.subarray(at * SIZE, (at + 1) * SIZE)
const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

describe('generated digits', () => {
  it('are the same for the same seed and others for another', () => {
    const once = renderDigits(train(7), first(20))
    assert.deepEqual(renderDigits(train(7), first(20)), once)
    assert.notDeepEqual(renderDigits(train(8), first(20)).pixels, once.pixels)
  })

  it('do not depend on which others are rendered, or in which order', () => {
    const all = renderDigits(train(7), first(50))
    const some = renderDigits(train(7), [41, 3, 3, 49])
    for (const [at, index] of [41, 3, 3, 49].entries()) {
      assert.deepEqual(image(some, at), image(all, index))
      assert.equal(some.labels[at], all.labels[index])
    }
  })

  it('have labels that are known without rendering', () => {
    const { labels } = renderDigits(train(7), first(100))
    assert.deepEqual(digitLabels(train(7), 100), new Uint8Array(labels))
    assert.equal(digitLabel(train(7), 42), labels[42])
  })

  it('have the same bytes today as when this was written', () => {
    assert.equal(digest(renderDigits(train(1), first(100)).pixels), GOLDEN)
  })

  it('come in ten classes that are about equally frequent', () => {
    const counts = new Array<number>(10).fill(0)
    for (const label of digitLabels(train(1), 8000)) counts[label]!++
    // 800 expected, standard deviation sqrt(8000 · 0.1 · 0.9) = 27.
    for (const count of counts) assert.ok(Math.abs(count - 800) < 4 * 27, `${count}`)
  })

  it('share no image between training and test, nor within either', () => {
    const images = (examples: Examples): string[] =>
      first(examples.count).map((at) => digest(image(examples, at)))
    const all = [
      ...images(renderDigits(train(1), first(500))),
      ...images(renderDigits({ split: 'test' }, first(500))),
    ]
    assert.equal(new Set(all).size, 1000)
  })

  it('are mostly dark, and none is blank', () => {
    const examples = renderDigits(train(1), first(500))
    const means = first(500).map(
      (at) => image(examples, at).reduce((sum, pixel) => sum + pixel, 0) / SIZE / 255,
    )
    assert.ok(Math.min(...means) > 0.02, `${Math.min(...means)}`)
    assert.ok(Math.max(...means) < 0.6, `${Math.max(...means)}`)
    assert.ok(means.reduce((a, b) => a + b, 0) / 500 < 0.25)
  })

  it('lie in memory that threads can share', () => {
    const { pixels, labels } = renderDigits(train(1), [0])
    assert.ok(pixels.buffer instanceof SharedArrayBuffer)
    assert.ok(labels.buffer instanceof SharedArrayBuffer)
  })

  it('can be none at all', () => assert.equal(renderDigits(train(1), []).count, 0))
})

/** SHA-256 of the pixels of the first 100 images of seed 1; a change here changes every measured accuracy. */
const GOLDEN = '9a6ca21a7eb9547800791432fd38165065452bfe098960c372d5bb133327d8a9'
