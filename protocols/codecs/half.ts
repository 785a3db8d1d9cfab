/** IEEE 754-2019 binary16: 1 sign bit, 5 exponent bits with bias 15, 10 fraction bits. Plain reference, bit by bit. */

/** Bytes of one half. */
export const HALF_BYTES = 2
/** Largest finite half. */
export const HALF_MAX = 65504
/** Magnitudes from here on round to infinity: halfway between the largest half and 2^16. */
export const HALF_OVERFLOW = 65520

/** Exact; `**` need not be, on every machine. @param exponent from 0 to 1023. */
export const powerOfTwo = (exponent: number): number => {
  let power = 1
  for (let i = 0; i < exponent; i++) power *= 2
  return power
}

const one = new Float32Array(1)
const oneBits = new Uint32Array(one.buffer)

/** The nearest half, ties to even, as its 16 bits. @param value finite; from HALF_OVERFLOW on the result is an infinity. */
export const halfBitsOf = (value: number): number => {
  one[0] = value
  const bits = oneBits[0]!
  const sign = (bits >>> 16) & 0x8000
  const magnitude = bits & 0x7fff_ffff
  // 65520 and above.
  if (magnitude >= 0x477f_f000) return sign | 0x7c00
  if (magnitude < 0x3880_0000) {
    // Below 2^-14 the result is subnormal: a whole number of 2^-24. 0.5 + x has its last bit there, and the addition
    // rounds as it must.
    one[0] = Math.abs(value)
    one[0] = one[0] + 0.5
    return sign | (oneBits[0]! - 0x3f00_0000)
  }
  // Exponent bias from 127 to 15, and half a unit added: slightly less for even fractions, so that ties go to even.
  const odd = (magnitude >>> 13) & 1
  return sign | ((magnitude - 0x3800_0000 + 0xfff + odd) >>> 13)
}

/** Every half's value: 256 KiB, filled when first needed. */
let values: Float32Array | undefined

/** The values of all 65,536 halves by their bits; NaN and infinities where the exponent bits are all set. */
export const halfValues = (): Float32Array => {
  if (values) return values
  const table = new Float32Array(0x1_0000)
  for (let bits = 0; bits < table.length; bits++) table[bits] = valueOf(bits)
  return (values = table)
}

const valueOf = (bits: number): number => {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >>> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN
  if (exponent === 0) return (sign * fraction) / powerOfTwo(24)
  return (sign * (1024 + fraction) * powerOfTwo(exponent)) / powerOfTwo(25)
}
