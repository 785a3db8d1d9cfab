import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createArena, floatsIn } from '../../node/kernels/arena.js'
import { instantiateKernels, loadKernels } from '../../node/kernels/load.js'
import { createRandom } from '../../protocols/random.js'

type Product = (a: number, b: number, c: number, m: number, n: number, k: number, accumulate: number) => void
interface Products {
  readonly multiply: Product
  readonly multiplyLeftTransposed: Product
  readonly multiplyRightTransposed: Product
}

/** Rows of C, columns of C, products: below, at and above a tile's sides, and more products than are summed in one go. */
const SIZES = [
  [1, 1, 1],
  [3, 2, 5],
  [4, 8, 16],
  [5, 9, 7],
  [7, 15, 33],
  [32, 10, 128],
  [6, 13, 601],
  [2, 3, 0],
] as const

const arena = createArena()
const kernels = instantiateKernels<Products>(loadKernels('training'), arena.memory)

/** Where A and B keep the element of C's row or column and of one product. */
const CASES = [
  { name: 'multiply', title: 'A·B', a: 'rows', b: 'products' },
  { name: 'multiplyLeftTransposed', title: 'Aᵀ·B', a: 'products', b: 'products' },
  { name: 'multiplyRightTransposed', title: 'A·Bᵀ', a: 'rows', b: 'columns' },
] as const

for (const { name, title, a, b } of CASES) {
  describe(`the product ${title}`, () => {
    for (const [m, n, k] of SIZES) {
      for (const accumulate of [false, true]) {
        it(`${accumulate ? 'is added to' : 'replaces'} C of ${m}×${n} from ${k} products, and touches nothing beyond`, () => {
          const random = createRandom(m * 1000 + n + k)
          const normal = (): number => Math.fround(random.next() * 2 - 1)
          // One float more on either side, so that no operand lies on a vector's boundary.
          const block = arena.allocate(4 * (m * k + n * k + m * n + 4))
          const floats = floatsIn(arena.memory, block)
          for (let i = 0; i < floats.length; i++) floats[i] = normal()
          const before = floats.slice()
          const [atA, atB, atC] = [1, 1 + m * k, 2 + m * k + n * k] as const

          const at = (index: number): number => block.pointer + 4 * index
          kernels[name](at(atA), at(atB), at(atC), m, n, k, accumulate ? 1 : 0)

          const expected = before.slice()
          for (let i = 0; i < m; i++) {
            for (let j = 0; j < n; j++) {
              let sum = accumulate ? before[atC + i * n + j]! : 0
              for (let p = 0; p < k; p++) {
                const x = before[atA + (a === 'rows' ? i * k + p : p * m + i)]!
                const y = before[atB + (b === 'products' ? p * n + j : j * k + p)]!
                sum += x * y
              }
              expected[atC + i * n + j] = sum
            }
          }
          floats.forEach((value, i) => {
            const inside = i >= atC && i < atC + m * n
            if (inside)
              assert.ok(Math.abs(value - expected[i]!) < 1e-5 * (k + 1), `${i}: ${value}, ${expected[i]}`)
            else assert.equal(value, before[i])
          })
          arena.free(block)
        })
      }
    }
  })
}
