import type { TensorInfo } from '@tensorflow/tfjs-core'
import { scratch, wasmKernel, wasmKernelConfig } from './wasm-invoke.js'

/**
 * BatchMatMul that transposes its operands first. tfjs hands plain products to XNNPACK but runs transposed ones, and
 * so every gradient of a dense layer, through a plain loop: xᵀ·dy of 32×784 and 32×128 takes 1.9 ms there and 0.2 ms here.
 */
export const batchMatMul = () => {
  const multiply = wasmKernel('BatchMatMul')
  const transpose = wasmKernel('Transpose')
  return wasmKernelConfig('BatchMatMul', (inputs, attrs, backend) => {
    const { hold, free } = scratch(backend)
    const flipped = (x: TensorInfo): TensorInfo => hold(transpose({ x }, { perm: swapLastTwo(x) }, backend))
    const a = attrs['transposeA'] ? flipped(inputs['a']!) : inputs['a']!
    const b = attrs['transposeB'] ? flipped(inputs['b']!) : inputs['b']!
    const product = multiply({ a, b }, { transposeA: false, transposeB: false }, backend)
    free()
    return product
  })
}

const swapLastTwo = ({ shape }: TensorInfo): number[] => {
  const axes = shape.map((_, axis) => axis)
  const [before, last] = axes.splice(-2)
  return [...axes, last!, before!]
}
