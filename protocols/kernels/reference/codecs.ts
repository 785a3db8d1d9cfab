import type { CodecKernels, Int8Chunks } from '../contract.js'

const { fround } = Math

/** Least normal float16. */
const NORMAL_MIN = 2 ** -14
/** Distance of float16's subnormal numbers. */
const SUBNORMAL_STEP = 2 ** -24
/** From here on it is nearer to 2^16 than to 65,504, the greatest finite float16. */
const OVERFLOW = 65_520

/** To nearest, ties to even. Exact for all that is below 2^52. */
const nearest = (x: number): number => {
  const down = Math.floor(x)
  const rest = x - down
  if (rest !== 0.5) return rest < 0.5 ? down : down + 1
  return down % 2 === 0 ? down : down + 1
}

const halfOf = (value: number): number => {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0
  const magnitude = Math.abs(value)
  if (Number.isNaN(magnitude)) return 0x7e00
  if (magnitude >= OVERFLOW) return sign | 0x7c00
  if (magnitude < NORMAL_MIN) return sign | nearest(magnitude / SUBNORMAL_STEP)
  let exponent = 15
  let significand = magnitude
  for (; significand >= 2; exponent++) significand /= 2
  for (; significand < 1; exponent--) significand *= 2
  // A significand that rounds up to 2 carries into the exponent by itself.
  return sign | ((exponent << 10) + nearest((significand - 1) * 1024))
}

const valueOf = (half: number): number => {
  const sign = half & 0x8000 ? -1 : 1
  const exponent = (half >> 10) & 0x1f
  const fraction = half & 0x3ff
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN
  if (exponent === 0) return sign * fraction * SUBNORMAL_STEP
  let power = SUBNORMAL_STEP
  for (let i = 1; i < exponent; i++) power *= 2
  return sign * (1024 + fraction) * power
}

const eachChunk = (
  { values, chunk }: Int8Chunks,
  visit: (index: number, from: number, to: number) => void,
) => {
  for (let from = 0, index = 0; from < values.length; from += chunk, index++) {
    visit(index, from, Math.min(from + chunk, values.length))
  }
}

/** The plain way: clear, and the same bits on every machine. */
export const codecReference: CodecKernels = {
  quantiseFloat16(values, out) {
    for (let i = 0; i < values.length; i++) out[i] = halfOf(values[i]!)
  },
  dequantiseFloat16(halves, out) {
    for (let i = 0; i < out.length; i++) out[i] = valueOf(halves[i]!)
  },
  accumulateFloat16(y, halves, a) {
    const factor = fround(a)
    for (let i = 0; i < y.length; i++) y[i]! += fround(factor * valueOf(halves[i]!))
  },
  quantiseInt8(values, out) {
    eachChunk(out, (index, from, to) => {
      let most = 0
      for (let i = from; i < to; i++) most = Math.max(most, Math.abs(values[i]!))
      const scale = fround(most / 127)
      out.scales[index] = scale
      for (let i = from; i < to; i++) {
        const q = scale === 0 ? 0 : nearest(fround(values[i]! / scale))
        // A scale below float32's normal range is rough, so the quotient may pass 127.
        out.values[i] = Math.min(Math.max(q, -127), 127)
      }
    })
  },
  dequantiseInt8(chunks, out) {
    eachChunk(chunks, (index, from, to) => {
      for (let i = from; i < to; i++) out[i] = chunks.scales[index]! * chunks.values[i]!
    })
  },
  accumulateInt8(y, chunks, a) {
    eachChunk(chunks, (index, from, to) => {
      const factor = fround(fround(a) * chunks.scales[index]!)
      for (let i = from; i < to; i++) y[i]! += fround(factor * chunks.values[i]!)
    })
  },
  topK: (values, count) =>
    Uint32Array.from(values.keys())
      .sort((a, b) => Math.abs(values[b]!) - Math.abs(values[a]!) || a - b)
      .slice(0, count)
      .sort(),
}
