import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { degreesOf, isConnected } from '../../protocols/topology/index.js'

const adjacency = (lists: Record<string, string[]>) => new Map(Object.entries(lists))

describe('graph metrics', () => {
  it('sees two islands', () => {
    assert.equal(isConnected(adjacency({ a: ['b'], b: ['a'], c: ['d'], d: ['c'] })), false)
    assert.equal(isConnected(adjacency({ a: ['b'], b: ['a', 'c'], c: ['b'] })), true)
  })
  it('calls nothing and a single member connected', () => {
    assert.equal(isConnected(adjacency({})), true)
    assert.equal(isConnected(adjacency({ a: [] })), true)
    assert.equal(isConnected(adjacency({ a: [], b: [] })), false)
  })
  it('counts the fewest and the most neighbours', () => {
    assert.deepEqual(degreesOf(adjacency({ a: ['b', 'c', 'd'], b: ['a'], c: ['a'], d: ['a'] })), {
      min: 1,
      max: 3,
    })
    assert.deepEqual(degreesOf(adjacency({})), { min: 0, max: 0 })
  })
})
