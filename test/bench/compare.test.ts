import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { compare, comparisonLines } from '../../scripts/bench/compare.js'
import { line } from './fake.js'

const ratios = (of: Readonly<Record<string, number | null>>) =>
  Object.entries(of).map(([name, ratio]) => line({ name, ratio }))

describe('comparing with results of another day', () => {
  it('names a ratio that fell by more than 15 %, and none that fell by less or rose', () => {
    // 0.85 × 0.8 = 0.68
    const before = ratios({ a: 0.8, b: 0.8, c: 0.8 })
    const { fallen } = compare(before, ratios({ a: 0.67, b: 0.69, c: 2 }), ['mix'])
    assert.deepEqual(fallen, [{ what: 'mix: a', of: 'ratio', before: 0.8, now: 0.67 }])
  })

  it('compares the values of lines without a ratio, as their goals say which way is better', () => {
    const values = (value: number) => [
      line({ name: 'time', ratio: null, value, goal: '≤ 4 ms' }),
      line({ name: 'speed', ratio: null, value, goal: '≥ 4 1/s' }),
      line({ name: 'shown', ratio: null, value, goal: null }),
      line({ name: 'ratio', ratio: 1, value, goal: '≥ 1 ×' }),
    ]
    // 1.15 × 10 = 11.5, 0.85 × 10 = 8.5
    assert.deepEqual(compare(values(10), values(11.4), ['mix']).fallen, [])
    assert.deepEqual(compare(values(10), values(8.6), ['mix']).fallen, [])
    assert.deepEqual(compare(values(10), values(12), ['mix']).fallen, [
      { what: 'mix: time', of: 'value', before: 10, now: 12 },
    ])
    assert.deepEqual(compare(values(10), values(8), ['mix']).fallen, [
      { what: 'mix: speed', of: 'value', before: 10, now: 8 },
    ])
  })

  it('names lines that are missing, have lost their ratio, or are new', () => {
    const { missing, added } = compare(ratios({ a: 1, b: 1, c: 1 }), ratios({ a: null, c: 1, d: 1 }), ['mix'])
    assert.deepEqual(missing, ['mix: a', 'mix: b'])
    assert.deepEqual(added, ['mix: d'])
  })

  it('misses nothing of a group that was not run', () => {
    const before = [line({ group: 'wire', name: 'a' })]
    assert.deepEqual(compare(before, [], ['mix']).missing, [])
  })

  it('is told line by line', () => {
    const comparison = compare(ratios({ a: 0.8, b: 1 }), ratios({ a: 0.6, c: 1 }), ['mix'])
    assert.deepEqual(comparisonLines(comparison, 'old.json'), [
      'FELL     mix: a: ratio 0.800 → 0.600 (-25 %)',
      'missing  mix: b: it is in old.json and was not measured now',
      'new      mix: c: it is not in old.json',
      '1 of the figures are more than 15 % worse than in old.json',
    ])
  })
})
