import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createTopology, parseTopology, topologyUsages } from '../../protocols/topology/index.js'

describe('reading a topology', () => {
  it('takes the numbers after the colons', () => {
    assert.deepEqual(parseTopology('regular:4').values, [4])
    assert.deepEqual(parseTopology('random:12').values, [12])
    assert.deepEqual(parseTopology('erdos-renyi:0.05').values, [0.05])
    assert.deepEqual(parseTopology('small-world:4:1').values, [4, 1])
    assert.deepEqual(parseTopology('ring').values, [])
  })
  it('names the nearest topology and all others when it does not know one', () => {
    assert.throws(() => parseTopology('regulra:4'), {
      code: 'UNKNOWN_TOPOLOGY',
      message:
        /"regulra".*Did you mean regular\?.*ring, torus, .*regular:k, erdos-renyi:p, small-world:k:p.*random:s/,
    })
    assert.throws(() => parseTopology('Ring'), { code: 'UNKNOWN_TOPOLOGY', message: /Did you mean ring/ })
    assert.throws(() => parseTopology('edge:office.txt'), {
      message: /Did you mean edges\?.*also edges:FILE/,
    })
    assert.throws(() => parseTopology(''), { code: 'UNKNOWN_TOPOLOGY' })
    assert.throws(() => parseTopology('constructor'), { code: 'UNKNOWN_TOPOLOGY' })
    assert.throws(() => parseTopology('x'.repeat(100_000)), { code: 'UNKNOWN_TOPOLOGY' })
  })
  it('suggests nothing where no name is near', () => {
    assert.throws(() => parseTopology('xyzzy'), {
      message: /^no topology is called "xyzzy"\. Known: ring, /,
      details: { topology: 'xyzzy', nearest: undefined, known: topologyUsages },
    })
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
    for (const spec of [
      ...['erdos-renyi', 'erdos-renyi:.5', 'erdos-renyi:0.50', 'erdos-renyi:1.5', 'erdos-renyi:5e-1'],
      ...['erdos-renyi:-0.1', 'erdos-renyi:0.', 'erdos-renyi:00.5', 'erdos-renyi:0.5:2', 'geometric:2'],
      ...['small-world:4', 'small-world:0.1:4', 'small-world:4:0.1:1', 'small-world::0.1'],
      ...['torus:4', 'tree', 'tree:0.5', 'base:0', 'scale-free:1.5', 'one-peer-exponential:2'],
    ]) {
      assert.throws(() => createTopology(spec, 1), { code: 'IMPOSSIBLE' }, spec)
    }
    assert.throws(() => parseTopology('erdos-renyi:5'), {
      message: /a fraction from 0 to 1.*Write for example erdos-renyi:0\.1 \(erdos-renyi:p\)/,
    })
    assert.throws(() => parseTopology('small-world:4'), {
      message: /k, a positive whole number, and p, a fraction.*small-world:4:0\.1 \(small-world:k:p\)/,
    })
    assert.throws(() => parseTopology('regular'), { message: /Write for example regular:4/ })
    assert.throws(() => parseTopology('ring:2'), { message: /Write ring\./ })
  })
  it('lists how each is written', () => {
    assert.deepEqual(topologyUsages, [
      ...['ring', 'torus', 'grid', 'star', 'full', 'tree:k', 'regular:k', 'erdos-renyi:p', 'small-world:k:p'],
      ...['scale-free:m', 'geometric:r', 'exponential', 'one-peer-exponential', 'base:k', 'random:s'],
    ])
  })
  it('says where edge lists work', () => {
    for (const spec of ['edges:office.txt', 'edges']) {
      assert.throws(() => createTopology(spec, 1), {
        code: 'IMPOSSIBLE',
        message: /murmur simulate and murmur topology only/,
      })
    }
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
