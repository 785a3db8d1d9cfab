import type { Random } from '../../protocols/random.js'
import { drawStroke, SIDE } from './digit-raster.js'

/** What befalls an image besides its digit. Source of each: measured with scripts/digits-difficulty.ts. */
const CLUTTER = {
  /** Relative change of brightness from pixel to pixel of the stroke, at most. */
  grain: 0.2,
  /** Fraction of images with a disc wiped clean, its radius and the middle part of the image where it lies, pixels. */
  wiped: 0.04,
  wipeRadius: [4.5, 6],
  wipeCentre: [7, 20],
  /** Fraction of images that show a dark digit on a bright plate, the plate's brightness and its margins in pixels. */
  plated: 0.1,
  plateInk: [0.85, 1],
  plateMarginX: 4,
  plateMarginY: 2,
  /** Stray short strokes: the most per image, their length in pixels and their brightness. */
  scratches: 2,
  scratchLength: 7,
  scratchInk: [0.3, 0.8],
  /** Stray pixels: the most per image, and their brightness. */
  specks: 16,
  speckInk: [0.1, 0.7],
} as const

/** A float in [low, high). */
export const within = ([low, high]: readonly [number, number], random: Random): number =>
  low + (high - low) * random.next()

/** Roughens, and now and then wipes or inverts, the digit in `image` (SIDE × SIDE, 0 to 1), then adds stray marks. */
export const clutter = (image: Float32Array, random: Random): void => {
  for (let i = 0; i < image.length; i++)
    if (image[i]! > 0) image[i] = image[i]! * (1 - CLUTTER.grain * random.next())
  if (random.next() < CLUTTER.plated) return plate(image, random)
  if (random.next() < CLUTTER.wiped) wipe(image, random)
  for (let left = random.below(CLUTTER.scratches + 1); left > 0; left--) scratch(image, random)
  for (let left = random.below(CLUTTER.specks + 1); left > 0; left--) {
    const at = random.below(image.length)
    image[at] = Math.max(image[at]!, within(CLUTTER.speckInk, random))
  }
}

const wipe = (image: Float32Array, random: Random): void => {
  const radius = within(CLUTTER.wipeRadius, random)
  const centreX = within(CLUTTER.wipeCentre, random)
  const centreY = within(CLUTTER.wipeCentre, random)
  for (let at = 0; at < image.length; at++) {
    const x = (at % SIDE) - centreX
    const y = Math.floor(at / SIDE) - centreY
    if (x * x + y * y < radius * radius) image[at] = 0
  }
}

/**
 * Dark on bright: to a linear classifier the same digit with its evidence turned round, so it cannot serve both kinds,
 * while a hidden layer learns both. A plate carries about as much light as a bold digit, which keeps SGD stable.
 */
const plate = (image: Float32Array, random: Random): void => {
  const ink = within(CLUTTER.plateInk, random)
  const { plateMarginX, plateMarginY } = CLUTTER
  for (let at = 0; at < image.length; at++) {
    const x = at % SIDE
    const y = Math.floor(at / SIDE)
    const onPlate =
      x >= plateMarginX && x < SIDE - plateMarginX && y >= plateMarginY && y < SIDE - plateMarginY
    image[at] = onPlate ? ink * (1 - image[at]!) : 0
  }
}

const scratch = (image: Float32Array, random: Random): void => {
  const x = random.next() * SIDE
  const y = random.next() * SIDE
  const toX = x + (2 * random.next() - 1) * CLUTTER.scratchLength
  const toY = y + (2 * random.next() - 1) * CLUTTER.scratchLength
  drawStroke(image, [x, y, toX, toY], { radius: 0.5, ink: within(CLUTTER.scratchInk, random) })
}
