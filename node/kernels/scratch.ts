import { MOMENTS_BLOCK } from '../../protocols/kernels/index.js'

/** The most inputs of one call: what an inbox holds and the own model fit twice. */
export const INPUTS_MAX = 128
/** Elements of the largest staged block, and bytes of its slot. A multiple of every block of protocols/kernels. */
export const STAGED_MAX = 4096
const SLOT_BYTES = STAGED_MAX * Float32Array.BYTES_PER_ELEMENT
/**
 * Bytes that staged blocks share: half of a second-level cache of 512 KiB, which is what small machines have per core, and
 * a slot of the smallest block for each of INPUTS_MAX inputs and the result.
 */
const SLOTS_BYTES = (INPUTS_MAX + 1) * MOMENTS_BLOCK * Float32Array.BYTES_PER_ELEMENT
/** Digits of the widest count of `topK`: 2^11. */
export const DIGITS_MAX = 2048

/** Sizes in the order in which they lie, each a multiple of 16 bytes. */
const sizes = {
  inputs: INPUTS_MAX * 4,
  shares: INPUTS_MAX * 8,
  /** Three f64 each. */
  states: (INPUTS_MAX + 2) * 24,
  sums: MOMENTS_BLOCK * 8,
  sorted: INPUTS_MAX * 16,
  counts: DIGITS_MAX * 4,
  ties: 16,
  indices: STAGED_MAX * 4,
  slots: SLOTS_BYTES,
}

/** Bytes that one set of kernels needs of its own in the memory. */
export const SCRATCH_BYTES = Object.values(sizes).reduce((sum, size) => sum + size, 0)

/** Working room of one thread's kernels: tables that they are told addresses of, and slots for staged blocks. */
export interface Scratch {
  readonly memory: WebAssembly.Memory
  readonly inputs: Uint32Array
  readonly shares: Float64Array
  readonly states: Float64Array
  /** One u32. */
  readonly ties: Uint32Array
  readonly counts: Uint32Array
  readonly indices: Uint32Array
  /** Addresses. */
  readonly sums: number
  readonly sorted: number
  readonly slots: number
}

/** @param pointer of SCRATCH_BYTES that nobody else uses, at a multiple of 16. */
export const scratchAt = (memory: WebAssembly.Memory, pointer: number): Scratch => {
  let next = pointer
  const at = Object.fromEntries(
    Object.entries(sizes).map(([name, size]) => [name, (next += size) - size]),
  ) as Record<keyof typeof sizes, number>
  const { buffer } = memory
  return {
    memory,
    inputs: new Uint32Array(buffer, at.inputs, INPUTS_MAX),
    shares: new Float64Array(buffer, at.shares, INPUTS_MAX),
    states: new Float64Array(buffer, at.states, (INPUTS_MAX + 1) * 3),
    ties: new Uint32Array(buffer, at.ties, 1),
    counts: new Uint32Array(buffer, at.counts, DIGITS_MAX),
    indices: new Uint32Array(buffer, at.indices, STAGED_MAX),
    sums: at.sums,
    sorted: at.sorted,
    slots: at.slots,
  }
}

/** Elements of the blocks in which so many vectors are staged at once. */
export const stagedBlock = (vectors: number): number => {
  const fitting = Math.floor(SLOTS_BYTES / SLOT_BYTES / vectors) * STAGED_MAX
  if (fitting >= STAGED_MAX) return STAGED_MAX
  return Math.floor(SLOTS_BYTES / Float32Array.BYTES_PER_ELEMENT / vectors / MOMENTS_BLOCK) * MOMENTS_BLOCK
}
