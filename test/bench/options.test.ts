import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { BenchError } from '../../scripts/bench/errors.js'
import { parseArguments } from '../../scripts/bench/options.js'

const KNOWN = ['mix', 'wire', 'train', 'simulate', 'start']
const parse = (...args: readonly string[]) => parseArguments(args, KNOWN)

describe('the arguments of the bench', () => {
  it('are all groups when nothing is said', () => {
    assert.deepEqual(parse(), { groups: KNOWN, quick: false })
  })

  it('take groups in any order and files before, after and with =', () => {
    assert.deepEqual(parse('wire', '--json', 'a.json', 'mix', '--compare=b.json'), {
      groups: ['mix', 'wire'],
      quick: false,
      json: 'a.json',
      compare: 'b.json',
    })
  })

  it('run a group once that was named twice', () => {
    assert.deepEqual(parse('mix', 'mix', '--quick'), { groups: ['mix'], quick: true })
  })

  for (const [says, ...args] of [
    ['Did you mean train?', 'trian'],
    ['Did you mean --json?', '--jsno', 'x'],
    ['There is no group "zebra". Nothing was measured.', 'zebra'],
    ['--json needs the path of a file', '--json'],
    ['--json needs the path of a file', '--json', '--quick'],
    ['--compare needs the path of a file', '--compare='],
    ['--json was given twice', '--json', 'a', '--json', 'b'],
    ['--quick takes no value', '--quick=1'],
    ['cannot be compared with another', '--quick', '--compare', 'a'],
  ] as const) {
    it(`are refused with "${says}" for ${args.join(' ')}`, () => {
      assert.throws(
        () => parse(...args),
        (error) => error instanceof BenchError && error.code === 'USAGE' && error.message.includes(says),
      )
    })
  }
})
