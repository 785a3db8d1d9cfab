import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { hash32 } from '../../protocols/random.js'
import { createTopology, graphOf } from '../../protocols/topology/index.js'

const listsOf = (spec: string, ids: string): string[] =>
  [...graphOf(createTopology(spec, 42), ids.split('')).values()].map((neighbours) => neighbours.join(''))

/** Peers of different versions must agree on these: a change here splits runs, and needs a note in the changelog. */
describe('golden graphs', () => {
  it('ring', () => {
    assert.deepEqual(listsOf('ring', 'abcde'), ['be', 'ac', 'bd', 'ce', 'ad'])
    assert.deepEqual(listsOf('ring', 'ab'), ['b', 'a'])
  })
  it('full', () => {
    assert.deepEqual(listsOf('full', 'abcd'), ['bcd', 'acd', 'abd', 'abc'])
  })
  it('exponential', () => {
    // n = 9, hops 1, 2, 4, 8; 8 forwards is 1 backwards. From a (0): 1, 2, 4 and 8, 7, 5.
    assert.equal(listsOf('exponential', 'abcdefghi')[0], 'bcefhi')
    // From d (3): 4, 5, 7 and 2, 1, 8.
    assert.equal(listsOf('exponential', 'abcdefghi')[3], 'bcefhi')
    // n = 4, hops 1 and 2: everyone.
    assert.deepEqual(listsOf('exponential', 'abcd'), ['bcd', 'acd', 'abd', 'abc'])
  })
  it('regular:2 joins the members in the order of their hashes', () => {
    const hashOf = (id: string) => hash32(`42\u0000cycle 0\u00000\u0000${id}`)
    const order = 'abcdefghij'.split('').sort((a, b) => hashOf(a) - hashOf(b))
    const expected = 'abcdefghij'.split('').map((id) => {
      const at = order.indexOf(id)
      return [order[(at + 1) % 10], order[(at + 9) % 10]].sort().join('')
    })
    assert.deepEqual(listsOf('regular:2', 'abcdefghij'), expected)
  })
  it('regular:3 and regular:4', () => {
    const three = ['dhj', 'fij', 'egh', 'agj', 'cgi', 'bhi', 'cde', 'acf', 'bef', 'abd']
    assert.deepEqual(listsOf('regular:3', 'abcdefghij'), three)
    const four = ['dghj', 'fhij', 'defg', 'acgj', 'cgij', 'bchi', 'acde', 'abfi', 'befh', 'abde']
    assert.deepEqual(listsOf('regular:4', 'abcdefghij'), four)
  })
  it('random:2 in round 0', () => {
    const two = ['ij', 'ae', 'eh', 'eg', 'cj', 'bj', 'eh', 'ad', 'bf', 'be']
    assert.deepEqual(listsOf('random:2', 'abcdefghij'), two)
  })
})
