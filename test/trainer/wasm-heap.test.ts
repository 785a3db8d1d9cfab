import '../../node/polyfills.js'
import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import * as tf from '@tensorflow/tfjs-core'
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import '@tensorflow/tfjs-backend-wasm'
import { loadKernels, instantiateKernels } from '../../node/kernels/load.js'
import { heapOf } from '../../node/trainer/tfjs-wasm/heap.js'
import { registerWasmKernels } from '../../node/trainer/wasm-kernels.js'
import { assertAgree, convolutions, describeGradientKernels, noise } from './kernels-agree.js'

before(async () => {
  assert.ok(await tf.setBackend('wasm'))
  assert.equal(registerWasmKernels(), undefined)
})

describeGradientKernels('the gradient kernels over the heap of tfjs, against the cpu backend')

describe('matrix products over the heap of tfjs, against the cpu backend', () => {
  for (const [m, k, n] of [
    [1, 1, 1],
    [33, 17, 9],
    [5, 300, 3],
    [12, 4, 31],
  ] as const) {
    for (const [transposeA, transposeB] of [
      [false, false],
      [true, false],
      [false, true],
      [true, true],
    ] as const) {
      const a = transposeA ? [k, m] : [m, k]
      const b = transposeB ? [n, k] : [k, n]
      it(`agree for ${a.join('×')} and ${b.join('×')}, transposed ${transposeA} and ${transposeB}`, async () => {
        const attrs = { transposeA, transposeB }
        await assertAgree('BatchMatMul', { a: [2, 3, ...a], b: [2, 3, ...b] }, attrs)
        await assertAgree('_FusedMatMul', { a: [1, ...a], b: [1, ...b] }, { ...attrs, activation: 'linear' })
        for (const activation of ['linear', 'relu', 'relu6', 'sigmoid']) {
          const inputs = { a: [1, ...a], b: [1, ...b], bias: [n] }
          await assertAgree('_FusedMatMul', inputs, { ...attrs, activation })
        }
      })
    }
  }

  it('agree where one side is broadcast over the other’s batches', async () => {
    await assertAgree('BatchMatMul', { a: [4, 3, 5], b: [1, 5, 2] }, { transposeA: false, transposeB: false })
  })
})

describe('matrix products whose sizes do not fit each other', () => {
  for (const [a, b, transposeA, transposeB] of [
    [[20, 3], [5, 4], false, false],
    [[3, 20], [5, 4], true, false],
    [[20, 3], [4, 5], false, true],
  ] as const) {
    it(`are refused (${a.join('×')} by ${b.join('×')}, ${transposeA}, ${transposeB})`, async () => {
      assert.ok(await tf.setBackend('wasm'))
      const [left, right] = [tf.ones<tf.Rank.R2>([...a]), tf.ones<tf.Rank.R2>([...b])]
      assert.throws(() => tf.matMul(left, right, transposeA, transposeB), /inner shapes/)
      assert.throws(() => tf.fused.matMul({ a: left, b: right, transposeA, transposeB }), /inner shapes/)
      tf.dispose([left, right])
    })
  }
})

describe('convolutions over the heap of tfjs, against the cpu backend', () => {
  for (const { x, filter, strides, pad } of [
    ...convolutions,
    { x: [2, 13, 13, 16], filter: [3, 3, 16, 32], strides: [1, 1], pad: 'valid' } as const,
    { x: [1, 20, 17, 9], filter: [3, 3, 9, 13], strides: [1, 2], pad: 'same' } as const,
  ]) {
    const title = `x ${x.join('×')}, filter ${filter.join('×')}, strides ${strides.join()}, pad ${JSON.stringify(pad)}`
    const attrs = { strides, pad, dataFormat: 'NHWC', dilations: [1, 1] }
    it(`agree for ${title}`, async () => {
      await assertAgree('Conv2D', { x, filter }, attrs)
      for (const activation of ['linear', 'relu', 'relu6', 'sigmoid']) {
        await assertAgree('FusedConv2D', { x, filter, bias: [filter[3]] }, { ...attrs, activation })
      }
      await assertAgree('FusedConv2D', { x, filter }, { ...attrs, activation: 'relu' })
    })
  }

  it('agree with a dilated filter', async () => {
    const attrs = { strides: [1, 1], pad: 'same', dataFormat: 'NHWC', dilations: [2, 2] }
    await assertAgree('Conv2D', { x: [2, 9, 8, 3], filter: [3, 3, 3, 4] }, attrs)
  })
})

describe('elementwise kernels over the heap of tfjs, against the cpu backend', () => {
  for (const [a, b] of [
    [[3, 5, 7], [7]],
    [
      [6, 4],
      [1, 4],
    ],
    [
      [2, 3],
      [2, 3],
    ],
    [[7], [3, 5, 7]],
    [
      [3, 1],
      [3, 4],
    ],
  ] as const) {
    it(`Add agrees for ${a.join('×')} and ${b.join('×')}`, () => assertAgree('Add', { a, b }, {}))
  }
  for (const axis of [[0], [0, 1], [0, 1, 2], [1], [2], undefined]) {
    it(`Sum agrees over the axes ${axis?.join() ?? 'of all'}`, async () => {
      await assertAgree('Sum', { x: [3, 70, 5] }, { axis, keepDims: false })
      await assertAgree('Sum', { x: [3, 70, 5] }, { axis, keepDims: true })
    })
  }
  it('Relu has the gradient that it has on the cpu backend', async () => {
    const gradients: number[][] = []
    for (const backend of ['cpu', 'wasm']) {
      assert.ok(await tf.setBackend(backend))
      const [x, dy] = [noise([3, 7], 'x'), noise([3, 7], 'dy')]
      const gradient = tf.tidy(() =>
        tf
          .grad((z) => tf.relu(z))(x, dy)
          .dataSync<'float32'>(),
      )
      // Adding 0 makes −0 one with 0: ours has none.
      gradients.push(Array.from(gradient, (value) => value + 0))
      tf.dispose([x, dy])
    }
    assert.deepEqual(gradients[1], gradients[0])
  })
  it('a clone outlives what it was cloned from', () => {
    const before = tf.memory().numTensors
    const x = tf.tensor1d([1, 2, 3])
    const clone = x.clone()
    x.dispose()
    assert.deepEqual([...clone.dataSync()], [1, 2, 3])
    clone.dispose()
    assert.equal(tf.memory().numTensors, before)
  })
})

describe('the heap of tfjs', () => {
  it('holds nothing of our kernels, which have no data of their own', () => {
    const memory = new WebAssembly.Memory({ initial: 1 })
    instantiateKernels(loadKernels('tfjs'), memory)
    assert.ok(new Uint8Array(memory.buffer).every((byte) => byte === 0))
  })
  it('is refused when tfjs does not show its memory', () => {
    const memory = new WebAssembly.Memory({ initial: 1 })
    const HEAPU8 = new Uint8Array(memory.buffer)
    for (const wasm of [{ HEAPU8 }, { HEAPU8, asm: { memory: new WebAssembly.Memory({ initial: 1 }) } }]) {
      assert.throws(() => heapOf({ wasm } as unknown as BackendWasm), /does not show the memory/)
    }
  })
  it('says when it is full, and calls no kernel with an address that is none', () => {
    const memory = new WebAssembly.Memory({ initial: 1 })
    let next = 1024
    const dataIdMap = new Map([['full', { memoryOffset: 0 }]])
    const wasm = { HEAPU8: new Uint8Array(memory.buffer), asm: { memory }, _malloc: () => next, _free() {} }
    const heap = heapOf({ wasm, dataIdMap } as unknown as BackendWasm)
    next = 0
    const never = (): void => assert.fail('there is no scratch')
    assert.throws(() => heap.withScratch(64, never), { code: 'ARENA_FULL', message: /no 64 bytes are left/ })
    const tensor = { dataId: 'full', shape: [2, 3], dtype: 'float32' } as unknown as tf.TensorInfo
    assert.throws(() => heap.addressOf(tensor), { code: 'ARENA_FULL', message: /no 24 bytes are left/ })
  })
  it('is refused when threads share it', () => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 2, shared: true })
    const wasm = { HEAPU8: new Uint8Array(memory.buffer), asm: { memory } }
    assert.throws(() => heapOf({ wasm } as unknown as BackendWasm), WebAssembly.LinkError)
  })
  it('may grow while a kernel waits for its output', () => {
    const bytes = (): number =>
      (tf.backend() as unknown as { wasm: { HEAPU8: Uint8Array } }).wasm.HEAPU8.length
    const before = bytes()
    const [a, b] = [tf.ones<tf.Rank.R2>([2048, 64]), tf.ones<tf.Rank.R2>([64, 4096])]
    const product = tf.matMul(a, b)
    const last = product.dataSync().at(-1)
    tf.dispose([a, b, product])
    assert.equal(last, 64)
    assert.ok(bytes() > before)
  })
})
