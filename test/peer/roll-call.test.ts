import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import type { Network } from '../../node/network/index.js'
import { createRollCall } from '../../node/peer/roll-call.js'
import { limits } from '../../protocols/limits.js'
import type { HeadsMessage, Presence } from '../../protocols/wire/index.js'
import { headOfRound as head } from './head-of-round.js'

const presence = (name: string, leaving = false): Presence => ({ name, addresses: [], leaving })

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

  it('hears no heads for a second after a goodbye, so that a new life does not begin with the last head of the old', (test) => {
    const { rollCall, heads, pass } = setUp(test)
    rollCall.heardPresence('a', presence('ann'))
    rollCall.heardPresence('a', presence('ann', true))
    rollCall.heardHead('a', { ...head(40), finished: true })
    pass(600_000)
    rollCall.heardPresence('a', presence('ann'))
    assert.deepEqual([rollCall.headOf('a'), heads], [undefined, []])
    rollCall.heardHead('a', head(1))
    assert.deepEqual(heads, ['a 1'])
  })

  it('forgets with a goodbye the head of one that never said who it was', (test) => {
    const { rollCall, heads, pass } = setUp(test)
    rollCall.heardHead('a', head(40))
    rollCall.heardPresence('a', presence('ann', true))
    pass(1_000)
    rollCall.heardPresence('a', presence('ann'))
    assert.deepEqual([rollCall.members, heads], [['a', 'self'], []])
  })

  it('lets those it only heard of yield to one that it hears, but nobody it has heard', (test) => {
    const { rollCall, heads } = setUp(test)
    rollCall.heardPresence('ann', presence('ann'))
    rollCall.heardOf([{ id: 'bob', name: 'bob', addresses: [] }])
    rollCall.heardHead('bob', head(1))
    // Ann and Bob have been heard: room for all but two of these.
    const told = Array.from({ length: limits.membersMax }, (_, index) => `told-${index}`)
    rollCall.heardOf(told.map((id) => ({ id, name: id, addresses: [] })))
    rollCall.heardHead('cem', head(7))
    rollCall.heardPresence('cem', presence('cem'))
    assert.deepEqual(
      rollCall.records.map(({ name }) => name),
      ['ann', 'bob', 'cem'],
    )
    assert.deepEqual(heads, ['bob 1', 'cem 7'])
    // The first of the told had to go: its head says nothing until it says who it is.
    rollCall.heardHead('told-0', head(1))
    rollCall.heardHead('told-1', head(1))
    assert.deepEqual(rollCall.members, ['ann', 'bob', 'cem', 'self', 'told-1'])
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
    rollCall.announce()
    published.length = 0
    stopping.abort()
    rollCall.heardPresence('a', presence('ann'))
    rollCall.heardHead('a', head(1))
    rollCall.announce()
    pass(10_000)
    assert.deepEqual([published, changes], [[], []])
    void rollCall.sayGoodbye()
    assert.deepEqual(published, [{ type: 'presence', presence: presence('me', true) }])
  })

  it('announces nothing after its goodbye, which it says once', (test) => {
    const { rollCall, published, pass } = setUp(test)
    rollCall.announce()
    // Too soon after the first: this one waits.
    rollCall.announce()
    void rollCall.sayGoodbye()
    void rollCall.sayGoodbye()
    rollCall.announce()
    rollCall.heardPresence('a', presence('ann'))
    pass(10_000)
    assert.deepEqual(
      published.map((message) => message.type === 'presence' && message.presence.leaving),
      [false, true],
    )
  })

  it('says no goodbye when it never said that it was here', async (test) => {
    const { rollCall, published, pass } = setUp(test)
    await rollCall.sayGoodbye()
    pass(10_000)
    assert.deepEqual(published, [])
  })
})
