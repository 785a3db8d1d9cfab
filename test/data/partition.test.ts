import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  DatasetError,
  formatLabelCounts,
  labelCounts,
  parsePartition,
  partitionKinds,
} from '../../node/data/index.js'
import { DIRICHLET_PART_MIN } from '../../node/data/partitions/dirichlet.js'
import { logGamma } from '../../node/data/partitions/gamma.js'
import { createRandom } from '../../protocols/random.js'

const CLASSES = 10

/** Unequal class sizes, in no order: 400 labels, class c about c + 1 times as often as class 0. */
const unevenLabels = (count = 400): Uint8Array => {
  const random = createRandom('labels')
  return Uint8Array.from({ length: count }, () => Math.floor(Math.sqrt(random.next()) * CLASSES))
}

const split = (spec: string, { labels = unevenLabels(), parts = 8, seed = 1 } = {}): number[][] =>
  parsePartition(spec)(labels, { parts, classes: CLASSES, random: createRandom(seed) })

const classesHeld = (labels: Uint8Array, part: readonly number[]): number =>
  new Set(part.map((index) => labels[index])).size

const badPartition = (spec: string, message: RegExp) =>
  assert.throws(
    () => parsePartition(spec),
    (error) => error instanceof DatasetError && error.code === 'BAD_PARTITION' && message.test(error.message),
  )

const specs = [
  'iid',
  'dirichlet:0.001',
  'dirichlet:0.1',
  'dirichlet:0.5',
  'dirichlet:1000000',
  'shards:2',
  'shards:10',
]

for (const spec of specs)
  describe(`the partition ${spec}`, () => {
    it('gives every example to exactly one part', () => {
      const all = split(spec)
        .flat()
        .sort((a, b) => a - b)
      assert.deepEqual(
        all,
        Array.from({ length: 400 }, (_, index) => index),
      )
    })

    it('leaves no part empty and sorts each', () => {
      for (const parts of [5, 8, 37, 64]) {
        const lists = split(spec, { parts })
        assert.equal(lists.length, parts)
        for (const list of lists) {
          assert.ok(list.length > 0)
          assert.deepEqual(
            list,
            list.toSorted((a, b) => a - b),
          )
        }
      }
    })

    it('gives each part one example when there are as many parts as examples', () => {
      const labels = Uint8Array.from({ length: 12 }, (_, index) => index % CLASSES)
      assert.ok(split(spec, { labels, parts: 12 }).every((list) => list.length === 1))
    })

    it('is decided by the seed', () => {
      assert.deepEqual(split(spec, { seed: 3 }), split(spec, { seed: 3 }))
      assert.notDeepEqual(split(spec, { seed: 3 }), split(spec, { seed: 4 }))
    })

    it('does not change the labels', () => {
      const labels = unevenLabels()
      split(spec, { labels })
      assert.deepEqual(labels, unevenLabels())
    })

    it('gives everything to a single part when that may hold every class', () => {
      if (spec === 'shards:2') return
      assert.equal(split(spec, { parts: 1 })[0]!.length, 400)
    })

    it('refuses more parts than examples', () => {
      assert.throws(() => split(spec, { labels: new Uint8Array(7) }), { code: 'TOO_FEW_EXAMPLES' })
    })
  })

describe('the contract suite', () => {
  it('covers every registered partition', () => {
    const covered = new Set(specs.map((spec) => spec.split(':')[0]))
    assert.deepEqual([...covered], [...partitionKinds.keys()])
  })
})

describe('iid', () => {
  it('makes parts whose sizes differ by one at most', () => {
    // 400 = 7 × 57 + 1
    assert.deepEqual(
      split('iid', { parts: 7 }).map((part) => part.length),
      [58, 57, 57, 57, 57, 57, 57],
    )
  })
})

describe('dirichlet', () => {
  /** Mean over parts of half the L1 distance between the part's and the whole's mix of classes: 0 is no skew. */
  const skew = (alpha: number): number => {
    const labels = unevenLabels(4000)
    const whole = labelCounts(labels, labels.keys(), CLASSES).map((count) => count / labels.length)
    const distances = split(`dirichlet:${alpha}`, { labels }).map((part) => {
      const mix = labelCounts(labels, part, CLASSES).map((count) => count / part.length)
      return mix.reduce((sum, share, label) => sum + Math.abs(share - whole[label]!) / 2, 0)
    })
    return distances.reduce((a, b) => a + b, 0) / distances.length
  }

  it('grows more skewed as alpha falls', () => {
    const skews = [1e6, 100, 5, 0.5, 0.05].map(skew)
    assert.deepEqual(
      skews,
      skews.toSorted((a, b) => a - b),
    )
    assert.ok(skews[0]! < 0.01, `${skews[0]}`)
    assert.ok(skews[4]! > 0.6, `${skews[4]}`)
  })

  it('fills every part up to the minimum', () => {
    for (let seed = 0; seed < 20; seed++)
      for (const part of split('dirichlet:0.01', { parts: 32, seed }))
        assert.ok(part.length >= DIRICHLET_PART_MIN)
  })

  it('draws shares with the variance of the Dirichlet distribution', () => {
    // One class over 4 parts, alpha 2: a share has mean 1/4 and variance (1/4)(3/4)/(4·2 + 1) = 1/48.
    const labels = new Uint8Array(2000)
    const shares = Array.from({ length: 400 }, (_, seed) => split('dirichlet:2', { labels, parts: 4, seed }))
      .flat()
      .map((part) => part.length / labels.length)
    const variance = shares.reduce((sum, share) => sum + (share - 0.25) ** 2, 0) / shares.length
    assert.ok(Math.abs(variance - 1 / 48) < 0.1 / 48, `${variance}`)
  })

  it('splits the same way today as when this was written', () => {
    const labels = Uint8Array.from({ length: 40 }, (_, index) => index % 2)
    const sizes = parsePartition('dirichlet:0.5')(labels, { parts: 3, classes: 2, random: createRandom(11) })
    assert.deepEqual(
      sizes.map((part) => formatLabelCounts(labelCounts(labels, part, 2))),
      GOLDEN,
    )
  })
})

describe('gamma draws', () => {
  for (const shape of [0.3, 1, 4.5])
    it(`have mean and variance ${shape} for shape ${shape}`, () => {
      const random = createRandom('gamma', shape)
      const draws = Array.from({ length: 40_000 }, () => Math.exp(logGamma(shape, random)))
      const mean = draws.reduce((a, b) => a + b, 0) / draws.length
      const variance = draws.reduce((sum, draw) => sum + (draw - mean) ** 2, 0) / draws.length
      assert.ok(Math.abs(mean / shape - 1) < 0.04, `mean ${mean}`)
      assert.ok(Math.abs(variance / shape - 1) < 0.08, `variance ${variance}`)
    })
})

describe('shards', () => {
  it('gives no part more than k classes', () => {
    const labels = unevenLabels()
    for (const k of [2, 3, 7])
      for (let seed = 0; seed < 10; seed++)
        for (const part of split(`shards:${k}`, { seed })) assert.ok(classesHeld(labels, part) <= k)
  })

  it('keeps to k classes when a class has fewer examples than holders', () => {
    // 3 classes with one example each, one class with 97; 20 parts of one class: most holders of a rare class get none.
    const labels = Uint8Array.from({ length: 100 }, (_, index) => (index < 3 ? index : 3))
    for (const part of split('shards:1', { labels, parts: 20 })) assert.equal(classesHeld(labels, part), 1)
  })

  it('counts only the classes that occur', () => {
    const labels = Uint8Array.from({ length: 30 }, (_, index) => (index % 3) * 4)
    assert.deepEqual(
      split('shards:1', { labels, parts: 3 }).map((part) => part.length),
      [10, 10, 10],
    )
  })

  it('refuses when some classes would have no holder', () => {
    // 3 parts × 2 classes = 6 places for 10 classes; 4 classes each are enough.
    assert.throws(() => split('shards:2', { parts: 3 }), { code: 'BAD_PARTITION', message: /shards:4/ })
  })
})

describe('parsing a partition', () => {
  it('names the known ones and the nearest when the name is unknown', () => {
    badPartition('dirichelt:0.5', /iid, dirichlet:ALPHA, shards:K.*Did you mean dirichlet\?/)
    badPartition('IID', /Did you mean iid\?/)
    badPartition('', /iid, dirichlet:ALPHA, shards:K/)
  })

  it('refuses an alpha that is not a positive number within bounds', () => {
    for (const alpha of ['0', '-1', 'NaN', 'Infinity', 'half', '', ' ', '1e-9', '1e9'])
      badPartition(`dirichlet:${alpha}`, /alpha/)
    badPartition('dirichlet', /dirichlet:0.5/)
  })

  it('refuses a number of shards that is not a positive integer', () => {
    for (const k of ['0', '-2', '1.5', 'two', '', '1000']) badPartition(`shards:${k}`, /shards:2/)
    badPartition('shards', /shards:2/)
  })

  it('refuses an argument that iid does not take', () => badPartition('iid:3', /Write iid/))
})

describe('label counts', () => {
  it('count the labels at the indices only', () => {
    assert.deepEqual(labelCounts(Uint8Array.of(2, 0, 2, 1), [0, 1, 2], 4), [1, 0, 2, 0])
  })

  it('read as one line', () => assert.equal(formatLabelCounts([12, 103, 0]), '0:12 1:103 2:0'))
})

/** Two classes of 20 over three parts; a change here changes what the peers of a run hold. */
const GOLDEN = ['0:12 1:0', '0:5 1:13', '0:3 1:7']
