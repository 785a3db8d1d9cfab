import type { CodecKernels } from '../../protocols/kernels/index.js'
import type { MixingModule } from './mixing-module.js'
import { type Scratch, STAGED_MAX } from './scratch.js'
import { forBlocks, type Operand } from './staging.js'

/** The 31 bits of a magnitude as digits, most significant first: the bits from `shift` up to `above`. */
const DIGITS = [
  { above: 31, shift: 20 },
  { above: 20, shift: 10 },
  { above: 10, shift: 0 },
] as const

/** Counts each digit in one pass, finds the least magnitude that is taken, and gathers in a last pass. */
export const createTopK = (module: MixingModule, scratch: Scratch): CodecKernels['topK'] => {
  const { counts, ties, indices } = scratch

  /** @returns the bits of the count-th greatest magnitude, and how many that equal it are taken. */
  const threshold = (operands: readonly Operand[], { length, count }: { length: number; count: number }) => {
    let prefix = 0
    let left = count
    for (const { above, shift } of DIGITS) {
      counts.fill(0)
      forBlocks(scratch, { operands, length }, ([x], block) =>
        module.countDigits(x!, block.length, counts.byteOffset, prefix, above, shift),
      )
      let digit = 2 ** (above - shift) - 1
      for (; counts[digit]! < left; digit--) left -= counts[digit]!
      prefix = prefix * 2 ** (above - shift) + digit
    }
    return { bits: prefix, equal: left }
  }

  return (values, count) => {
    const found = new Uint32Array(count)
    if (count === 0) return found
    const operands: Operand[] = [{ vector: values, access: 'reads' }]
    const { bits, equal } = threshold(operands, { length: values.length, count })
    ties[0] = equal
    let taken = 0
    forBlocks(scratch, { operands, length: values.length }, ([x], { from, length: whole }) => {
      // Indices are written to scratch, which has room for one block.
      for (let start = 0; start < whole && taken < count; start += STAGED_MAX) {
        const length = Math.min(STAGED_MAX, whole - start)
        const at = x! + start * Float32Array.BYTES_PER_ELEMENT
        const more = module.gatherAbove(at, length, bits, ties.byteOffset, from + start, indices.byteOffset)
        found.set(indices.subarray(0, more), taken)
        taken += more
      }
    })
    return found
  }
}
