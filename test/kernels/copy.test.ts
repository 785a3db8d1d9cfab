import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createArena, floatsIn } from '../../node/kernels/arena.js'
import { instantiateKernels, loadKernels } from '../../node/kernels/load.js'
import type { MixingModule } from '../../node/kernels/mixing-module.js'
import { bitsOf, LENGTHS, randomVector } from './vectors.js'

const arena = createArena()
const module = instantiateKernels<MixingModule>(loadKernels('mixing'), arena.memory)

describe('the copy within kernel memory', () => {
  it('takes every bit and touches nothing behind', () => {
    for (const length of LENGTHS) {
      const values = randomVector(length, 1, 'special')
      const [from, to] = [length, length + 1].map((n) => floatsIn(arena.memory, arena.allocate(n * 4)))
      from!.set(values)
      to![length] = 7
      module.copy(to!.byteOffset, from!.byteOffset, length)
      assert.deepEqual(bitsOf(to!.subarray(0, length)), bitsOf(values))
      assert.equal(to![length], 7)
    }
  })
  it('takes what was there when the two overlap', () => {
    const all = floatsIn(arena.memory, arena.allocate(5 * 4))
    all.set([1, 2, 3, 4, 5])
    module.copy(all.byteOffset + 4, all.byteOffset, 4)
    assert.deepEqual([...all], [1, 1, 2, 3, 4])
  })
})
