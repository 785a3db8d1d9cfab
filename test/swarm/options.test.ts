import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseOptions, SwarmTestUsageError } from './options.js'

describe('the options of the swarm test', () => {
  it('are 200 seeds when nothing is said', () => {
    assert.deepEqual(parseOptions([]), { seeds: [1, 200], trace: false, json: false })
  })

  it('take a range, one seed, and = instead of a space', () => {
    assert.deepEqual(parseOptions(['--seeds', '3..9', '--json']).seeds, [3, 9])
    assert.deepEqual(parseOptions(['--seeds=0..0']).seeds, [0, 0])
    assert.deepEqual(parseOptions(['--seed', '7', '--trace']), { seeds: [7, 7], trace: true, json: false })
  })

  for (const [why, ...args] of [
    ['needs a value', '--seed'],
    ['is no seed', '--seed', '-1'],
    ['is no seed', '--seed', '1.5'],
    ['is no seed', '--seeds', '1..x'],
    ['is no range', '--seeds', '5'],
    ['is empty', '--seeds', '9..3'],
    ['more than', '--seeds', '1..99999999'],
    ['given twice', '--seed', '1', '--seed', '2'],
    ['choose it with --seed', '--trace'],
    ['takes no value', '--json=yes'],
    ['unknown argument', '--sed', '1'],
  ] as const) {
    it(`refuse ${args.join(' ')} and say what to write`, () => {
      assert.throws(
        () => parseOptions(args),
        (error) =>
          error instanceof SwarmTestUsageError &&
          error.message.includes(why) &&
          error.message.includes('npm run test:swarm --'),
      )
    })
  }
})
