/** The sizes of a convolution, NHWC; what reads it writes 15 int32 in this order. No dilation. */
@unmanaged
export class Geometry {
  batch!: i32
  height!: i32
  width!: i32
  channels!: i32
  kernelHeight!: i32
  kernelWidth!: i32
  strideHeight!: i32
  strideWidth!: i32
  /** Rows and columns of zeros around an image. */
  top!: i32
  bottom!: i32
  left!: i32
  right!: i32
  outHeight!: i32
  outWidth!: i32
  filters!: i32
}

/** Output pixels whose patches' gradients are held at a time; see input-gradient.ts. */
export const COLUMNS: i32 = 32

export function isPadded(g: Geometry): bool {
  return (g.top | g.bottom | g.left | g.right) != 0
}

/** Bytes of one image, with its padding or without. */
export function image(g: Geometry, padded: bool): usize {
  const height = padded ? g.top + g.height + g.bottom : g.height
  const width = padded ? g.left + g.width + g.right : g.width
  return (<usize>(height * width * g.channels)) << 2
}

/** Elements of a patch. */
export function taps(g: Geometry): i32 {
  return g.kernelHeight * g.kernelWidth * g.channels
}

/** Bytes of scratch that a convolution or either of its gradients needs. */
export function scratchBytes(g: Geometry): usize {
  const pixels = g.outHeight * g.outWidth
  const floats = pixels + taps(g) * (1 + g.filters + COLUMNS)
  return ((<usize>floats) << 2) + (isPadded(g) ? image(g, true) : 0)
}

/** Copies an image into the middle of a padded one, whose border it leaves. */
export function pad(g: Geometry, x: usize, padded: usize): void {
  const row = (<usize>(g.width * g.channels)) << 2
  const paddedRow = (<usize>((g.left + g.width + g.right) * g.channels)) << 2
  let to = padded + <usize>g.top * paddedRow + ((<usize>(g.left * g.channels)) << 2)
  for (let i = 0; i < g.height; i++) {
    memory.copy(to, x, row)
    x += row
    to += paddedRow
  }
}

/** Copies the middle of a padded image out of it. */
export function crop(g: Geometry, padded: usize, x: usize): void {
  const row = (<usize>(g.width * g.channels)) << 2
  const paddedRow = (<usize>((g.left + g.width + g.right) * g.channels)) << 2
  let from = padded + <usize>g.top * paddedRow + ((<usize>(g.left * g.channels)) << 2)
  for (let i = 0; i < g.height; i++) {
    memory.copy(x, from, row)
    x += row
    from += paddedRow
  }
}
