import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createArena, floatsIn } from '../../node/kernels/arena.js'
import { instantiateKernels, loadKernels } from '../../node/kernels/load.js'
import { encodeProgram } from '../../node/trainer/compiled/program.js'

interface Kernels {
  execute(context: number, program: number, bytes: number): number
  expOf(x: number): number
  log(x: number): number
  allFinite(floats: number, count: number): number
}

const arena = createArena()
const kernels = instantiateKernels<Kernels>(loadKernels('training'), arena.memory)

/** An activation of every value. */
const activated = (activation: number, values: readonly number[]): number[] => {
  const x = arena.allocate(4 * values.length)
  floatsIn(arena.memory, x).set(values)
  const y = arena.allocate(4 * values.length)
  const program = encodeProgram([
    { do: 'activate', x: x.pointer, y: y.pointer, dx: 0, dy: 0, count: values.length, activation },
  ])
  const at = arena.allocate(program.byteLength)
  new Int32Array(arena.memory.buffer, at.pointer, program.length).set(program)
  kernels.execute(0, at.pointer, program.byteLength)
  const result = [...floatsIn(arena.memory, y)]
  for (const block of [x, y, at]) arena.free(block)
  return result
}

const grid = (from: number, to: number): number[] =>
  Array.from({ length: 4001 }, (_, i) => Math.fround(from + ((to - from) * i) / 4000))

/** erf by its series, slow and exact enough for |x| < 4. */
const erf = (x: number): number => {
  let [term, sum] = [x, x]
  for (let n = 1; n < 120; n++) {
    term *= (-x * x) / n
    sum += term / (2 * n + 1)
  }
  return (2 / Math.sqrt(Math.PI)) * sum
}

describe('functions of additions and products alone', () => {
  it('give e^x within 2 units in the last place', () => {
    for (const x of grid(-87, 88.7)) {
      const exact = Math.exp(x)
      assert.ok(Math.abs(kernels.expOf(x) / exact - 1) < 2.4e-7, `${x}: ${kernels.expOf(x)} for ${exact}`)
    }
  })
  it('give e^x at the ends of what float32 holds', () => {
    assert.equal(kernels.expOf(0), 1)
    assert.equal(kernels.expOf(-200), 0)
    assert.equal(kernels.expOf(-Infinity), 0)
    assert.equal(kernels.expOf(100), Infinity)
    assert.ok(Number.isNaN(kernels.expOf(NaN)))
  })
  it('give ln x to 1e-15', () => {
    for (const x of [1, 1.0000001, 0.5, 2, 10, 256, 1e-30, 1e30, ...grid(0.7, 1.5), ...grid(2, 300)]) {
      assert.ok(
        Math.abs(kernels.log(x) - Math.log(x)) < 1e-15 * Math.max(1, Math.abs(Math.log(x))) * 2,
        `${x}`,
      )
    }
  })
  it('give tanh and the logistic function within 3e-7', () => {
    const values = grid(-12, 12)
    const [tanh, sigmoid] = [activated(1, values), activated(2, values)]
    values.forEach((x, i) => {
      assert.ok(Math.abs(tanh[i]! - Math.tanh(x)) < 3e-7, `tanh ${x}: ${tanh[i]}`)
      assert.ok(Math.abs(sigmoid[i]! - 1 / (1 + Math.exp(-x))) < 3e-7, `sigmoid ${x}: ${sigmoid[i]}`)
    })
    assert.deepEqual(activated(1, [Infinity, -Infinity, 0]), [1, -1, 0])
  })
  it('give GELU within 1e-6', () => {
    const values = grid(-3.9, 3.9)
    activated(3, values).forEach((y, i) => {
      const exact = values[i]! * 0.5 * (1 + erf(values[i]! / Math.SQRT2))
      assert.ok(Math.abs(y - exact) < 1e-6, `${values[i]}: ${y} for ${exact}`)
    })
  })
  it('find a number that is not finite, wherever it stands', () => {
    const block = arena.allocate(4 * 11)
    const floats = floatsIn(arena.memory, block)
    const check = (): number => kernels.allFinite(block.pointer, 11)
    floats.fill(-3e38)
    assert.equal(check(), 1)
    for (const wrong of [NaN, Infinity, -Infinity]) {
      for (let i = 0; i < 11; i++) {
        floats.fill(1)[i] = wrong
        assert.equal(check(), 0)
      }
    }
    arena.free(block)
  })
})
