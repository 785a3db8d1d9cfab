import type { SketchKernels } from '../../protocols/kernels/index.js'
import type { MixingModule } from './mixing-module.js'
import type { Scratch } from './scratch.js'
import { forBlocks } from './staging.js'

export const createSketches = (module: MixingModule, scratch: Scratch): SketchKernels => {
  /** @param add a block to the sum so far: its address, the index of its first element, its length. */
  const summed = (
    values: Float32Array,
    add: (x: number, index: number, length: number, sum: number) => number,
  ): number => {
    let sum = 0
    const { length } = values
    forBlocks(scratch, { operands: [{ vector: values, access: 'reads' }], length }, ([x], block) => {
      sum = add(x!, block.from, block.length, sum)
    })
    return sum
  }
  return {
    sketch: (seed, values, first) =>
      summed(values, (x, index, length, sum) => module.sketch(x, seed, first + index, length, sum)),
    sketchTolerance: (seed, values, first) =>
      summed(values, (x, index, length, sum) => module.sketchTolerance(x, seed, first + index, length, sum)),
  }
}
