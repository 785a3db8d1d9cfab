import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it, mock } from 'node:test'
import { createAnnouncer } from '../../node/peer/announcer.js'
import type { Head } from '../../protocols/wire/index.js'

const headOf = (version: number, finished = false): Head => ({
  ...{ version, round: version, samples: version, digest: 'ab'.repeat(32), degree: 2 },
  ...{ finished, loss: null, accuracy: null },
})

/** Of a run with 8 members, so that heads may be 800 ms apart. */
const setUp = ({ isPaced = true, publish = (_head: Head) => Promise.resolve() } = {}) => {
  const published: number[] = []
  const failures: unknown[] = []
  const stopping = new AbortController()
  let nowMs = 5_000
  const announcer = createAnnouncer({
    isPaced,
    members: () => 8,
    publish(head) {
      published.push(head.version)
      return publish(head)
    },
    nowMs: () => nowMs,
    signal: stopping.signal,
    fail: (error) => failures.push(error),
  })
  return {
    announce: (version: number, finished = false) => announcer.announce(headOf(version, finished)),
    pass: (ms: number) => {
      nowMs += ms
      mock.timers.tick(ms)
    },
    ...{ published, failures, stopping },
  }
}

describe('announcing snapshots', () => {
  beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }))
  afterEach(() => mock.timers.reset())

  it('tells of the first at once, and of the newest when the members can take another', async () => {
    const { announce, pass, published } = setUp()
    for (const version of [1, 2, 3]) await announce(version)
    assert.deepEqual(published, [1])
    pass(799)
    assert.deepEqual(published, [1])
    pass(1)
    assert.deepEqual(published, [1, 3])
  })
  it('tells at once of one that comes late enough', async () => {
    const { announce, pass, published } = setUp()
    await announce(1)
    pass(800)
    await announce(2)
    assert.deepEqual(published, [1, 2])
  })
  it('tells at once that the rounds are done, and nothing older afterwards', async () => {
    const { announce, pass, published } = setUp()
    for (const version of [1, 2]) await announce(version)
    await announce(3, true)
    pass(10_000)
    assert.deepEqual(published, [1, 3])
  })
  it('tells of what a peer mixes after its last round no oftener than before', async () => {
    const { announce, pass, published } = setUp()
    await announce(1, true)
    // Turns of 50 ms: 32 of them are twice the 800 ms between heads.
    for (let version = 2; version <= 33; version++) {
      pass(50)
      await announce(version, true)
    }
    // After 800 ms the 16th is the newest, after 1,600 the 32nd.
    assert.deepEqual(published, [1, 16, 32])
  })
  it('tells at once of a round that is to be done after all', async () => {
    const { announce, published } = setUp()
    await announce(1, true)
    await announce(2)
    await announce(3)
    assert.deepEqual(published, [1, 2])
  })
  it('leaves out none where others wait for each', async () => {
    const { announce, published } = setUp({ isPaced: false })
    for (const version of [1, 2, 3]) await announce(version)
    assert.deepEqual(published, [1, 2, 3])
  })
  it('tells of nothing more once the peer stops', async () => {
    const { announce, pass, published, stopping } = setUp()
    for (const version of [1, 2]) await announce(version)
    stopping.abort()
    pass(10_000)
    assert.deepEqual(published, [1])
  })
  it('reports a head that was put off and cannot be announced', async () => {
    const error = new Error('no')
    const { announce, pass, failures } = setUp({
      publish: ({ version }) => (version === 2 ? Promise.reject(error) : Promise.resolve()),
    })
    for (const version of [1, 2]) await announce(version)
    pass(800)
    await Promise.resolve()
    await Promise.resolve()
    assert.deepEqual(failures, [error])
  })
})
