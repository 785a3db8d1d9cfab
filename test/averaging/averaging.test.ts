import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  average,
  averagingRule,
  averagingRuleNames,
  caughtUp,
  metropolisHastings,
} from '../../protocols/averaging/index.js'
import { createLayout, momentsOf } from '../../protocols/model/index.js'
import { createRandom, shuffled } from '../../protocols/random.js'

const layout = createLayout([
  { name: 'dense/kernel', shape: [7, 3], kind: 'kernel' },
  { name: 'dense/bias', shape: [3], kind: 'bias' },
  { name: 'norm/gamma', shape: [5], kind: 'scale' },
])

/** Values about `center`, so that standard deviations other than 1 and means other than 0 are met. */
const randomModel = (seed: number, { center = 0.3, spread = 2.5, of = layout } = {}): Float32Array => {
  const random = createRandom(seed, 'model')
  return Float32Array.from({ length: of.length }, () => center + spread * (2 * random.next() - 1))
}

const mix = (
  rule: string,
  models: readonly Float32Array[],
  weights: readonly number[],
  of = layout,
): Float32Array => {
  const out = new Float32Array(of.length)
  const contributions = models.map((model, i) => ({ from: `p${i}`, weights: model, weight: weights[i]! }))
  average({ rule: averagingRule(rule), layout: of, contributions, out })
  return out
}

for (const name of averagingRuleNames) {
  describe(`averaging rule ${name} (contract)`, () => {
    it('keeps every bit of a single model', () => {
      const model = randomModel(1)
      assert.deepEqual(mix(name, [model], [1]), model)
    })

    it('has identical models as a fixed point', () => {
      const model = randomModel(2)
      const mixed = mix(name, [model, model, model], [0.2, 0.3, 0.5])
      mixed.forEach((value, i) =>
        assert.ok(Math.abs(value - model[i]!) <= 1e-6 * Math.abs(model[i]!) + 1e-12),
      )
    })

    it('does not depend on the order in which contributions are given, to the last bit', () => {
      const contributions = [0.1, 0.4, 0.3, 0.2].map((weight, i) => ({
        from: `p${i}`,
        weights: randomModel(10 + i),
        weight,
      }))
      const results = [1, 2, 3, 4].map((seed) => {
        const out = new Float32Array(layout.length)
        average({
          rule: averagingRule(name),
          layout,
          contributions: shuffled(contributions, createRandom(seed)),
          out,
        })
        return out
      })
      for (const result of results) assert.deepEqual(result, results[0])
    })

    it('leaves its inputs as they were', () => {
      const models = [randomModel(3), randomModel(4)]
      const before = models.map((model) => model.slice())
      mix(name, models, [0.5, 0.5])
      assert.deepEqual(models, before)
    })

    it('may write into one of its inputs', () => {
      const models = [randomModel(3), randomModel(4)]
      const expected = mix(name, models, [0.5, 0.5])
      average({
        rule: averagingRule(name),
        layout,
        contributions: models.map((weights, i) => ({ from: `p${i}`, weights, weight: 0.5 })),
        out: models[0]!,
      })
      assert.deepEqual(models[0], expected)
    })

    it('ignores a model whose share is 0', () => {
      const [a, b] = [randomModel(5), randomModel(6)]
      assert.deepEqual(mix(name, [a, b], [1, 0]), a)
    })

    it('averages biases and scales plainly', () => {
      const [a, b] = [randomModel(7), randomModel(8)]
      const mixed = mix(name, [a, b], [0.25, 0.75])
      for (let i = 21; i < layout.length; i++)
        assert.equal(mixed[i], Math.fround(0.25 * a[i]! + 0.75 * b[i]!))
    })

    it('refuses shares that do not sum to 1, are negative or not numbers, and leaves the output alone', () => {
      const out = new Float32Array(layout.length).fill(9)
      for (const weights of [
        [0.5, 0.4],
        [1.5, -0.5],
        [NaN, 1],
      ]) {
        const contributions = weights.map((weight, i) => ({ from: `p${i}`, weights: randomModel(i), weight }))
        assert.throws(() => average({ rule: averagingRule(name), layout, contributions, out }), {
          code: 'BAD_MIXING_WEIGHT',
        })
      }
      assert.ok(out.every((value) => value === 9))
    })

    it('refuses two models of one sender, no model, and a model of another length', () => {
      const one = { from: 'p', weights: randomModel(1), weight: 0.5 }
      const out = new Float32Array(layout.length)
      const rule = averagingRule(name)
      assert.throws(() => average({ rule, layout, contributions: [one, one], out }), {
        code: 'BAD_MIXING_WEIGHT',
      })
      assert.throws(() => average({ rule, layout, contributions: [], out }), { code: 'NO_CONTRIBUTIONS' })
      const short = { from: 'p', weights: new Float32Array(3), weight: 1 }
      assert.throws(() => average({ rule, layout, contributions: [short], out }), { code: 'LENGTH_MISMATCH' })
    })
  })
}

describe('mean', () => {
  const pair = createLayout([{ name: 'w', shape: [1, 3], kind: 'kernel' }])

  it('is the weighted sum', () => {
    // 0.25·[4, 0, −8] + 0.75·[0, 4, 8] = [1, 3, 4]
    assert.deepEqual(
      [...mix('mean', [Float32Array.of(4, 0, -8), Float32Array.of(0, 4, 8)], [0.25, 0.75], pair)],
      [1, 3, 4],
    )
  })

  it('sums in float64: a large pair that cancels leaves the small one', () => {
    const flat = createLayout([{ name: 'w', shape: [1], kind: 'bias' }])
    // 0.25·(1e8 + 1 − 1e8 + 1) = 0.5; in float32 1e8 + 1 is 1e8 and the sum would be 0.25
    const models = [1e8, 1, -1e8, 1].map((value) => Float32Array.of(value))
    assert.deepEqual([...mix('mean', models, [0.25, 0.25, 0.25, 0.25], flat)], [0.5])
  })
})

describe('variance-corrected', () => {
  const kernel = createLayout([{ name: 'w', shape: [2, 2], kind: 'kernel' }])

  it('stretches the average about its mean to the mean variance of the models', () => {
    // W1 = [1, −1, 1, −1] + 2: mean 2, variance 1. W2 = [3, 3, −3, −3] + 2: mean 2, variance 9.
    // Shares ½: B = [2, 1, −1, −2] + 2, mean 2, Var(B) = (4 + 1 + 1 + 4)/4 = 2.5; target ½·1 + ½·9 = 5
    // g = sqrt(5/2.5) = √2; cap 1/sqrt(¼ + ¼) = √2, just not below it. Result 2 + √2·[2, 1, −1, −2].
    const w1 = Float32Array.of(3, 1, 3, 1)
    const w2 = Float32Array.of(5, 5, -1, -1)
    const mixed = mix('variance-corrected', [w1, w2], [0.5, 0.5], kernel)
    const g = Math.SQRT2
    ;[2 + 2 * g, 2 + g, 2 - g, 2 - 2 * g].forEach((value, i) => assert.ok(Math.abs(mixed[i]! - value) < 1e-6))
    assert.ok(Math.abs(momentsOf(mixed).variance - 5) < 1e-5)
  })

  it('uses the shares in the target and in the cap', () => {
    // W1 = [2, −2, 0, 0]: variance 2. W2 = [0, 0, 4, −4]: variance 8. Shares ¼ and ¾, means 0.
    // B = [½, −½, 3, −3]: Var = (¼ + ¼ + 9 + 9)/4 = 4.625; target ¼·2 + ¾·8 = 6.5
    // g = sqrt(6.5/4.625) = 1.18549…; cap 1/sqrt(1/16 + 9/16) = 1.2649, not reached
    const mixed = mix(
      'variance-corrected',
      [Float32Array.of(2, -2, 0, 0), Float32Array.of(0, 0, 4, -4)],
      [0.25, 0.75],
      kernel,
    )
    const g = Math.sqrt(6.5 / 4.625)
    ;[0.5 * g, -0.5 * g, 3 * g, -3 * g].forEach((value, i) => assert.ok(Math.abs(mixed[i]! - value) < 1e-6))
  })

  it('caps the gain at what unrelated models need', () => {
    // W2 = −0.9·W1: B = 0.05·W1, so sqrt(σ²/Var(B)) = sqrt((1 + 0.81)/2)/0.05 ≈ 19; the cap is 1/sqrt(½) = √2.
    const w1 = Float32Array.of(1, -1, 1, -1)
    const w2 = Float32Array.of(-0.9, 0.9, -0.9, 0.9)
    const mixed = mix('variance-corrected', [w1, w2], [0.5, 0.5], kernel)
    assert.ok(Math.abs(mixed[0]! - 0.05 * Math.SQRT2) < 1e-7)
  })

  it('leaves a tensor whose average has no variance', () => {
    const mixed = mix(
      'variance-corrected',
      [Float32Array.of(1, 1, 1, 1), Float32Array.of(3, 3, 3, 3)],
      [0.5, 0.5],
      kernel,
    )
    assert.deepEqual([...mixed], [2, 2, 2, 2])
  })

  it('keeps each kernel at its own variance, with four unrelated models of unlike scale', () => {
    const wide = createLayout([
      { name: 'a', shape: [50, 40], kind: 'kernel' },
      { name: 'b', shape: [40, 50], kind: 'kernel' },
    ])
    const models = [1, 2, 3, 4].map((seed) => {
      const model = randomModel(seed, { center: 0, spread: seed, of: wide })
      for (let i = 2000; i < 4000; i++) model[i]! *= 0.01
      return model
    })
    const weights = [0.25, 0.25, 0.25, 0.25]
    const variance = (model: Float32Array, from: number) =>
      momentsOf(model.subarray(from, from + 2000)).variance
    for (const from of [0, 2000]) {
      const target = models.reduce((sum, model) => sum + variance(model, from) / 4, 0)
      const corrected = variance(mix('variance-corrected', models, weights, wide), from)
      const plain = variance(mix('mean', models, weights, wide), from)
      // Sampling noise of 2,000 values leaves a few percent of correlation.
      assert.ok(Math.abs(corrected / target - 1) < 0.05, `corrected ${corrected} target ${target}`)
      assert.ok(plain / target < 0.3, `plain ${plain} target ${target}`)
    }
  })
})

describe('catching up', () => {
  const pair = createLayout([{ name: 'w', shape: [2], kind: 'bias' }])
  const now = Float32Array.of(10, 20)

  it('moves a stale model by a fraction of the own progress since it was announced', () => {
    // own progress (10, 20) − (6, 24) = (4, −4); half of it added to (1, 1)
    const stale = { from: 'a', weights: Float32Array.of(1, 1), weight: 0.5, since: Float32Array.of(6, 24) }
    const [moved] = caughtUp(pair, [stale], { now, fraction: 0.5 })
    assert.deepEqual([...moved!.weights], [3, -1])
    assert.equal(moved!.weight, 0.5)
    assert.deepEqual([...stale.weights], [1, 1])
  })

  it('leaves the own model and those of unknown age as they are', () => {
    const own = { from: 'a', weights: now, weight: 1 }
    assert.equal(caughtUp(pair, [own], { now, fraction: 0.5 })[0]!.weights, now)
  })

  it('keeps the progress whole when models of the same time are compared', () => {
    // All members learned (1, 1) since: x_k = since + nothing, now = since + (1, 1), every model alike before.
    const since = Float32Array.of(9, 19)
    const stale = { from: 'b', weights: since.slice(), weight: 0.8, since }
    const contributions = caughtUp(pair, [{ from: 'a', weights: now, weight: 0.2 }, stale], {
      now,
      fraction: 1,
    })
    const out = new Float32Array(2)
    average({ rule: averagingRule('mean'), layout: pair, contributions, out })
    assert.deepEqual([...out], [10, 20])
  })

  it('refuses weights of another length', () => {
    const stale = { from: 'a', weights: new Float32Array(2), weight: 1, since: new Float32Array(3) }
    assert.throws(() => caughtUp(pair, [stale], { now, fraction: 1 }), { code: 'LENGTH_MISMATCH' })
  })
})

describe('metropolis-hastings weights', () => {
  it('are 1/(1 + the larger degree)', () => {
    // own degree 2: 1/(1 + max(2, 4)) = 1/5, 1/(1 + max(2, 1)) = 1/3
    assert.deepEqual(metropolisHastings(2, [4, 1]), [1 / 5, 1 / 3])
  })

  it('leave the own model a share whatever degree the others announce', () => {
    const weights = metropolisHastings(1, [0, 0, 0])
    assert.ok(weights.reduce((sum, weight) => sum + weight, 0) <= 3 / 4 + 1e-12)
  })
})

describe('the registry', () => {
  it('names the known rules for an unknown one, and is not fooled by what every object has', () => {
    assert.throws(() => averagingRule('median'), { code: 'UNKNOWN_RULE', message: /mean/ })
    assert.throws(() => averagingRule('constructor'), { code: 'UNKNOWN_RULE' })
  })
})
