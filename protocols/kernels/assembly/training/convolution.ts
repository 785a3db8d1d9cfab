import { multiply } from '../linear/gemm'
import { edge1, edge4 } from '../linear/edge'
import { tile1x8, tile4x8 } from '../linear/tile'
import { transpose } from '../linear/transpose'
import { Context } from './context'
import { update } from './optimizer'
import { addBias, sumRows } from './rows'

/** A convolution without padding: x is rows×height×width×channels, the kernel size×size… ×channels×filters, y rows×outHeight×outWidth×filters. */
@unmanaged
export class Convolution {
  x!: usize
  y!: usize
  /** Gradients; `dx` is 0 where nothing asks for it. */
  dx!: usize
  dy!: usize
  rows!: i32
  height!: i32
  width!: i32
  channels!: i32
  filters!: i32
  kernelHeight!: i32
  kernelWidth!: i32
  strideHeight!: i32
  strideWidth!: i32
  outHeight!: i32
  outWidth!: i32
  /** Elements of the weights before the kernel, and before the bias; −1 without one. */
  kernel!: i32
  bias!: i32
  relu!: i32
  /** Room for the kernel twice (its gradient, and turned over), for one image's patches, and for a row of filters. */
  scratch!: usize
}

/** Image by image, so that what a layer does next to an output finds it in cache. */
export function convolutionForward(context: Context, op: Convolution): void {
  const kernel = context.weights + ((<usize>op.kernel) << 2)
  const imageBytes = (<usize>(op.height * op.width * op.channels)) << 2
  const pixels = op.outHeight * op.outWidth
  const outBytes = (<usize>(pixels * op.filters)) << 2
  let x = op.x
  let y = op.y
  for (let n = 0; n < op.rows; n++) {
    convolve(op, x, kernel, y)
    if (op.bias >= 0) addBias(y, context.weights + ((<usize>op.bias) << 2), pixels, op.filters, op.relu != 0)
    x += imageBytes
    y += outBytes
  }
}

/**
 * A matrix product whose rows of A are the patches of the image where they lie: for each row of the kernel one run of pixels, then a
 * jump to the next image row. No patches are copied.
 */
function convolve(op: Convolution, x: usize, kernel: usize, y: usize): void {
  const pixel = (<usize>op.channels) << 2
  const run = op.kernelWidth * op.channels
  const jump = <usize>op.width * pixel - ((<usize>run) << 2)
  const across = <usize>op.strideWidth * pixel
  const down = <usize>(op.strideHeight * op.width) * pixel - <usize>op.outWidth * across
  const row = (<usize>op.filters) << 2
  const pixels = op.outHeight * op.outWidth
  for (let j = 0; j < op.filters; j += 8) {
    const columns = op.filters - j
    const b = kernel + ((<usize>j) << 2)
    let c = y + ((<usize>j) << 2)
    let a = x
    let column = 0
    let p = 0
    for (; p + 4 <= pixels; p += 4) {
      const a0 = a
      a += across
      if (++column == op.outWidth) {
        a += down
        column = 0
      }
      const a1 = a
      a += across
      if (++column == op.outWidth) {
        a += down
        column = 0
      }
      const a2 = a
      a += across
      if (++column == op.outWidth) {
        a += down
        column = 0
      }
      const a3 = a
      a += across
      if (++column == op.outWidth) {
        a += down
        column = 0
      }
      if (columns >= 8) tile4x8(a0, a1, a2, a3, 4, jump, run, op.kernelHeight, b, row, c, row, false)
      else edge4(a0, a1, a2, a3, 4, jump, run, op.kernelHeight, b, row, c, row, false, columns)
      c += 4 * row
    }
    for (; p < pixels; p++) {
      if (columns >= 8) tile1x8(a, 4, jump, run, op.kernelHeight, b, row, c, false)
      else edge1(a, 4, jump, run, op.kernelHeight, b, row, c, false, columns)
      a += across
      if (++column == op.outWidth) {
        a += down
        column = 0
      }
      c += row
    }
  }
}

/** The gradient of x, then an optimizer step with those of kernel and bias: the kernel is still the old one in between. */
export function convolutionBackward(context: Context, op: Convolution): void {
  const size = op.kernelHeight * op.kernelWidth * op.channels
  const gradient = op.scratch
  const turned = gradient + ((<usize>size * op.filters) << 2)
  const patches = turned + ((<usize>size * op.filters) << 2)
  const imageBytes = (<usize>(op.height * op.width * op.channels)) << 2
  const pixels = op.outHeight * op.outWidth
  const outBytes = (<usize>(pixels * op.filters)) << 2
  if (op.dx) {
    transpose(context.weights + ((<usize>op.kernel) << 2), turned, size, op.filters)
    memory.fill(op.dx, 0, imageBytes * op.rows)
  }
  let x = op.x
  let dx = op.dx
  let dy = op.dy
  for (let n = 0; n < op.rows; n++) {
    kernelGradient(op, x, dy, gradient, n > 0)
    if (op.dx) {
      multiply(dy, turned, patches, pixels, size, op.filters, false)
      addPatches(op, patches, dx)
    }
    x += imageBytes
    dx += imageBytes
    dy += outBytes
  }
  update(context, op.kernel, gradient, size * op.filters)
  if (op.bias < 0) return
  sumRows(op.dy, gradient, op.rows * pixels, op.filters)
  update(context, op.bias, gradient, op.filters)
}

/** Patchesᵀ·dy, the patches again where they lie: a row of A is one place of the kernel, seen from all outputs. */
function kernelGradient(op: Convolution, x: usize, dy: usize, out: usize, accumulate: bool): void {
  const size = op.kernelHeight * op.kernelWidth * op.channels
  const step = (<usize>(op.strideWidth * op.channels)) << 2
  const jump = ((<usize>(op.strideHeight * op.width * op.channels)) << 2) - <usize>op.outWidth * step
  const row = (<usize>op.filters) << 2
  const run = op.kernelWidth * op.channels
  // From the end of a run of the kernel's row to the beginning of the next in the image.
  const skip = (<usize>((op.width - op.kernelWidth) * op.channels)) << 2
  const inner = op.outWidth
  const outer = op.outHeight
  for (let j = 0; j < op.filters; j += 8) {
    const columns = op.filters - j
    const b = dy + ((<usize>j) << 2)
    let c = out + ((<usize>j) << 2)
    let a = x
    let place = 0
    let i = 0
    for (; i + 4 <= size; i += 4) {
      const a0 = a
      a += 4
      if (++place == run) {
        a += skip
        place = 0
      }
      const a1 = a
      a += 4
      if (++place == run) {
        a += skip
        place = 0
      }
      const a2 = a
      a += 4
      if (++place == run) {
        a += skip
        place = 0
      }
      const a3 = a
      a += 4
      if (++place == run) {
        a += skip
        place = 0
      }
      if (columns >= 8) tile4x8(a0, a1, a2, a3, step, jump, inner, outer, b, row, c, row, accumulate)
      else edge4(a0, a1, a2, a3, step, jump, inner, outer, b, row, c, row, accumulate, columns)
      c += 4 * row
    }
    for (; i < size; i++) {
      if (columns >= 8) tile1x8(a, step, jump, inner, outer, b, row, c, accumulate)
      else edge1(a, step, jump, inner, outer, b, row, c, accumulate, columns)
      a += 4
      if (++place == run) {
        a += skip
        place = 0
      }
      c += row
    }
  }
}

/** dx += each patch at its place. A row of a patch is one run of floats in the image. */
function addPatches(op: Convolution, patches: usize, dx: usize): void {
  const pixel = (<usize>op.channels) << 2
  const run = <usize>op.kernelWidth * pixel
  const whole = run & ~15
  const imageRow = <usize>op.width * pixel
  for (let top = 0; top < op.outHeight; top++) {
    for (let left = 0; left < op.outWidth; left++) {
      let to = dx + <usize>(top * op.strideHeight) * imageRow + <usize>(left * op.strideWidth) * pixel
      for (let row = 0; row < op.kernelHeight; row++) {
        let i: usize = 0
        for (; i < whole; i += 16) v128.store(to + i, f32x4.add(v128.load(to + i), v128.load(patches + i)))
        for (; i < run; i += 4) store<f32>(to + i, load<f32>(to + i) + load<f32>(patches + i))
        patches += run
        to += imageRow
      }
    }
  }
}

/** Copies images into larger ones, or out of them. */
@unmanaged
export class Padding {
  /** rows×height×width×channels */
  x!: usize
  /** rows×outHeight×outWidth×channels, x in it at top and left, zeros around. */
  y!: usize
  dx!: usize
  dy!: usize
  rows!: i32
  height!: i32
  width!: i32
  channels!: i32
  outHeight!: i32
  outWidth!: i32
  top!: i32
  left!: i32
}

export function padForward(op: Padding): void {
  const image = (<usize>(op.outHeight * op.outWidth * op.channels)) << 2
  memory.fill(op.y, 0, image * op.rows)
  copyImages(op, op.x, op.y, true)
}

/** dx = the part of dy that x lies in. */
export function padBackward(op: Padding): void {
  copyImages(op, op.dx, op.dy, false)
}

function copyImages(op: Padding, small: usize, large: usize, outwards: bool): void {
  const pixel = (<usize>op.channels) << 2
  const smallRow = <usize>op.width * pixel
  const largeRow = <usize>op.outWidth * pixel
  for (let n = 0; n < op.rows; n++) {
    let inner = large + <usize>op.top * largeRow + <usize>op.left * pixel
    for (let h = 0; h < op.height; h++) {
      if (outwards) memory.copy(inner, small, smallRow)
      else memory.copy(small, inner, smallRow)
      small += smallRow
      inner += largeRow
    }
    large += <usize>op.outHeight * largeRow
  }
}
