import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { digestOfBytes, encodeFloat32, sha256Pure } from '../../protocols/wire/index.js'
import { describeSnapshot } from '../../node/network/index.js'
import { weightsOf } from './support.js'

describe('describing a snapshot', () => {
  it('gives the digest tree of the encoded weights', async () => {
    for (const length of [1, 65_536, 65_537, 150_001]) {
      const weights = weightsOf(length)
      const { bytes, leaves, digest } = await describeSnapshot(weights)
      assert.deepEqual({ leaves, digest }, digestOfBytes(encodeFloat32(weights), sha256Pure))
      assert.equal(bytes.length, length * 4)
    }
  })
  it('lets the event loop turn after every megabyte', async () => {
    let turns = 0
    const count = () => {
      turns++
      immediate = setImmediate(count)
    }
    let immediate = setImmediate(count)
    await describeSnapshot(new Float32Array(5 * 262_144)) // 5 MiB
    clearImmediate(immediate)
    assert.ok(turns >= 4, `${turns} turns`)
  })
})
