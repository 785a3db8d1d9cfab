import { addressIn } from './arena.js'
import { type Scratch, stagedBlock } from './scratch.js'

type Vector = Float32Array | Uint16Array | Int8Array

/** A vector that kernels work on, wherever it lies. */
export interface Operand {
  readonly vector: Vector
  /** What the kernel does: `reads`, `fills`, or `changes` what was there. */
  readonly access: 'reads' | 'fills' | 'changes'
  /** Elements of the call for each of the vector's; a chunk for its scale. @default 1 */
  readonly per?: number
}

/** One block. The array of addresses is reused. */
export type VisitBlock = (pointers: readonly number[], block: { from: number; length: number }) => void

/**
 * Calls a kernel with the addresses of vectors: once when all lie in the kernels' memory; otherwise block by block, each copied
 * into slots that stay in the second-level cache, so that no vector is ever copied whole.
 * @param length elements of the call. @param blockMultiple what blocks are cut at; at most STAGED_MAX.
 */
export const forBlocks = (
  scratch: Scratch,
  {
    operands,
    length,
    blockMultiple = 1,
  }: { readonly operands: readonly Operand[]; readonly length: number; readonly blockMultiple?: number },
  visit: VisitBlock,
): void => {
  if (length === 0) return
  const addresses = operands.map(({ vector }) => addressIn(scratch.memory, vector))
  if (addresses.every((address) => address !== undefined)) return visit(addresses, { from: 0, length })
  const largest = stagedBlock(operands.length)
  const step = Math.floor(largest / blockMultiple) * blockMultiple
  const slots = operands.map((operand, index) =>
    slotFor(scratch, { operand, address: addresses[index], index, largest }),
  )
  const pointers = new Array<number>(operands.length)
  for (let from = 0; from < length; from += step) {
    const block = { from, length: Math.min(step, length - from) }
    slots.forEach((slot, index) => (pointers[index] = slot.load(block)))
    visit(pointers, block)
    for (const slot of slots) slot.store?.(block)
  }
}

interface Slot {
  /** @returns where the block's elements are. */
  load(block: { from: number; length: number }): number
  /** Takes them back. */
  store?(block: { from: number; length: number }): void
}

const slotFor = (
  { memory, slots }: Scratch,
  {
    operand: { vector, access, per = 1 },
    address,
    index,
    largest,
  }: {
    readonly operand: Operand
    readonly address: number | undefined
    readonly index: number
    readonly largest: number
  },
): Slot => {
  const width = vector.BYTES_PER_ELEMENT
  if (address !== undefined) return { load: ({ from }) => address + (from / per) * width }
  const pointer = slots + index * largest * Float32Array.BYTES_PER_ELEMENT
  const staged = viewLike(vector, memory, { pointer, length: largest })
  const partOf = ({ from, length }: { from: number; length: number }): Vector =>
    vector.subarray(from / per, from / per + Math.ceil(length / per))
  return {
    load(block) {
      if (access !== 'fills') staged.set(partOf(block))
      return pointer
    },
    ...(access !== 'reads' && {
      store: (block) => partOf(block).set(staged.subarray(0, Math.ceil(block.length / per))),
    }),
  }
}

const viewLike = (
  vector: Vector,
  { buffer }: WebAssembly.Memory,
  { pointer, length }: { readonly pointer: number; readonly length: number },
): Vector => {
  if (vector instanceof Float32Array) return new Float32Array(buffer, pointer, length)
  if (vector instanceof Uint16Array) return new Uint16Array(buffer, pointer, length)
  return new Int8Array(buffer, pointer, length)
}
