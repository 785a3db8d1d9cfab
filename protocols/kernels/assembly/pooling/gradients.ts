import { Geometry } from '../linear/geometry'

/**
 * The gradients of pooling, NHWC; `Geometry.filters` is not read, windows may overlap and stick out. Four channels at a time, as they lie
 * side by side.
 */

/** The lowest and, after the highest, the end of what a window covers along one axis. */
function low(index: i32, stride: i32, padding: i32): i32 {
  return max(0, index * stride - padding)
}

function high(index: i32, stride: i32, padding: i32, kernel: i32, length: i32): i32 {
  return min(length, index * stride - padding + kernel)
}

/**
 * dx = the gradient of max pooling: each output's goes to the first of the largest inputs of its window, as tfjs's cpu backend has it.
 * A window of NaN or −∞ alone has no largest input.
 * @param x and dx: batch×height×width×channels. @param dy batch×outHeight×outWidth×channels.
 */
export function maxPoolGradient(g: Geometry, x: usize, dy: usize, dx: usize): void {
  const pixel = (<usize>g.channels) << 2
  const row = <usize>g.width * pixel
  const picture = <usize>g.height * row
  memory.fill(dx, 0, <usize>g.batch * picture)
  for (let n = 0; n < g.batch; n++) {
    for (let i = 0; i < g.outHeight; i++) {
      const top = low(i, g.strideHeight, g.top)
      const bottom = high(i, g.strideHeight, g.top, g.kernelHeight, g.height)
      for (let j = 0; j < g.outWidth; j++) {
        const left = low(j, g.strideWidth, g.left)
        const right = high(j, g.strideWidth, g.left, g.kernelWidth, g.width)
        const at = <usize>top * row + <usize>left * pixel
        window(x + at, dx + at, dy, g.channels, bottom - top, right - left, row, pixel)
        dy += pixel
      }
    }
    x += picture
    dx += picture
  }
}

function window(
  x: usize,
  dx: usize,
  dy: usize,
  channels: i32,
  rows: i32,
  columns: i32,
  row: usize,
  pixel: usize,
): void {
  let c = 0
  for (; c + 4 <= channels; c += 4) {
    lanes<v128>(x, dx, v128.load(dy), rows, columns, row, pixel)
    x += 16
    dx += 16
    dy += 16
  }
  for (; c < channels; c++) {
    lanes<f32>(x, dx, v128.load32_zero(dy), rows, columns, row, pixel)
    x += 4
    dx += 4
    dy += 4
  }
}

function lanes<W>(x: usize, dx: usize, dy: v128, rows: i32, columns: i32, row: usize, pixel: usize): void {
  const lowest = f32x4.splat(-Infinity)
  let best = lowest
  for (let h = 0; h < rows; h++) {
    for (let w = 0; w < columns; w++) {
      const value = get<W>(x + <usize>h * row + <usize>w * pixel)
      best = f32x4.pmax(best, value)
    }
  }
  let open = f32x4.gt(best, lowest)
  for (let h = 0; h < rows; h++) {
    for (let w = 0; w < columns; w++) {
      const at = <usize>h * row + <usize>w * pixel
      const here = v128.and(open, f32x4.eq(get<W>(x + at), best))
      put<W>(dx + at, f32x4.add(get<W>(dx + at), v128.and(dy, here)))
      open = v128.andnot(open, here)
    }
  }
}

function get<W>(at: usize): v128 {
  return sizeof<W>() == 16 ? v128.load(at) : v128.load32_zero(at)
}

function put<W>(at: usize, value: v128): void {
  if (sizeof<W>() == 16) v128.store(at, value)
  else v128.store32_lane(at, value, 0)
}

/**
 * dx = the gradient of average pooling: each output's, divided by the size of a whole window, goes to all inputs of its window, as
 * tfjs's cpu backend has it. Shapes as in `maxPoolGradient`.
 */
export function averagePoolGradient(g: Geometry, dy: usize, dx: usize): void {
  const pixel = (<usize>g.channels) << 2
  const row = <usize>g.width * pixel
  const picture = <usize>g.height * row
  const share: f32 = 1 / <f32>(g.kernelHeight * g.kernelWidth)
  memory.fill(dx, 0, <usize>g.batch * picture)
  for (let n = 0; n < g.batch; n++) {
    for (let i = 0; i < g.outHeight; i++) {
      const top = low(i, g.strideHeight, g.top)
      const bottom = high(i, g.strideHeight, g.top, g.kernelHeight, g.height)
      for (let j = 0; j < g.outWidth; j++) {
        const left = low(j, g.strideWidth, g.left)
        const right = high(j, g.strideWidth, g.left, g.kernelWidth, g.width)
        for (let h = top; h < bottom; h++) {
          for (let w = left; w < right; w++) {
            addShare(dx + <usize>h * row + <usize>w * pixel, dy, pixel, share)
          }
        }
        dy += pixel
      }
    }
    dx += picture
  }
}

function addShare(dx: usize, dy: usize, bytes: usize, share: f32): void {
  const factor = f32x4.splat(share)
  const whole = bytes & ~15
  let i: usize = 0
  for (; i < whole; i += 16) {
    v128.store(dx + i, f32x4.add(v128.load(dx + i), f32x4.mul(v128.load(dy + i), factor)))
  }
  for (; i < bytes; i += 4) store<f32>(dx + i, load<f32>(dx + i) + load<f32>(dy + i) * share)
}
