import type { Attributes } from '../../node/trainer/wasm-invoke.js'

/** Of a kernel's inputs, by name. */
export type Shapes = Readonly<Record<string, readonly number[]>>

/** A call of one kernel of tfjs. */
export interface KernelCase {
  readonly kernel: string
  readonly shapes: Shapes
  readonly attrs: Attributes
  /** What tfjs lacks is compared with a composition of its kernels. */
  readonly missing?: boolean
}

const conv = (strides: number) => ({
  strides: [strides, strides],
  pad: 'valid',
  dataFormat: 'NHWC',
  dilations: [1, 1],
})
const pool = { filterSize: [2, 2], strides: [2, 2], pad: 'valid' }

/** The kernels of a training step of `mlp:128` and `cnn`, batch 32, and others of the same kinds. */
export const KERNEL_CASES: readonly KernelCase[] = [
  product([32, 784], [784, 128], false, false),
  product([32, 784], [32, 128], true, false),
  product([32, 128], [784, 128], false, true),
  product([32, 10], [128, 10], false, true),
  product([37, 61], [61, 53], false, false),
  product([256, 256], [256, 256], false, false),
  product([8, 64, 32], [8, 64, 32], false, true),
  ...convolution([32, 28, 28, 1], [3, 3, 1, 16], 1),
  ...convolution([32, 13, 13, 16], [3, 3, 16, 32], 1),
  ...convolution([16, 32, 32, 3], [5, 5, 3, 24], 2),
  ...convolution([4, 16, 16, 64], [1, 1, 64, 64], 1),
  {
    kernel: 'MaxPoolGrad',
    shapes: { dy: [32, 13, 13, 16], input: [32, 26, 26, 16], output: [32, 13, 13, 16] },
    attrs: pool,
  },
  { kernel: 'AvgPoolGrad', shapes: { dy: [32, 13, 13, 16], input: [32, 26, 26, 16] }, attrs: pool },
  { kernel: 'Add', shapes: { a: [32, 26, 26, 16], b: [16] }, attrs: {} },
  { kernel: 'Sum', shapes: { x: [32, 26, 26, 16] }, attrs: { axis: [0, 1, 2] } },
]

function product(a: number[], b: number[], transposeA: boolean, transposeB: boolean): KernelCase {
  return { kernel: 'BatchMatMul', shapes: { a, b }, attrs: { transposeA, transposeB } }
}

function convolution(x: number[], filter: number[], strides: number): readonly KernelCase[] {
  const side = (axis: number): number => Math.floor((x[axis]! - filter[axis - 1]!) / strides) + 1
  const dy = [x[0]!, side(1), side(2), filter[3]!]
  const attrs = conv(strides)
  return [
    { kernel: 'Conv2D', shapes: { x, filter }, attrs },
    {
      kernel: 'Conv2DBackpropFilter',
      shapes: { x, dy },
      attrs: { ...attrs, filterShape: filter },
      missing: true,
    },
    { kernel: 'Conv2DBackpropInput', shapes: { dy, filter }, attrs: { ...attrs, inputShape: x } },
  ]
}
