import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  absorb,
  createMass,
  estimate,
  split,
  type Mass,
  type RunningSum,
} from '../../protocols/final-merge/push-sum/index.js'
import { createRandom } from '../../protocols/random.js'
import { assertSameMass, totalOf, vectorOf } from './ledger.js'

const splitFor = (mass: Mass, readers: number, before?: RunningSum): RunningSum =>
  split(mass, { readers, before, out: new Float32Array(mass.sum.length) })

describe('the mass of a peer', () => {
  it('begins as its model times its share, and estimates the model', () => {
    const mass = createMass(Float32Array.of(1.5, -2), 4)
    assert.deepEqual([...mass.sum], [6, -8])
    assert.equal(mass.weight, 4)
    const out = new Float32Array(2)
    estimate(mass, out)
    assert.deepEqual([...out], [1.5, -2])
  })

  it('is split in one part for itself and one for each reader, of which the running sum shows one', () => {
    const mass = createMass(Float32Array.of(6, -12), 1)
    const first = splitFor(mass, 2)
    // 6/3, −12/3 and 1/3 to each of two readers, and as much stays.
    assert.deepEqual([...first.sum], [2, -4])
    assert.deepEqual([...mass.sum], [2, -4])
    assert.ok(Math.abs(mass.weight - 1 / 3) < 1e-15)
    const second = splitFor(mass, 1, first)
    // Half of the rest on top: 2 + 1, −4 − 2.
    assert.deepEqual([...second.sum], [3, -6])
    assert.deepEqual([...mass.sum], [1, -2])
    assert.deepEqual([...first.sum], [2, -4], 'what may be on its way does not change')
  })

  it('keeps what rounding to float32 leaves out', () => {
    const mass: Mass = { sum: Float64Array.of(1 + 2 ** -40), weight: 1 }
    // Half of it is 0.5 + 2^-41; a float32 near 0.5 has steps of 2^-24.
    const given = splitFor(mass, 1)
    assert.equal(given.sum[0], 0.5)
    assert.equal(mass.sum[0], 0.5 + 2 ** -40)
  })

  it('keeps what does not fit a float32', () => {
    const mass: Mass = { sum: Float64Array.of(1e39, 8), weight: 1 }
    const given = splitFor(mass, 1)
    assert.deepEqual([...given.sum], [0, 4])
    assert.deepEqual([...mass.sum], [1e39, 4])
  })

  it('takes from a running sum what it has beyond the one taken before', () => {
    const mass = createMass(Float32Array.of(10), 1)
    const taken = { sum: Float32Array.of(2), weight: 0.25 }
    absorb(mass, { sum: Float32Array.of(5), weight: 0.75 }, taken)
    // 10 + 5 − 2 and 1 + 0.75 − 0.25
    assert.deepEqual(vectorOf(mass), [13, 1.5])
  })

  it('is conserved through any sequence of splits, losses, duplicates and reorderings, and comes to the average', () => {
    for (let seed = 1; seed <= 30; seed++) conservedThrough(seed)
  })
})

/** Peers that all read from each other; versions arrive in any order, twice or never. */
const conservedThrough = (seed: number): void => {
  const random = createRandom('mass', seed)
  const peers = 2 + random.below(4)
  const length = 3
  const masses = Array.from({ length: peers }, () =>
    createMass(
      Float32Array.from({ length }, () => 1000 * random.next() - 300),
      1 + random.below(5),
    ),
  )
  const initial = totalOf(masses.map(vectorOf))
  const zero: RunningSum = { sum: new Float32Array(length), weight: 0 }
  /** All versions of each, and which one each reader has taken. */
  const versions = masses.map(() => [zero])
  const taken = masses.map(() => masses.map(() => 0))

  const inTransit = (): number[][] =>
    taken.flatMap((row, reader) =>
      row.flatMap((version, source) => {
        if (source === reader) return []
        const [newest, old] = [versions[source]!.at(-1)!, versions[source]![version]!]
        return [[...Array.from(newest.sum, (value, i) => value - old.sum[i]!), newest.weight - old.weight]]
      }),
    )
  const arrive = (reader: number, source: number, version: number): void => {
    // Old versions and duplicates are not absorbed.
    if (version <= taken[reader]![source]!) return
    absorb(masses[reader]!, versions[source]![version]!, versions[source]![taken[reader]![source]!])
    taken[reader]![source] = version
  }

  for (let step = 0; step < 600; step++) {
    const self = random.below(peers)
    if (random.next() < 0.4 && versions[self]!.length < 1000) {
      const mass = masses[self]!
      if (mass.weight > 1e-3) versions[self]!.push(splitFor(mass, peers - 1, versions[self]!.at(-1)))
    } else {
      const source = random.below(peers)
      // Any version that ever was: late, repeated, or with others before it lost.
      if (source !== self) arrive(self, source, random.below(versions[source]!.length))
    }
    assertSameMass(totalOf([...masses.map(vectorOf), ...inTransit()]), initial, 1e-12, `seed ${seed}`)
  }
  for (let round = 0; round < 80; round++) {
    masses.forEach((mass, self) => versions[self]!.push(splitFor(mass, peers - 1, versions[self]!.at(-1))))
    masses.forEach((_, reader) =>
      versions.forEach((all, source) => source !== reader && arrive(reader, source, all.length - 1)),
    )
  }
  const weight = initial.at(-1)!
  for (const mass of masses) {
    const out = new Float32Array(length)
    estimate(mass, out)
    // Running sums of some hundred parts of a few hundred: float32 steps of 2^-9.
    out.forEach((value, i) =>
      assert.ok(Math.abs(value - initial[i]! / weight) < 0.02, `seed ${seed}: ${value}`),
    )
  }
}
