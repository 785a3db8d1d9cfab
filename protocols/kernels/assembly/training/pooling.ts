/** The largest or the mean of each window, channel by channel: x is rows×height×width×channels, y rows×outHeight×outWidth×channels. */
@unmanaged
export class Pooling {
  x!: usize
  y!: usize
  dx!: usize
  dy!: usize
  rows!: i32
  height!: i32
  width!: i32
  channels!: i32
  poolHeight!: i32
  poolWidth!: i32
  strideHeight!: i32
  strideWidth!: i32
  outHeight!: i32
  outWidth!: i32
  /** Rows and columns that the first window reaches beyond the image. */
  top!: i32
  left!: i32
  /** One int32 for each output, of the largest: the bytes from the beginning of its image. */
  kept!: usize
}

/** Writes where each largest input lies. The first of equal ones, as tfjs has it; what lies beyond the image does not count. */
export function maxPoolForward(op: Pooling): void {
  const pixel = (<usize>op.channels) << 2
  const image = <usize>(op.height * op.width) * pixel
  let y = op.y
  let kept = op.kept
  for (let n = 0; n < op.rows; n++) {
    const x = op.x + <usize>n * image
    for (let h = 0; h < op.outHeight; h++) {
      const top = max(0, h * op.strideHeight - op.top)
      const bottom = min(op.height, h * op.strideHeight - op.top + op.poolHeight)
      for (let w = 0; w < op.outWidth; w++) {
        const left = max(0, w * op.strideWidth - op.left)
        const right = min(op.width, w * op.strideWidth - op.left + op.poolWidth)
        largest(op, x, top, bottom, left, right, y, kept)
        y += pixel
        kept += pixel
      }
    }
  }
}

function largest(
  op: Pooling,
  x: usize,
  top: i32,
  bottom: i32,
  left: i32,
  right: i32,
  y: usize,
  kept: usize,
): void {
  const pixel = (<usize>op.channels) << 2
  const row = <usize>op.width * pixel
  const begin = <usize>top * row + <usize>left * pixel
  const whole = pixel & ~15
  let c: usize = 0
  for (; c < whole; c += 16) {
    let best = v128.load(x + begin + c)
    let place = i32x4.splat(<i32>(begin + c))
    for (let h = top; h < bottom; h++) {
      let at = <usize>h * row + <usize>left * pixel + c
      for (let w = left; w < right; w++) {
        const value = v128.load(x + at)
        const more = f32x4.gt(value, best)
        best = v128.bitselect(value, best, more)
        place = v128.bitselect(i32x4.splat(<i32>at), place, more)
        at += pixel
      }
    }
    v128.store(y + c, best)
    v128.store(kept + c, i32x4.add(place, i32x4(0, 4, 8, 12)))
  }
  for (; c < pixel; c += 4) {
    let best = load<f32>(x + begin + c)
    let place = begin + c
    for (let h = top; h < bottom; h++) {
      let at = <usize>h * row + <usize>left * pixel + c
      for (let w = left; w < right; w++) {
        const value = load<f32>(x + at)
        if (value > best) {
          best = value
          place = at
        }
        at += pixel
      }
    }
    store<f32>(y + c, best)
    store<i32>(kept + c, <i32>place)
  }
}

export function maxPoolBackward(op: Pooling): void {
  const image = (<usize>(op.height * op.width * op.channels)) << 2
  const out = (<usize>(op.outHeight * op.outWidth * op.channels)) << 2
  memory.fill(op.dx, 0, image * op.rows)
  let dy = op.dy
  let kept = op.kept
  for (let n = 0; n < op.rows; n++) {
    const dx = op.dx + <usize>n * image
    const end = dy + out
    for (; dy < end; dy += 4) {
      const to = dx + load<i32>(kept)
      store<f32>(to, load<f32>(to) + load<f32>(dy))
      kept += 4
    }
  }
}

/** The mean of what a window has of the image. */
export function averagePoolForward(op: Pooling): void {
  averagePool(op, op.x, op.y, true)
}

export function averagePoolBackward(op: Pooling): void {
  memory.fill(op.dx, 0, (<usize>(op.rows * op.height * op.width * op.channels)) << 2)
  averagePool(op, op.dx, op.dy, false)
}

/** Takes means of `x`, or spreads `y` over it. */
function averagePool(op: Pooling, x: usize, y: usize, forward: bool): void {
  const pixel = (<usize>op.channels) << 2
  const image = <usize>(op.height * op.width) * pixel
  for (let n = 0; n < op.rows; n++) {
    for (let h = 0; h < op.outHeight; h++) {
      const top = max(0, h * op.strideHeight - op.top)
      const bottom = min(op.height, h * op.strideHeight - op.top + op.poolHeight)
      for (let w = 0; w < op.outWidth; w++) {
        const left = max(0, w * op.strideWidth - op.left)
        const right = min(op.width, w * op.strideWidth - op.left + op.poolWidth)
        const count = <f32>((bottom - top) * (right - left))
        for (let c: usize = 0; c < pixel; c += 4) {
          let sum: f32 = 0
          const part = load<f32>(y + c) / count
          for (let i = top; i < bottom; i++) {
            let at = x + <usize>(i * op.width + left) * pixel + c
            for (let k = left; k < right; k++) {
              if (forward) sum += load<f32>(at)
              else store<f32>(at, load<f32>(at) + part)
              at += pixel
            }
          }
          if (forward) store<f32>(y + c, sum / count)
        }
        y += pixel
      }
    }
    x += image
  }
}
