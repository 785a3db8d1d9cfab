import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { droppedOf } from '../../protocols/final-merge/reduce-scatter/left-out.js'

const by = (said: Readonly<Record<string, string>>) =>
  new Map(Object.entries(said).map(([id, others]) => [id, [...others]]))

describe('of the members whom others leave out', () => {
  it('the one whom most leave out is dropped first, and no more than there is room for', () => {
    const suspects = { by: by({ d: 'a', e: 'abc', f: 'ab' }), salt: 's' }
    assert.deepEqual(droppedOf({ ...suspects, room: 0 }), [])
    assert.deepEqual(droppedOf({ ...suspects, room: -1 }), [])
    assert.deepEqual(droppedOf({ ...suspects, room: 2 }), ['e', 'f'])
    assert.deepEqual(droppedOf({ ...suspects, room: 9 }), ['e', 'f', 'd'])
  })

  it('one stays of two that leave each other out: which is drawn by lot', () => {
    const drawn = ['p', 'q', 'r', 's', 't', 'u'].map((salt) =>
      droppedOf({ by: by({ a: 'x', x: 'a' }), room: 2, salt }),
    )
    assert.ok(drawn.every((dropped) => dropped.length === 1))
    assert.deepEqual(new Set(drawn.flat()), new Set(['a', 'x']))
  })

  it('those stay whom nobody leaves out any more but one that is dropped', () => {
    // Two leave x out, so it goes first, and what it says about four others with it.
    assert.deepEqual(droppedOf({ by: by({ x: 'ab', c: 'x', d: 'x', e: 'x', f: 'x' }), room: 5, salt: 's' }), [
      'x',
    ])
  })
})
