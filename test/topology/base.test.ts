import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createRandom } from '../../protocols/random.js'
import { createTopology, mixingWeights } from '../../protocols/topology/index.js'
import { denseMixing, type Matrix } from './dense.js'
import { manyMembers, membersOf } from './members.js'

const DEGREES = [1, 2, 3, 4]
const COUNTS = Array.from({ length: 39 }, (_, i) => i + 2)

const cycleOf = (spec: string, count: number): Matrix[] => {
  const topology = createTopology(spec, 1)
  const members = membersOf(count)
  return Array.from({ length: topology.period!(count) }, (_, round) => denseMixing(topology, members, round))
}

const mixed = (matrices: readonly Matrix[], values: readonly number[]): readonly number[] =>
  matrices.reduce<readonly number[]>(
    (held, matrix) => matrix.map((row) => row.reduce((sum, share, j) => sum + share * held[j]!, 0)),
    values,
  )

const meanOf = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length

describe('base:k', () => {
  it('leaves everyone with the exact mean after its period, for 2 to 40 members and k from 1 to 4', () => {
    for (const degree of DEGREES) {
      for (const count of COUNTS) {
        const random = createRandom('base', degree, count)
        const values = Array.from({ length: count }, () => random.next())
        const mean = meanOf(values)
        for (const value of mixed(cycleOf(`base:${degree}`, count), values)) {
          assert.ok(
            Math.abs(value - mean) < 1e-12,
            `base:${degree}, ${count} members: ${value}, mean ${mean}`,
          )
        }
      }
    }
  })

  it('is symmetric and doubly stochastic with at most k neighbours in each round', () => {
    for (const degree of DEGREES) {
      for (const count of COUNTS) {
        for (const matrix of cycleOf(`base:${degree}`, count)) {
          const label = `base:${degree}, ${count} members`
          for (const [i, row] of matrix.entries()) {
            assert.ok(row.filter((share, j) => j !== i && share !== 0).length <= degree, label)
            assert.ok(
              row.every((share) => share >= 0),
              label,
            )
            for (const [j, share] of row.entries()) assert.equal(share, matrix[j]![i], label)
            assert.ok(Math.abs(row.reduce((sum, share) => sum + share, 0) - 1) < 1e-12, label)
          }
        }
      }
    }
  })

  it('has at most 2·log_{k+1}(n) + 2 rounds, the theorem of the paper', () => {
    for (const degree of DEGREES) {
      for (const count of [...COUNTS, 97, 1000, 1023]) {
        const rounds = createTopology(`base:${degree}`, 1).period!(count)
        const bound = (2 * Math.log(count)) / Math.log(degree + 1) + 2
        assert.ok(
          rounds <= bound + 1e-9,
          `base:${degree}, ${count} members: ${rounds} rounds, bound ${bound}`,
        )
      }
    }
  })

  it('takes the rounds that the paper draws', () => {
    const period = (degree: number, count: number) => createTopology(`base:${degree}`, 1).period!(count)
    assert.equal(period(1, 8), 3) // 2 · 2 · 2
    assert.equal(period(2, 6), 2) // 2 · 3
    assert.equal(period(1, 5), 5) // 4 + 1: two rounds, one across, two
    assert.equal(period(1, 6), 4) // two threes of three rounds, one across; 4 + 2 would take five
    assert.equal(period(3, 5), 3) // 4 + 1: one round, one across, one
    assert.equal(period(11, 48), 2) // 12 · 4, not 2 · 2 · 12
  })

  it('gives the weights of three members by hand', () => {
    // 3 = 2 + 1. a, b: 1/2 each. c with b at |V1|/(1·3) = 2/3. a, b: 1/2 each.
    const topology = createTopology('base:1', 1)
    const members = ['a', 'b', 'c']
    const weightsOf = (round: number) =>
      members.map((self) => [
        topology.neighbours({ members, self, round }).join(),
        ...mixingWeights(topology, { members, self, round }),
      ])
    assert.deepEqual(weightsOf(0), [['b', 1 / 2], ['a', 1 / 2], ['']])
    assert.deepEqual(weightsOf(1), [[''], ['c', 2 / 3], ['b', 2 / 3]])
    assert.deepEqual(weightsOf(2), weightsOf(0))
    // From 0, 6, 9: 3, 3, 9 → 3, 1 + 6, 3 + 2 = 3, 7, 5 → 5, 5, 5.
    const held = mixed(cycleOf('base:1', 3), [0, 6, 9])
    for (const value of held) assert.ok(Math.abs(value - 5) < 1e-12)
  })

  it('aligns its weights with the sorted neighbours', () => {
    const topology = createTopology('base:3', 1)
    const members = manyMembers(23)
    for (let round = 0; round < topology.period!(23); round++) {
      for (const self of members) {
        const asked = { members, self, round }
        for (const [k, id] of topology.neighbours(asked).entries()) {
          const back = { members, self: id, round }
          const at = topology.neighbours(back).indexOf(self)
          assert.ok(at >= 0, `${self} and ${id}, round ${round}`)
          assert.equal(topology.mixingWeights!(asked)[k], topology.mixingWeights!(back)[at])
        }
      }
    }
  })

  it('takes a k beyond the members as everyone with everyone', () => {
    const topology = createTopology('base:999999999', 1)
    assert.equal(topology.period!(7), 1)
    assert.equal(topology.neighbours({ members: membersOf(7), self: 'p03', round: 5 }).length, 6)
  })
})

describe('one-peer-exponential', () => {
  it('gives everyone the exact mean in log2 n rounds when n is a power of two', () => {
    // Integers below 2^20 halved at most five times: float64 holds every step exactly.
    for (const count of [2, 4, 8, 16, 32]) {
      const random = createRandom('one peer', count)
      const values = Array.from({ length: count }, () => random.below(2 ** 20))
      const matrices = cycleOf('one-peer-exponential', count)
      assert.equal(2 ** matrices.length, count)
      assert.deepEqual(mixed(matrices, values), new Array(count).fill(meanOf(values)))
    }
  })
  it('comes near the mean, and no nearer, for other numbers of members', () => {
    // n = 3, hops 1 and 2, from 8, 0, 0: a takes b, b takes c, c takes a: 4, 0, 4; then a takes c, b a, c b: 4, 2, 2.
    assert.deepEqual(mixed(cycleOf('one-peer-exponential', 3), [8, 0, 0]), [4, 2, 2])
  })
  it('repeats after the least number of rounds that reaches all', () => {
    const periods = [1, 2, 3, 4, 5, 8, 9, 10_000].map((n) =>
      createTopology('one-peer-exponential', 1).period!(n),
    )
    assert.deepEqual(periods, [1, 1, 2, 2, 3, 3, 4, 14])
  })
})
