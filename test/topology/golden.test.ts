import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { hash32 } from '../../protocols/random.js'
import { createTopology, graphOf } from '../../protocols/topology/index.js'

const listsOf = (spec: string, ids: string, round = 0): string[] =>
  [...graphOf(createTopology(spec, 42), ids.split(''), round).values()].map((neighbours) =>
    neighbours.join(''),
  )

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
  it('torus', () => {
    // Rows abcd, efgh, ijkl: a has b and, round the border, d; e below and, round the border, i.
    const twelve = [
      'bdei',
      'acfj',
      'bdgk',
      'achl',
      'afhi',
      'begj',
      'cfhk',
      'degl',
      'aejl',
      'bfik',
      'cgjl',
      'dhik',
    ]
    assert.deepEqual(listsOf('torus', 'abcdefghijkl'), twelve)
    // Rows abc, def: above and below are one.
    assert.deepEqual(listsOf('torus', 'abcdef'), ['bcd', 'ace', 'abf', 'aef', 'bdf', 'cde'])
    assert.deepEqual(listsOf('torus', 'abcde'), listsOf('ring', 'abcde'))
  })
  it('grid', () => {
    assert.deepEqual(listsOf('grid', 'abcdef'), ['bd', 'ace', 'bf', 'ae', 'bdf', 'ce'])
    assert.deepEqual(listsOf('grid', 'abcde'), ['b', 'ac', 'bd', 'ce', 'd']) // prime: a path
  })
  it('star', () => {
    assert.deepEqual(listsOf('star', 'abcde'), ['bcde', 'a', 'a', 'a', 'a'])
  })
  it('tree:k', () => {
    assert.deepEqual(listsOf('tree:2', 'abcdefg'), ['bc', 'ade', 'afg', 'b', 'b', 'c', 'c'])
    assert.deepEqual(listsOf('tree:3', 'abcdefg'), ['bcd', 'aefg', 'a', 'a', 'b', 'b', 'b'])
    assert.deepEqual(listsOf('tree:1', 'abcd'), ['b', 'ac', 'bd', 'c'])
  })
  it('erdos-renyi:0.3', () => {
    const lists = ['bgij', 'adhi', 'dfg', 'bcgi', 'i', 'cg', 'acdf', 'b', 'abde', 'a']
    assert.deepEqual(listsOf('erdos-renyi:0.3', 'abcdefghij'), lists)
  })
  it('small-world:4:0.3', () => {
    const lists = ['befi', 'adfj', 'def', 'bceh', 'acdg', 'abch', 'ehij', 'dfgij', 'aghj', 'bghi']
    assert.deepEqual(listsOf('small-world:4:0.3', 'abcdefghij'), lists)
  })
  it('scale-free:2', () => {
    const lists = ['bcegj', 'acdh', 'abdf', 'bcefj', 'ad', 'cdgh', 'afi', 'bfi', 'gh', 'ad']
    assert.deepEqual(listsOf('scale-free:2', 'abcdefghij'), lists)
  })
  it('geometric:0.4', () => {
    const lists = ['be', 'aceghj', 'bdghij', 'chi', 'ab', 'i', 'bch', 'bcdg', 'cdfj', 'bci']
    assert.deepEqual(listsOf('geometric:0.4', 'abcdefghij'), lists)
  })
  it('one-peer-exponential', () => {
    // n = 6: hops 1, 2, 4 and again 1.
    const rounds = [0, 1, 2, 3].map((round) => listsOf('one-peer-exponential', 'abcdef', round).join(''))
    assert.deepEqual(rounds, ['bcdefa', 'cdefab', 'efabcd', 'bcdefa'])
  })
  it('base:1 over five', () => {
    // 5 = 4 + 1. abcd average in two rounds; e meets d, the last of them, while a and b pair up; abcd once more.
    const rounds = [0, 1, 2, 3, 4].map((round) => listsOf('base:1', 'abcde', round))
    assert.deepEqual(rounds, [
      ['b', 'a', 'd', 'c', ''],
      ['c', 'd', 'a', 'b', ''],
      ['b', 'a', '', 'e', 'd'],
      ['b', 'a', 'd', 'c', ''],
      ['c', 'd', 'a', 'b', ''],
    ])
  })
  it('base:2 over seven', () => {
    // 7 = 2·3 + 1. abcdef average by 2 · 3; g meets c and f, the last of abc and def, while abd are left over; abc, def.
    const rounds = [0, 1, 2, 3].map((round) => listsOf('base:2', 'abcdefg', round))
    assert.deepEqual(rounds, [
      ['b', 'a', 'd', 'c', 'f', 'e', ''],
      ['ce', 'df', 'ae', 'bf', 'ac', 'bd', ''],
      ['bd', 'ad', 'g', 'ab', '', 'g', 'cf'],
      ['bc', 'ac', 'ab', 'ef', 'df', 'de', ''],
    ])
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
