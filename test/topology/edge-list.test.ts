import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { limits } from '../../protocols/limits.js'
import {
  checkTopology,
  createEdgeListTopology,
  edgeListFile,
  namedEdgeListFile,
  graphOf,
  isConnected,
} from '../../protocols/topology/index.js'

const listed = (text: string) => createEdgeListTopology({ name: 'edges:office.txt', text })
const lists = (text: string, members: readonly string[]): string[] =>
  [...graphOf(listed(text), members).values()].map((neighbours) => neighbours.join(' '))
const checking = (text: string, members: readonly string[]) => () => checkTopology(listed(text), members)

const MEMBERS = ['ann', 'bob', 'cid', 'dot']

describe('an edge list', () => {
  it('joins the members it names, both ways', () => {
    const text = '# the office\nann bob\n\n  bob\tcid   # across the hall\r\ndot cid\n'
    assert.doesNotThrow(checking(text, MEMBERS))
    assert.deepEqual(lists(text, MEMBERS), ['bob', 'ann cid', 'bob dot', 'cid'])
    assert.equal(listed(text).name, 'edges:office.txt')
    assert.equal(listed(text).kind, 'fixed')
  })
  it('takes indices in sorted order where no member has that id', () => {
    assert.deepEqual(lists('0 1\n1 2\n2 dot', MEMBERS), ['bob', 'ann cid', 'bob dot', 'cid'])
    // Members called by numbers: "1" is the id, which is member 0; "0" is nobody's id, so it is member 0 as well.
    assert.deepEqual(lists('1 2\n2 3', ['1', '2', '3']), ['2', '1 3', '2'])
    assert.throws(checking('1 0\n1 2\n2 3', ['1', '2', '3']), {
      code: 'BAD_EDGE_LIST',
      message: /line 1: both words are the same member/,
    })
  })
  it('counts the same edge once, either way round', () => {
    assert.deepEqual(lists('0 1\n1 0\nann bob\n0 1', ['ann', 'bob']), ['bob', 'ann'])
  })
  it('names the line of an edge from someone to itself', () => {
    assert.throws(() => listed('ann bob\n\nbob bob'), {
      code: 'BAD_EDGE_LIST',
      message: /office\.txt, line 3: "bob" is joined to itself.*Remove the line/,
      details: { topology: 'edges:office.txt', line: 3 },
    })
  })
  it('names a line that is not two words', () => {
    assert.throws(() => listed('ann\n'), { code: 'BAD_EDGE_LIST', message: /line 1:.*is 1 word\./ })
    assert.throws(() => listed('ann bob\nann bob 0.5'), {
      code: 'BAD_EDGE_LIST',
      message: /line 2:.*are 3 words/,
    })
    assert.throws(() => listed('# nothing\n'), { code: 'BAD_EDGE_LIST', message: /holds no edge/ })
  })
  it('names an unknown member and its line, once members are known', () => {
    assert.throws(checking('ann bob\nbob eve', MEMBERS), {
      code: 'UNKNOWN_MEMBER',
      message: /line 2: "eve" is neither the id of a member nor an index from 0 to 3/,
    })
    assert.throws(checking('0 4', MEMBERS), { code: 'UNKNOWN_MEMBER', message: /line 1: "4"/ })
    assert.throws(checking('0 01', MEMBERS), { code: 'UNKNOWN_MEMBER', message: /"01"/ })
  })
  it('refuses pieces with their number', () => {
    assert.throws(checking('ann bob', MEMBERS), {
      code: 'DISCONNECTED',
      message: /over 4 members falls into 3 components/,
    })
  })
  it('holds together when members leave: unknown ends are dropped, pieces are chained', () => {
    const text = 'ann bob\nbob cid\ncid dot'
    assert.deepEqual(lists(text, ['ann', 'cid', 'dot']), ['cid', 'ann dot', 'cid'])
    assert.ok(isConnected(graphOf(listed(text), ['ann', 'dot', 'eve'])))
    assert.deepEqual(lists(text, ['ann']), [''])
    assert.deepEqual([...listed(text).neighbours({ members: MEMBERS, self: 'eve', round: 0 })], [])
  })
  it('refuses a text beyond the limit', () => {
    assert.throws(() => listed('#'.repeat(limits.edgeListCharactersMax + 1)), {
      code: 'BAD_EDGE_LIST',
      message: /at most 33554432 are read/,
    })
  })
  it('refuses no members', () => {
    assert.throws(checking('0 1', []), { code: 'IMPOSSIBLE' })
  })
})

describe('the file of an edge list', () => {
  it('is what follows the colon', () => {
    assert.equal(edgeListFile('edges:C:\\nets\\office.txt'), 'C:\\nets\\office.txt')
    assert.equal(edgeListFile('edges:'), '')
    assert.equal(edgeListFile('ring'), null)
    assert.equal(edgeListFile('edges'), null)
  })
  it('is asked for by those who are about to read it', () => {
    assert.equal(namedEdgeListFile('edges:office.txt'), 'office.txt')
    assert.equal(namedEdgeListFile('ring'), null)
    for (const spec of ['edges:', 'edges']) {
      assert.throws(() => namedEdgeListFile(spec), { code: 'BAD_EDGE_LIST', message: /edges:graph\.txt/ })
    }
  })
})
