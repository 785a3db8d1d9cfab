import { CHUNK_MAX, type CodecKernels, type Int8Chunks } from '../../protocols/kernels/index.js'
import type { MixingModule } from './mixing-module.js'
import type { Scratch } from './scratch.js'
import { forBlocks, type Operand } from './staging.js'
import { createTopK } from './top-k.js'

export const createCodecs = (module: MixingModule, scratch: Scratch): CodecKernels => ({
  quantiseFloat16(values, out) {
    const operands: Operand[] = [
      { vector: out, access: 'fills' },
      { vector: values, access: 'reads' },
    ]
    forBlocks(scratch, { operands, length: values.length }, ([to, x], { length }) =>
      module.quantiseFloat16(to!, x!, length),
    )
  },
  dequantiseFloat16(halves, out) {
    const operands: Operand[] = [
      { vector: out, access: 'fills' },
      { vector: halves, access: 'reads' },
    ]
    forBlocks(scratch, { operands, length: out.length }, ([to, half], { length }) =>
      module.dequantiseFloat16(to!, half!, length),
    )
  },
  accumulateFloat16(y, halves, a) {
    const operands: Operand[] = [
      { vector: y, access: 'changes' },
      { vector: halves, access: 'reads' },
    ]
    forBlocks(scratch, { operands, length: y.length }, ([to, half], { length }) =>
      module.accumulateFloat16(to!, half!, a, length),
    )
  },
  quantiseInt8(values, out) {
    const { chunk } = out
    const operands: Operand[] = [...chunkOperands(out, 'fills'), { vector: values, access: 'reads' }]
    const { length: all } = out.values
    forBlocks(scratch, { operands, length: all, blockMultiple: chunk }, ([q, scales, x], { length }) =>
      module.quantiseInt8(q!, scales!, x!, chunk, length),
    )
  },
  dequantiseInt8(chunks, out) {
    const { chunk } = chunks
    const operands: Operand[] = [...chunkOperands(chunks, 'reads'), { vector: out, access: 'fills' }]
    forBlocks(
      scratch,
      { operands, length: out.length, blockMultiple: chunk },
      ([q, scales, to], { length }) => module.dequantiseInt8(to!, q!, scales!, chunk, length),
    )
  },
  accumulateInt8(y, chunks, a) {
    const { chunk } = chunks
    const operands: Operand[] = [...chunkOperands(chunks, 'reads'), { vector: y, access: 'changes' }]
    forBlocks(scratch, { operands, length: y.length, blockMultiple: chunk }, ([q, scales, to], { length }) =>
      module.accumulateInt8(to!, q!, scales!, a, chunk, length),
    )
  },
  topK: createTopK(module, scratch),
})

const chunkOperands = (
  { values, scales, chunk }: Int8Chunks,
  access: 'reads' | 'fills',
): readonly [Operand, Operand] => {
  if (!Number.isInteger(chunk) || chunk < 1 || chunk > CHUNK_MAX)
    throw new RangeError(`chunks of int8 have 1 to ${CHUNK_MAX} elements, not ${chunk}`)
  return [
    { vector: values, access },
    { vector: scales, access, per: chunk },
  ]
}
