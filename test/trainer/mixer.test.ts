import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createModelMemory } from '../../node/kernels/model-memory.js'
import { createMixer, type Mixer } from '../../node/trainer/mixer.js'
import { MIXING_BYTES } from '../../node/trainer/mixing-place.js'
import { average, averagingRule, averagingRuleNames, caughtUp } from '../../protocols/averaging/index.js'
import { createLayout } from '../../protocols/model/index.js'
import { createRandom } from '../../protocols/random.js'
import type { MixRequest } from '../../protocols/training/contract.js'

const layout = createLayout([
  { name: 'dense/kernel', shape: [37, 11], kind: 'kernel' },
  { name: 'dense/bias', shape: [11], kind: 'bias' },
])
const random = createRandom(1, 'mixer')
const model = () => Float32Array.from({ length: layout.length }, () => random.next() - 0.5)
const own = model()
const request = (rule: string, now = own) => ({
  rule,
  contributions: [
    { from: 'a', weights: model(), weight: 0.25, since: model() },
    { from: 'b', weights: now, weight: 0.5 },
    { from: 'c', weights: model(), weight: 0.25 },
  ],
  catchUp: { now, fraction: 0.75 },
})
/** Where peers' models lie, and what a thread is given of it to mix in. */
const models = createModelMemory()
const region = models.region(MIXING_BYTES)
const inMemory = (weights: Float32Array): Float32Array => {
  const vector = models.vector(weights.length)
  vector.set(weights)
  return vector
}
const mixedBy = (mixer: Mixer, request: MixRequest): Float32Array => {
  const into = new Float32Array(request.contributions[0]!.weights.length).fill(Number.NaN)
  mixer.mix({ ...request, into })
  return into
}
const plainly = ({ rule, contributions, catchUp }: ReturnType<typeof request>): Float32Array => {
  const out = new Float32Array(layout.length)
  average({
    ...{ rule: averagingRule(rule), layout, out },
    contributions: caughtUp(layout, contributions, catchUp),
  })
  return out
}

describe('the mixer of a thread', () => {
  for (const rule of averagingRuleNames) {
    it(`mixes by ${rule} to the bits of plain code, time after time`, () => {
      const mixer = createMixer(layout)
      for (const one of [request(rule), request(rule, model())])
        assert.deepEqual(mixedBy(mixer, one), plainly(one))
    })
  }
  for (const rule of averagingRuleNames) {
    it(`mixes by ${rule} models that lie where its kernels reach them, and changes none of them`, () => {
      const one = request(rule)
      const there = {
        ...one,
        contributions: one.contributions.map(({ weights, since, ...rest }) => ({
          ...{ ...rest, weights: inMemory(weights) },
          ...(since ? { since: inMemory(since) } : {}),
        })),
        catchUp: { ...one.catchUp, now: inMemory(one.catchUp.now) },
      }
      const into = models.vector(layout.length)
      createMixer(layout, region).mix({ ...there, into })
      assert.deepEqual([...into], [...plainly(one)])
      assert.deepEqual(
        there.contributions.map(({ weights }) => [...weights]),
        one.contributions.map(({ weights }) => [...weights]),
      )
    })
  }
  it('gives a vector that is changed by no later mix', () => {
    const mixer = createMixer(layout)
    const first = mixedBy(mixer, request('mean'))
    const before = first.slice()
    mixedBy(mixer, request('mean', model()))
    assert.deepEqual(first, before)
  })
  it('mixes models that there is no room to keep', () => {
    // 4 × 40 MB are more than what stays in kernel memory.
    const large = createLayout([{ name: 'weights', shape: [10_000_000], kind: 'bias' }])
    const filled = (value: number) => new Float32Array(large.length).fill(value)
    const now = filled(4)
    const mixed = mixedBy(createMixer(large), {
      rule: 'mean',
      contributions: [
        { from: 'a', weights: filled(1), weight: 0.5, since: filled(2) },
        { from: 'b', weights: now, weight: 0.5 },
      ],
      catchUp: { now, fraction: 0.5 },
    })
    // ½·(1 + ½·(4 − 2)) + ½·4
    assert.ok(mixed.every((value) => value === 3))
  })
  it('takes memory for the result alone where there is no room and no model is stale', () => {
    const large = createLayout([{ name: 'weights', shape: [20_000_000], kind: 'bias' }])
    const [now, other] = [4, 2].map((value) => new Float32Array(large.length).fill(value))
    const mixer = createMixer(large)
    const ordinary = (): number => process.memoryUsage().external
    const before = ordinary()
    const mixed = mixedBy(mixer, {
      rule: 'mean',
      contributions: [
        { from: 'a', weights: now!, weight: 0.5 },
        { from: 'b', weights: other!, weight: 0.5 },
      ],
      catchUp: { now: now!, fraction: 0.5 },
    })
    assert.ok(mixed.every((value) => value === 3))
    // One model is 80 MB. A collection in between can only make it less.
    assert.ok(ordinary() - before < 1.5 * 80e6)
  })
})
