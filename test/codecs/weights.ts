import { createRandom } from '../../protocols/random.js'

/** About normal: a sum of twelve uniform numbers. Scales differ from stretch to stretch, as layers' do. */
export const gaussian = (length: number, ...seed: readonly (string | number)[]): Float32Array => {
  const random = createRandom('weights', ...seed)
  return Float32Array.from({ length }, (_, i) => {
    let sum = -6
    for (let k = 0; k < 12; k++) sum += random.next()
    return 0.03 * sum * (i % 1000 < 500 ? 1 : 7)
  })
}

/** Zeros of both signs, denormals of float32 and of halves, values that fall between halves, and the largest ones. */
export const awkward = Float32Array.of(
  ...[0, -0, 2 ** -149, -(2 ** -149), 2 ** -126, 2 ** -25, 2 ** -24, -3 * 2 ** -26, 2 ** -14, 1 / 3, -0.1, 1],
  ...[2049, 65503.9, 65504, -65519.99, 65520, 1e6, -1e6, 1e30, 3.4028234663852886e38, -3.4028234663852886e38],
)
