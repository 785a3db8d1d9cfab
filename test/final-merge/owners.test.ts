import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createOwners } from '../../protocols/final-merge/reduce-scatter/owners.js'
import { peerNames } from '../harness/index.js'

const counts = (members: readonly string[], chunks: number, salt = '1.1'): number[] => {
  const owners = createOwners({ members, chunks, salt })
  return members.map((id) => owners.chunksOf(id).length)
}

describe('owners of chunks', () => {
  it('give every chunk to one member, the first of its candidates, and rank all members behind it', () => {
    const members = peerNames(7)
    const owners = createOwners({ members, chunks: 100, salt: '1.1' })
    const owned = members.flatMap((id) => owners.chunksOf(id))
    assert.deepEqual(
      owned.sort((a, b) => a - b),
      Array.from({ length: 100 }, (_, chunk) => chunk),
    )
    for (let chunk = 0; chunk < 100; chunk++) {
      const candidates = owners.candidates(chunk)
      assert.ok(owners.chunksOf(candidates[0]!).includes(chunk))
      assert.deepEqual([...candidates].sort(), members)
    }
  })

  it('own their share rounded up at most', () => {
    // 256 / 10 = 25.6 and 256 / 32 = 8, a share that leaves no room
    assert.equal(Math.max(...counts(peerNames(10), 256)), 26)
    assert.deepEqual(new Set(counts(peerNames(32), 256)), new Set([8]))
    for (let salt = 0; salt < 50; salt++) {
      assert.ok(Math.max(...counts(peerNames(9), 31, `${salt}`)) <= 4) // 31 / 9 = 3.4
    }
  })

  it('own one or nothing when there are fewer chunks than members', () => {
    const owned = counts(peerNames(8), 3)
    assert.equal(
      owned.reduce((sum, count) => sum + count, 0),
      3,
    )
    assert.equal(Math.max(...owned), 1)
  })

  it('mostly keep their chunks when a member goes', () => {
    const members = peerNames(10)
    const before = createOwners({ members, chunks: 256, salt: '1.1' })
    for (const gone of members) {
      const left = members.filter((id) => id !== gone)
      const after = createOwners({ members: left, chunks: 256, salt: '1.1' })
      const moved = left.flatMap((id) => {
        const now = new Set(after.chunksOf(id))
        return before.chunksOf(id).filter((chunk) => !now.has(chunk))
      })
      // Of about 230 that need not move; dealt out in turn, 9 of 10 would.
      assert.ok(moved.length < 60, `${moved.length} moved without ${gone}`)
    }
  })

  it('differ from merge to merge, and are the same everywhere', () => {
    const members = peerNames(5)
    const owned = (salt: string) => createOwners({ members, chunks: 40, salt }).chunksOf('p02')
    assert.deepEqual(owned('1.1'), owned('1.1'))
    assert.notDeepEqual(owned('1.1'), owned('1.2'))
  })

  it('know nothing of strangers', () => {
    assert.deepEqual(createOwners({ members: ['a'], chunks: 4, salt: '1.1' }).chunksOf('b'), [])
  })
})
