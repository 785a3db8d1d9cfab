import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createSchedule } from '../../protocols/gossip-learning/index.js'
import { createRandom } from '../../protocols/random.js'

const asked = (spec: string, rounds = 10): number[] => {
  const random = createRandom(1)
  const schedule = createSchedule(spec, { rounds })
  return Array.from({ length: rounds }, (_, index) => schedule.partners(index + 1, random))
}
const all = Infinity

describe('a schedule', () => {
  it('every:3 asks all neighbours in each third round', () => {
    assert.deepEqual(asked('every:3', 7), [0, 0, all, 0, 0, all, 0])
  })
  it('never asks nobody', () => {
    assert.deepEqual(asked('never', 3), [0, 0, 0])
  })
  it('late:0.8 asks all neighbours in the last fifth of the rounds', () => {
    assert.deepEqual(asked('late:0.8'), [0, 0, 0, 0, 0, 0, 0, 0, all, all])
  })
  it('late:0.8:1 asks one neighbour before that', () => {
    assert.deepEqual(asked('late:0.8:1'), [1, 1, 1, 1, 1, 1, 1, 1, all, all])
  })
  it('window:0.2:0.5 asks all neighbours from the third round to the fifth of ten', () => {
    assert.deepEqual(asked('window:0.2:0.5'), [0, 0, all, all, all, 0, 0, 0, 0, 0])
  })
  it('window:0:0.2:1 asks one neighbour after that', () => {
    assert.deepEqual(asked('window:0:0.2:1'), [all, all, 1, 1, 1, 1, 1, 1, 1, 1])
  })
  it('probability:0.2 asks one neighbour in about a fifth of the rounds', () => {
    const counts = asked('probability:0.2', 2000)
    assert.ok(counts.every((count) => count === 0 || count === 1))
    const ones = counts.filter((count) => count === 1).length
    // 400 expected, standard deviation sqrt(2000·0.2·0.8) = 17.9
    assert.ok(Math.abs(ones - 400) < 4 * 18, `${ones}`)
  })
  it('is refused with the known ones, and the nearest, when it is not known or its numbers make no sense', () => {
    assert.throws(() => createSchedule('evry:1', { rounds: 1 }), {
      code: 'BAD_VALUE',
      message: /Did you mean every/,
    })
    const bad = [
      '',
      'every',
      'every:0',
      'every:1.5',
      'every:1:2',
      'probability:1.1',
      'probability:',
      'late:-1',
      'window:0.5',
      'window:0.5:0.5',
      'never:1',
      'toString',
    ]
    for (const spec of bad)
      assert.throws(() => createSchedule(spec, { rounds: 1 }), { code: 'BAD_VALUE' }, spec)
  })
})
