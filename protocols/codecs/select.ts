/** Bits of a magnitude that are counted at once; two such digits and one of ten make 31. */
const DIGIT_BITS = 11
const DIGITS = [20, 9, 0] as const

/** Where a selection ends. */
export interface Selection {
  /** Everything with larger bits is in. */
  readonly thresholdBits: number
  /** Of those with just these bits, as many are in, lower indices first. */
  readonly tiesTaken: number
}

/**
 * Which `count` of the values have the largest magnitudes: radix select over the bits of the float32, which are ordered
 * as the magnitudes are. Three passes whatever the values are.
 * @param bits of finite float32 values; the sign bit is ignored.
 * @param count from 1 to the number of values.
 */
export const selectLargest = (bits: Uint32Array, count: number): Selection => {
  let prefix = 0
  let prefixMask = 0
  let wanted = count
  for (const shift of DIGITS) {
    const digitMask = shift === 0 ? 0x1ff : 0x7ff
    const counts = new Uint32Array(1 << DIGIT_BITS)
    for (let i = 0; i < bits.length; i++) {
      const magnitude = bits[i]! & 0x7fff_ffff
      if ((magnitude & prefixMask) === prefix) counts[(magnitude >>> shift) & digitMask]! += 1
    }
    let digit = digitMask
    while (counts[digit]! < wanted) {
      wanted -= counts[digit]!
      digit -= 1
    }
    prefix |= digit << shift
    prefixMask |= digitMask << shift
  }
  return { thresholdBits: prefix, tiesTaken: wanted }
}
