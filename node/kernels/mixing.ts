import { MOMENTS_BLOCK, type MixingKernels, referenceKernels } from '../../protocols/kernels/index.js'
import type { MixingModule } from './mixing-module.js'
import { INPUTS_MAX, type Scratch } from './scratch.js'
import { forBlocks, type Operand } from './staging.js'

/** Float64 of one state of moments: count, mean, sum of squared deviations. */
const STATE_LENGTH = 3

/** Mixing in WebAssembly; more than INPUTS_MAX inputs go the plain way, to the same bits. */
export const createMixing = (module: MixingModule, scratch: Scratch): MixingKernels => {
  const { inputs: table, shares: shareTable, states, sums, sorted } = scratch
  /** @param visit is told where `out` is; the inputs are in the table. */
  const withInputs = (
    inputs: readonly Float32Array[],
    out: Float32Array,
    visit: (out: number, length: number) => void,
  ): void => {
    const operands: Operand[] = inputs.map((vector) => ({ vector, access: 'reads' }))
    operands.push({ vector: out, access: 'fills' })
    forBlocks(scratch, { operands, length: out.length, blockMultiple: MOMENTS_BLOCK }, (pointers, block) => {
      for (let k = 0; k < inputs.length; k++) table[k] = pointers[k]!
      visit(pointers[inputs.length]!, block.length)
    })
  }
  return {
    weightedSum(request) {
      const { inputs, shares, out } = request
      if (inputs.length > INPUTS_MAX) return referenceKernels.weightedSum(request)
      shareTable.set(shares)
      withInputs(inputs, out, (to, length) =>
        module.weightedSum(inputs.length, table.byteOffset, shareTable.byteOffset, length, to, sums),
      )
    },
    weightedSumWithMoments(request) {
      const { inputs, shares, out } = request
      if (inputs.length > INPUTS_MAX) return referenceKernels.weightedSumWithMoments(request)
      const count = inputs.length
      shareTable.set(shares)
      states.fill(0, 0, (count + 1) * STATE_LENGTH)
      const addresses = [table.byteOffset, shareTable.byteOffset] as const
      withInputs(inputs, out, (to, length) =>
        module.weightedSumWithMoments(count, ...addresses, length, to, states.byteOffset, sums),
      )
      return Array.from({ length: count + 1 }, (_, k) => momentsAt(states, k * STATE_LENGTH))
    },
    rescale(values, { mean, factor }) {
      if (factor === 0) return
      const operands: Operand[] = [{ vector: values, access: 'changes' }]
      forBlocks(scratch, { operands, length: values.length }, ([x], { length }) =>
        module.rescale(x!, mean, factor, length),
      )
    },
    advance({ weights, now, since, fraction, out }) {
      const operands: Operand[] = [weights, now, since].map((vector) => ({ vector, access: 'reads' }))
      operands.push({ vector: out, access: 'fills' })
      forBlocks(scratch, { operands, length: out.length }, ([x, n, s, to], { length }) =>
        module.advance(to!, x!, n!, s!, fraction, length),
      )
    },
    trimmedMean(request) {
      const { inputs, trim, out } = request
      if (inputs.length > INPUTS_MAX) return referenceKernels.trimmedMean(request)
      withInputs(inputs, out, (to, length) =>
        module.trimmedMean(inputs.length, table.byteOffset, trim, length, to, sorted),
      )
    },
  }
}

const momentsAt = (states: Float64Array, at: number) => {
  const [count, mean, deviations] = [states[at]!, states[at + 1]!, states[at + 2]!]
  return { mean, variance: count === 0 ? 0 : Math.max(0, deviations / count) }
}
