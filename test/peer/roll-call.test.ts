import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import type { Network } from '../../node/network/index.js'
import { createRollCall } from '../../node/peer/roll-call.js'
import type { Head, HeadsMessage, Presence } from '../../protocols/wire/index.js'

const presence = (name: string, leaving = false): Presence => ({ name, addresses: [], leaving })

const head = (round: number): Head => ({
  version: round,
  round,
  samples: 1,
  digest: 'd'.repeat(64),
  degree: 1,
  finished: false,
  loss: null,
  accuracy: null,
})

const setUp = (test: TestContext) => {
  // performance.now() goes on by itself; the timers do not.
  test.mock.timers.enable({ apis: ['setTimeout', 'setInterval'] })
  let nowMs = 0
  test.mock.method(performance, 'now', () => nowMs)
  const published: HeadsMessage[] = []
  const changes: string[] = []
  const heads: string[] = []
  const stopping = new AbortController()
  test.after(() => stopping.abort())
  const network = {
    peerId: 'self',
    addresses: () => [],
    connectedPeers: () => [],
    learn: () => {},
    dial: () => Promise.reject(new Error('refused')),
    publishHead: (message: HeadsMessage) => {
      published.push(message)
      return Promise.resolve()
    },
  } as unknown as Network
  const rollCall = createRollCall({
    network,
    name: 'me',
    signal: stopping.signal,
    onChange: ({ name, change }) => changes.push(`${name} ${change}`),
    onHead: (from, { round }) => heads.push(`${from} ${round}`),
    onTick: () => {},
  })
  const pass = (ms: number): void => {
    nowMs += ms
    test.mock.timers.tick(ms)
  }
  return { rollCall, published, changes, heads, stopping, pass }
}

describe('the roll call', () => {
  it('greets a hundred newcomers twice, not a hundred times', (test) => {
    const { rollCall, published, pass } = setUp(test)
    for (let index = 0; index < 100; index++) rollCall.heardPresence(`peer-${index}`, presence(`p${index}`))
    assert.equal(published.length, 1)
    pass(250)
    assert.equal(published.length, 2)
    assert.equal(rollCall.members.length, 101)
  })

  it('counts a newcomer once it has said who it is, and keeps the head that came before', (test) => {
    const { rollCall, changes, heads } = setUp(test)
    rollCall.heardHead('a', head(3))
    assert.deepEqual([rollCall.members, changes, heads], [['self'], [], []])
    rollCall.heardPresence('a', presence('ann'))
    assert.deepEqual([rollCall.members, changes, heads], [['a', 'self'], ['ann joined'], ['a 3']])
    assert.equal(rollCall.headOf('a')?.round, 3)
  })

  it('does not take what was overtaken by a goodbye for the return of one that has left', (test) => {
    const { rollCall, changes, pass } = setUp(test)
    rollCall.heardPresence('a', presence('ann'))
    rollCall.heardPresence('a', presence('ann', true))
    rollCall.heardHead('a', head(4))
    pass(999)
    rollCall.heardPresence('a', presence('ann'))
    assert.deepEqual([rollCall.members, changes], [['self'], ['ann joined', 'ann left']])
    // A second after the goodbye it can only be a return.
    pass(1)
    rollCall.heardPresence('a', presence('ann'))
    assert.deepEqual(rollCall.members, ['a', 'self'])
  })

  it('drops a member that is silent for more than 8 seconds, and takes its next head as a return', (test) => {
    const { rollCall, changes, pass } = setUp(test)
    rollCall.heardPresence('a', presence('ann'))
    pass(8_000)
    assert.deepEqual(rollCall.members, ['a', 'self'])
    pass(1_000)
    assert.deepEqual(rollCall.members, ['self'])
    rollCall.heardHead('a', head(9))
    assert.deepEqual(changes, ['ann joined', 'ann lost', 'ann joined'])
  })

  it('drops a member at once whose connection broke and who does not answer', async (test) => {
    const { rollCall, changes } = setUp(test)
    rollCall.heardPresence('a', presence('ann'))
    rollCall.disconnected('a')
    await new Promise(setImmediate)
    assert.deepEqual(changes, ['ann joined', 'ann lost'])
  })

  it('says and hears nothing once it is stopped, but its goodbye', (test) => {
    const { rollCall, published, changes, stopping, pass } = setUp(test)
    stopping.abort()
    rollCall.heardPresence('a', presence('ann'))
    rollCall.heardHead('a', head(1))
    rollCall.announce()
    pass(10_000)
    assert.deepEqual([published, changes], [[], []])
    void rollCall.sayGoodbye()
    assert.deepEqual(published, [{ type: 'presence', presence: presence('me', true) }])
  })
})
