import { addBias } from '../training/rows'
import { edge1, edge4 } from './edge'
import { Geometry, image, isPadded, pad, taps } from './geometry'
import { tile1x8, tile4x8 } from './tile'

/**
 * Output pixels that are computed before the next ones: their patches are read for every eight filters, from first-level cache. A
 * multiple of 4. Measured for 13×13×16 by 3×3×32: 32 to 128 are equally fast.
 */
const BLOCK: i32 = 64

/**
 * out = x * filter + bias, then max(0, …) where `relu`. The patch of an output pixel is a row of a matrix product, read where it lies:
 * nothing is copied but an image that needs padding.
 * @param x batch×height×width×channels. @param filter kernelHeight×kernelWidth×channels×filters.
 * @param bias one per filter; 0 for none, and then `relu` is ignored. @param out batch×outHeight×outWidth×filters.
 * @param scratch `scratchBytes` of geometry.ts.
 */
export function convolve(
  g: Geometry,
  x: usize,
  filter: usize,
  bias: usize,
  relu: bool,
  out: usize,
  scratch: usize,
): void {
  const pixels = g.outHeight * g.outWidth
  const row = (<usize>g.filters) << 2
  const offsets = scratch
  const padded = offsets + ((<usize>pixels) << 2)
  patches(g, offsets)
  if (isPadded(g)) memory.fill(padded, 0, image(g, true))
  for (let n = 0; n < g.batch; n++) {
    let from = x + <usize>n * image(g, false)
    if (isPadded(g)) {
      pad(g, from, padded)
      from = padded
    }
    const to = out + <usize>(n * pixels) * row
    for (let first = 0; first < pixels; first += BLOCK) {
      // The last block is a full one too, and does some pixels again.
      const start = max(0, min(first, pixels - BLOCK))
      const count = min(BLOCK, pixels)
      const at = to + <usize>start * row
      pixelsOf(g, from, offsets + ((<usize>start) << 2), filter, at, count)
      if (bias) addBias(at, bias, count, g.filters, relu)
    }
  }
}

/** Where the patch of each output pixel begins in a padded image, as bytes. */
export function patches(g: Geometry, offsets: usize): void {
  const pixel = g.channels << 2
  const width = g.left + g.width + g.right
  for (let row = 0; row < g.outHeight; row++) {
    for (let column = 0; column < g.outWidth; column++) {
      store<i32>(offsets, (row * g.strideHeight * width + column * g.strideWidth) * pixel)
      offsets += 4
    }
  }
}

function pixelsOf(g: Geometry, x: usize, offsets: usize, filter: usize, out: usize, count: i32): void {
  const row = (<usize>g.filters) << 2
  const inner = g.kernelWidth * g.channels
  const jump = (<usize>((g.left + g.width + g.right) * g.channels - inner)) << 2
  const outer = g.kernelHeight
  for (let j = 0; j < g.filters; j += 8) {
    const right = (<usize>j) << 2
    const b = filter + right
    const columns = g.filters - j
    let i = 0
    while (i + 4 <= count) {
      const at = offsets + ((<usize>i) << 2)
      const a0 = x + load<u32>(at),
        a1 = x + load<u32>(at, 4),
        a2 = x + load<u32>(at, 8),
        a3 = x + load<u32>(at, 12)
      const c = out + <usize>i * row + right
      if (columns >= 8) tile4x8(a0, a1, a2, a3, 4, jump, inner, outer, b, row, c, row, false)
      else edge4(a0, a1, a2, a3, 4, jump, inner, outer, b, row, c, row, false, columns)
      i += 4
      // The last four overlap those before.
      if (i < count && i + 4 > count) i = count - 4
    }
    for (; i < count; i++) {
      const a = x + load<u32>(offsets + ((<usize>i) << 2))
      const c = out + <usize>i * row + right
      if (columns >= 8) tile1x8(a, 4, jump, inner, outer, b, row, c, false)
      else edge1(a, 4, jump, inner, outer, b, row, c, false, columns)
    }
  }
}

/**
 * out = the gradient of the filter, Σ over the output pixels of patchᵀ·dy, of the filter's shape. Shapes and scratch as in `convolve`.
 */
export function convolveFilterGradient(g: Geometry, x: usize, dy: usize, out: usize, scratch: usize): void {
  const rows = taps(g)
  const row = (<usize>g.filters) << 2
  const offsets = scratch
  const padded = offsets + ((<usize>rows) << 2)
  elements(g, offsets)
  if (isPadded(g)) memory.fill(padded, 0, image(g, true))
  const width = g.left + g.width + g.right
  const step = (<usize>(g.strideWidth * g.channels)) << 2
  const jump = (<usize>((g.strideHeight * width - g.outWidth * g.strideWidth) * g.channels)) << 2
  if (g.batch == 0) memory.fill(out, 0, <usize>rows * row)
  for (let n = 0; n < g.batch; n++) {
    let from = x + <usize>n * image(g, false)
    if (isPadded(g)) {
      pad(g, from, padded)
      from = padded
    }
    const gradient = dy + <usize>(n * g.outHeight * g.outWidth) * row
    for (let j = 0; j < g.filters; j += 8) {
      const right = (<usize>j) << 2
      const b = gradient + right
      const columns = g.filters - j
      const inner = g.outWidth
      const outer = g.outHeight
      let i = 0
      for (; i + 4 <= rows; i += 4) {
        const at = offsets + ((<usize>i) << 2)
        const a0 = from + load<u32>(at),
          a1 = from + load<u32>(at, 4),
          a2 = from + load<u32>(at, 8),
          a3 = from + load<u32>(at, 12)
        const c = out + <usize>i * row + right
        if (columns >= 8) tile4x8(a0, a1, a2, a3, step, jump, inner, outer, b, row, c, row, n > 0)
        else edge4(a0, a1, a2, a3, step, jump, inner, outer, b, row, c, row, n > 0, columns)
      }
      for (; i < rows; i++) {
        const a = from + load<u32>(offsets + ((<usize>i) << 2))
        const c = out + <usize>i * row + right
        if (columns >= 8) tile1x8(a, step, jump, inner, outer, b, row, c, n > 0)
        else edge1(a, step, jump, inner, outer, b, row, c, n > 0, columns)
      }
    }
  }
}

/** Where each element of a patch lies, as bytes from its beginning. */
function elements(g: Geometry, offsets: usize): void {
  const width = g.left + g.width + g.right
  for (let row = 0; row < g.kernelHeight; row++) {
    for (let i = 0; i < g.kernelWidth * g.channels; i++) {
      store<i32>(offsets, (row * width * g.channels + i) << 2)
      offsets += 4
    }
  }
}
