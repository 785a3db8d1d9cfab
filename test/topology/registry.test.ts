import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createTopology, parseTopology, topologyUsages } from '../../protocols/topology/index.js'

describe('reading a topology', () => {
  it('takes the number after the colon', () => {
    assert.equal(parseTopology('regular:4').count, 4)
    assert.equal(parseTopology('random:12').count, 12)
    assert.equal(parseTopology('ring').count, 0)
  })
  it('names the nearest topology and all others when it does not know one', () => {
    assert.throws(() => parseTopology('regulra:4'), {
      code: 'UNKNOWN_TOPOLOGY',
      message: /"regulra".*Did you mean regular\?.*ring, full, regular:k, exponential, random:s/,
    })
    assert.throws(() => parseTopology('Ring'), { code: 'UNKNOWN_TOPOLOGY', message: /Did you mean ring/ })
    assert.throws(() => parseTopology(''), { code: 'UNKNOWN_TOPOLOGY' })
    assert.throws(() => parseTopology('constructor'), { code: 'UNKNOWN_TOPOLOGY' })
    assert.throws(() => parseTopology('x'.repeat(100_000)), { code: 'UNKNOWN_TOPOLOGY' })
  })
  it('refuses a number that is missing, not positive, not whole or not wanted', () => {
    const wrong = [
      'regular',
      'regular:',
      'regular:0',
      'regular:-2',
      'regular:2.5',
      'regular:4x',
      'regular: 4',
    ]
    for (const spec of [
      ...wrong,
      'regular:1e3',
      'regular:4:4',
      'regular:04',
      'random:NaN',
      'ring:2',
      'full:',
    ]) {
      assert.throws(() => createTopology(spec, 1), { code: 'IMPOSSIBLE' }, spec)
    }
    assert.throws(() => parseTopology('regular'), { message: /Write for example regular:4/ })
    assert.throws(() => parseTopology('ring:2'), { message: /Write ring\./ })
  })
  it('lists how each is written', () => {
    assert.deepEqual(topologyUsages, ['ring', 'full', 'regular:k', 'exponential', 'random:s'])
  })
})

describe('checking random:s', () => {
  it('refuses to draw more others than there are', () => {
    assert.throws(() => createTopology('random:4', 1).check(4), {
      code: 'IMPOSSIBLE',
      message: /Use random:3 or less/,
    })
    assert.doesNotThrow(() => createTopology('random:4', 1).check(5))
  })
})
