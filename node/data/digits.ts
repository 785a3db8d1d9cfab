import { createRandom } from '../../protocols/random.js'
import type { Random } from '../../protocols/random.js'
import type { Examples } from '../../protocols/training/contract.js'
import { clutter, within } from './digit-clutter.js'
import { drawStroke, SIDE } from './digit-raster.js'
import { glyphs } from './digit-glyphs.js'
import { distortion } from './digit-distortion.js'
import { sharedBytes } from './examples.js'

/** Handwriting-like digits 0 to 9. */
export const DIGIT_CLASSES = 10
/** Training examples of the default set: 8 peers with 1,000 each. */
export const DIGITS_TRAIN = 8_000
/** Test examples: one standard error of an accuracy of 97 % is 0.5 points. */
export const DIGITS_TEST = 1_000

/** Half the width of a stroke in pixels, and its brightness. Measured with scripts/digits-difficulty.ts. */
const PEN_RADIUS = [1.6, 2.3] as const
const PEN_INK = [0.9, 1] as const

/**
 * Which examples: a training stream belongs to a seed; there is one test stream, the same for every seed, so that all
 * peers and all runs are measured on the same images. The streams never share an example.
 */
export type DigitStream = { readonly split: 'train'; readonly seed: number } | { readonly split: 'test' }

/** The label of example `index`, 0 to 9, all equally likely. Does not render. */
export const digitLabel = (stream: DigitStream, index: number): number =>
  exampleRandom(stream, index).below(DIGIT_CLASSES)

/** The labels of the first `count` examples, without rendering any. A fresh array. */
export const digitLabels = (stream: DigitStream, count: number): Uint8Array =>
  Uint8Array.from({ length: count }, (_, index) => digitLabel(stream, index))

/**
 * Renders the examples with these indices, in this order. Example i depends on the stream and i alone, and uses only
 * + - * / and square roots on floats: the same bytes on every machine, whichever others are rendered.
 * The caller owns the result, which is backed by SharedArrayBuffers.
 */
export const renderDigits = (stream: DigitStream, indices: readonly number[]): Examples => {
  const pixels = sharedBytes(indices.length * SIDE * SIDE)
  const labels = sharedBytes(indices.length)
  const image = new Float32Array(SIDE * SIDE)
  indices.forEach((index, at) => {
    const random = exampleRandom(stream, index)
    const label = random.below(DIGIT_CLASSES)
    labels[at] = label
    renderDigit(image.fill(0), label, random)
    const start = at * SIDE * SIDE
    for (let i = 0; i < image.length; i++) pixels[start + i] = Math.round(255 * image[i]!)
  })
  return { pixels, labels, shape: [SIDE, SIDE, 1], classes: DIGIT_CLASSES, count: indices.length }
}

const exampleRandom = (stream: DigitStream, index: number): Random =>
  stream.split === 'train'
    ? createRandom('digits', 'train', stream.seed, index)
    : createRandom('digits', 'test', index)

/** Draws into a black image of 0 to 1. */
const renderDigit = (image: Float32Array, label: number, random: Random): void => {
  const styles = glyphs[label]!
  const glyph = styles[random.below(styles.length)]!
  const pen = { radius: within(PEN_RADIUS, random), ink: within(PEN_INK, random) }
  const place = distortion(random)
  for (const stroke of glyph) drawStroke(image, place(stroke), pen)
  clutter(image, random)
}
