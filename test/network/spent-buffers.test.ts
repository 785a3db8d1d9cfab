import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createSpentBuffers } from '../../node/network/spent-buffers.js'

describe('letting go of spent buffers', () => {
  it('collects once for every 4 MiB', () => {
    let collections = 0
    const spent = createSpentBuffers(() => collections++)
    for (let chunk = 0; chunk < 40; chunk++) spent(256 * 1024)
    assert.equal(collections, 2) // 40 chunks are 10 MiB
  })
  it('finds the collector of this engine', () => {
    const weak: WeakRef<object>[] = []
    const spent = createSpentBuffers()
    const make = () => weak.push(new WeakRef(new Uint8Array(16)))
    make()
    // A weak reference lives until the end of the turn in which it was made, so nothing is asserted but that it runs.
    spent(8 * 1024 * 1024)
    assert.equal(weak.length, 1)
  })
})
