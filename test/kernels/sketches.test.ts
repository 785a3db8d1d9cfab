import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { referenceKernels } from '../../protocols/kernels/index.js'
import { kernels, KINDS, LENGTHS, PLACES, randomVector } from './vectors.js'

/** Of both halves of 2^32, and such that seed and index meet in every bit. */
const SEEDS = [0, 1, 12345, 2 ** 31, 2 ** 32 - 1]
const FIRSTS = [0, 1, 4095, 2 ** 31 - 10_000]

for (const place of PLACES) {
  describe(`sketches of vectors ${place.name}`, () => {
    for (const kind of KINDS) {
      it(`give the reference's bits, of ${kind} values, from any index on`, () => {
        for (const length of LENGTHS) {
          const values = randomVector(length, 5, kind)
          const there = place.copy(values)
          for (const seed of SEEDS) {
            for (const first of FIRSTS) {
              const where = `${length} from ${first}, seed ${seed}`
              for (const name of ['sketch', 'sketchTolerance'] as const)
                assert.ok(
                  Object.is(
                    kernels[name](seed, there.vector, first),
                    referenceKernels[name](seed, values, first),
                  ),
                  `${name} of ${where}`,
                )
            }
          }
          there.free()
        }
      })
    }
  })
}
