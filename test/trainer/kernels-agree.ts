import '../../node/polyfills.js'
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-backend-wasm'
// Registers the gradients of the operations.
import '@tensorflow/tfjs-layers'
import { createRandom } from '../../protocols/random.js'

export type Shape4D = [number, number, number, number]
type Pad = 'valid' | 'same' | number | [[0, 0], [number, number], [number, number], [0, 0]]

/** Values from −1 to 1, the same for the same name and shape. */
export const noise = (shape: readonly number[], name: string): tf.Tensor => {
  const random = createRandom('kernel', name)
  const values = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => 2 * random.next() - 1)
  return tf.tensor(values, [...shape])
}

/** The kernel's result on one backend. Inputs are made there, and nothing may be left behind. */
const on = async (
  backend: string,
  kernel: string,
  inputs: Readonly<Record<string, readonly number[]>>,
  attrs: object,
): Promise<{ values: Float32Array; shape: number[] }> => {
  assert.ok(await tf.setBackend(backend))
  const before = tf.engine().backend.numDataIds()
  const result = tf.tidy(() => {
    const tensors = Object.fromEntries(
      Object.entries(inputs).map(([name, shape]) => [name, noise(shape, name)]),
    )
    const output = tf.engine().runKernel<tf.Tensor>(kernel, tensors, attrs as tf.NamedAttrMap)
    return { values: output.dataSync<'float32'>(), shape: output.shape }
  })
  assert.equal(tf.engine().backend.numDataIds(), before, 'data left on the backend')
  return result
}

/** The kernel gives the same on wasm as on the cpu backend, within 1e-4 of its largest value. */
export const assertAgree = async (
  ...args: [string, Readonly<Record<string, readonly number[]>>, object]
): Promise<void> => {
  const expected = await on('cpu', ...args)
  const actual = await on('wasm', ...args)
  assert.deepEqual(actual.shape, expected.shape)
  const scale = expected.values.reduce((max, value) => Math.max(max, Math.abs(value)), 0)
  assert.ok(scale > 0)
  expected.values.forEach((value, i) =>
    assert.ok(Math.abs(actual.values[i]! - value) <= 1e-4 * scale, `${i}: ${actual.values[i]} for ${value}`),
  )
}

export const convolutions: readonly { x: Shape4D; filter: Shape4D; strides: [number, number]; pad: Pad }[] = [
  { x: [3, 7, 9, 2], filter: [3, 3, 2, 5], strides: [1, 1], pad: 'valid' },
  { x: [3, 7, 9, 2], filter: [3, 3, 2, 5], strides: [1, 1], pad: 'same' },
  { x: [2, 11, 8, 3], filter: [5, 2, 3, 4], strides: [1, 1], pad: 'valid' },
  { x: [2, 11, 8, 3], filter: [4, 2, 3, 7], strides: [1, 1], pad: 'same' }, // even filters pad unequally
  { x: [5, 6, 5, 1], filter: [1, 1, 1, 3], strides: [1, 1], pad: 'valid' },
  { x: [1, 9, 7, 3], filter: [3, 3, 3, 2], strides: [2, 2], pad: 'valid' },
  { x: [2, 10, 8, 3], filter: [3, 3, 3, 2], strides: [2, 3], pad: 'valid' }, // leaves rows unread
  { x: [2, 10, 8, 3], filter: [3, 2, 3, 2], strides: [3, 2], pad: 'same' },
  { x: [2, 6, 7, 3], filter: [3, 3, 3, 2], strides: [1, 1], pad: 2 },
  {
    x: [2, 6, 7, 3],
    filter: [3, 3, 3, 2],
    strides: [1, 1],
    pad: [
      [0, 0],
      [1, 2],
      [0, 1],
      [0, 0],
    ],
  },
  { x: [2, 5, 5, 2], filter: [2, 2, 2, 3], strides: [1, 1], pad: 3 }, // more padding than the filter is wide
]

/** What every set of kernels has to do. */
export const describeGradientKernels = (title: string): void => {
  void describe(title, () => {
    for (const { x, filter, strides, pad } of convolutions) {
      const title = `x ${x.join('×')}, filter ${filter.join('×')}, strides ${strides.join()}, pad ${JSON.stringify(pad)}`
      const dy = tf.backend_util.computeConv2DInfo(x, filter, strides, 1, pad).outShape
      it(`Conv2DBackpropFilter agrees for ${title}`, async () => {
        const attrs = { strides, pad, dataFormat: 'NHWC', filterShape: filter }
        await assertAgree('Conv2DBackpropFilter', { x, dy }, attrs)
      })
      it(`Conv2DBackpropInput agrees for ${title}`, async () => {
        await assertAgree(
          'Conv2DBackpropInput',
          { dy, filter },
          { strides, pad, dataFormat: 'NHWC', inputShape: x },
        )
      })
    }

    for (const { x, size, strides, pad } of [
      { x: [2, 6, 8, 3], size: [2, 2], strides: [2, 2], pad: 'valid' },
      { x: [3, 7, 9, 5], size: [2, 2], strides: [2, 2], pad: 'valid' }, // a row and a column are left over
      { x: [2, 7, 9, 1], size: [3, 2], strides: [2, 1], pad: 'valid' }, // windows overlap
      { x: [2, 7, 5, 4], size: [3, 3], strides: [2, 2], pad: 'same' },
    ] as { x: Shape4D; size: [number, number]; strides: [number, number]; pad: 'valid' | 'same' }[]) {
      for (const kernel of ['MaxPoolGrad', 'AvgPoolGrad']) {
        it(`${kernel} agrees for x ${x.join('×')}, size ${size.join()}, strides ${strides.join()}, pad ${pad}`, async () => {
          const dy = tf.backend_util.computePool2DInfo(x, size, strides, 1, pad).outShape
          await assertAgree(kernel, { dy, input: x, output: dy }, { filterSize: size, strides, pad })
        })
      }
    }

    for (const transposeA of [false, true]) {
      for (const transposeB of [false, true]) {
        it(`BatchMatMul agrees with transposes ${transposeA}, ${transposeB}`, async () => {
          const a = transposeA ? [3, 5, 7] : [3, 7, 5]
          const b = transposeB ? [3, 4, 5] : [3, 5, 4]
          await assertAgree('BatchMatMul', { a, b }, { transposeA, transposeB })
        })
      }
    }

    it('MaxPoolGrad gives a tie to the first of the largest, as the cpu backend does', async () => {
      for (const backend of ['cpu', 'wasm']) {
        assert.ok(await tf.setBackend(backend))
        const input = tf.tensor4d([1, 1, 1, 1], [1, 2, 2, 1])
        const gradient = tf.grad((x) => tf.maxPool(x as tf.Tensor4D, 2, 2, 'valid'))(input)
        assert.deepEqual([...gradient.dataSync()], [1, 0, 0, 0], backend)
        tf.dispose([input, gradient])
      }
    })
  })
}
