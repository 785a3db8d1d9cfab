import { patches } from './convolution'
import { COLUMNS, Geometry, crop, image, isPadded, taps } from './geometry'
import { multiplyStrided } from './gemm'
import { transpose } from './transpose'

/**
 * out = the gradient of the input. The gradients of some patches at a time are a matrix product, dy·filterᵀ, and each is then added to
 * where its patch lies. Any stride and padding. Shapes and scratch as in `convolve`; out is of the input's shape.
 */
export function convolveInputGradient(
  g: Geometry,
  dy: usize,
  filter: usize,
  out: usize,
  scratch: usize,
): void {
  const pixels = g.outHeight * g.outWidth
  const size = taps(g)
  const row = (<usize>g.filters) << 2
  const patch = (<usize>size) << 2
  const offsets = scratch
  const turned = offsets + ((<usize>pixels) << 2)
  const columns = turned + <usize>size * row
  const padded = columns + <usize>COLUMNS * patch
  patches(g, offsets)
  transpose(filter, turned, size, g.filters)
  for (let n = 0; n < g.batch; n++) {
    const to = out + <usize>n * image(g, false)
    const target = isPadded(g) ? padded : to
    memory.fill(target, 0, image(g, isPadded(g)))
    const gradient = dy + <usize>(n * pixels) * row
    for (let first = 0; first < pixels; first += COLUMNS) {
      const count = min(COLUMNS, pixels - first)
      const from = gradient + <usize>first * row
      multiplyStrided(from, row, 4, turned, patch, columns, patch, count, size, g.filters, false)
      for (let i = 0; i < count; i++) {
        addPatch(g, columns + <usize>i * patch, target + load<u32>(offsets + ((<usize>(first + i)) << 2)))
      }
    }
    if (isPadded(g)) crop(g, padded, to)
  }
}

function addPatch(g: Geometry, patch: usize, target: usize): void {
  const bytes = (<usize>(g.kernelWidth * g.channels)) << 2
  const whole = bytes & ~15
  const row = (<usize>((g.left + g.width + g.right) * g.channels)) << 2
  for (let k = 0; k < g.kernelHeight; k++) {
    let i: usize = 0
    for (; i < whole; i += 16) {
      v128.store(target + i, f32x4.add(v128.load(target + i), v128.load(patch + i)))
    }
    for (; i < bytes; i += 4) store<f32>(target + i, load<f32>(target + i) + load<f32>(patch + i))
    patch += bytes
    target += row
  }
}
