import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { encodeHeadsMessage } from '../../protocols/wire/index.js'
import type { HeadsMessage, MergeMessage } from '../../protocols/wire/index.js'
import { createPace } from '../../node/network/pace.js'
import { createSwarm, headOf, layoutOf, runOf, startHostile } from './support.js'
import type { Recorded, TestPeer } from './support.js'

const layout = layoutOf(10)
const run = runOf(layout)
const DIGEST = 'ab'.repeat(32)
const head = (version: number): HeadsMessage => ({ type: 'head', head: headOf(DIGEST, { version }) })
const versions = (events: readonly Recorded[]) =>
  events.flatMap(({ heads }) => (heads?.type === 'head' ? [heads.head.version] : []))
const hears = (version: number) => (event: Recorded) => versions([event])[0] === version

describe('gossip', () => {
  let swarm: ReturnType<typeof createSwarm>
  beforeEach(() => {
    swarm = createSwarm()
  })
  afterEach(() => swarm.stop())

  const join = async (dialler: TestPeer, listener: TestPeer) => {
    await dialler.network.dial(listener.address)
    await dialler.until(({ kind, peer }) => kind === 'subscribed' && peer === listener.id)
    await listener.until(({ kind, peer }) => kind === 'subscribed' && peer === dialler.id)
  }

  it('reaches members that are not connected to the sender', async () => {
    const alice = await swarm.start({ run })
    const bob = await swarm.start({ run })
    const carol = await swarm.start({ run })
    await join(alice, bob)
    await join(bob, carol)
    assert.deepEqual(alice.network.connectedPeers(), [bob.id])

    await alice.network.publishHead(head(3))
    const heard = await carol.until(({ kind }) => kind === 'heads')
    assert.equal(heard.peer, alice.id)
    assert.deepEqual(heard.heads, head(3))

    const presence: HeadsMessage = {
      type: 'presence',
      presence: { name: 'alice', addresses: [alice.address], leaving: false },
    }
    await alice.network.publishHead(presence)
    await carol.until(({ heads }) => heads?.type === 'presence')
    // The presence told carol where alice is.
    assert.equal(await carol.network.dial(alice.id), alice.id)

    const commitment: MergeMessage = { type: 'commitment', mergeId: 'run/1', digest: DIGEST, samples: 5 }
    await carol.network.publishMerge(commitment)
    assert.deepEqual((await alice.until(({ kind }) => kind === 'merge')).merge, commitment)
    assert.equal(
      alice.events.some(({ kind }) => kind === 'heads'),
      false,
    ) // not its own
  })
  it('drops heads that are not newer than what was heard', async () => {
    const alice = await swarm.start({ run })
    const bob = await swarm.start({ run })
    await join(alice, bob)
    for (const version of [5, 4, 5, 6]) await alice.network.publishHead(head(version))
    await bob.until(hears(6))
    assert.deepEqual(versions(bob.events), [5, 6])
    assert.deepEqual(bob.network.stats().refused, {})
  })
  it('rejects what does not decode, counts it, and goes on hearing the others', async () => {
    const alice = await swarm.start({ run })
    const bob = await swarm.start({ run })
    await join(alice, bob)
    const mallory = await startHostile(run)
    await mallory.node.start()
    try {
      const { pubsub } = mallory.node.services
      const connection = await mallory.connect(bob.address)
      assert.equal((await mallory.ask(connection, mallory.hello())).type, 'welcome')
      while (pubsub.getSubscribers(mallory.topics.heads).length === 0) {
        await new Promise((resolve) =>
          pubsub.addEventListener('subscription-change', resolve, { once: true }),
        )
      }
      await pubsub.publish(mallory.topics.heads, Uint8Array.of(1, 2, 3))
      await bob.until(
        (event) => event.kind === 'refused' && event.peer === mallory.id && event.code === 'MALFORMED',
      )
      await pubsub.publish(mallory.topics.heads, new Uint8Array(20_000))
      await bob.until((event) => event.kind === 'refused' && event.code === 'FRAME_TOO_LARGE')
      await alice.network.publishHead(head(1))
      await bob.until(hears(1))
      assert.deepEqual(alice.network.stats().refused, {}) // never forwarded
    } finally {
      await mallory.stop()
    }
  })
  it('does not publish what others would have to reject', async () => {
    const alice = await swarm.start({ run })
    const nan: HeadsMessage = { type: 'head', head: headOf(DIGEST, { loss: NaN }) }
    await assert.rejects(alice.network.publishHead(nan), { code: 'NOT_FINITE' })
  })
  it('may be published when nobody listens yet', async () => {
    const alice = await swarm.start({ run })
    await alice.network.publishHead(head(1))
    assert.equal(alice.network.stats().bytesSent, 0)
  })
  it('counts what it sends once per neighbour', async () => {
    const alice = await swarm.start({ run })
    const bob = await swarm.start({ run })
    await join(alice, bob)
    const sentBefore = alice.network.stats().bytesSent
    const receivedBefore = bob.network.stats().bytesReceived
    await alice.network.publishHead(head(1))
    await bob.until(hears(1))
    const bytes = encodeHeadsMessage(head(1)).length
    assert.equal(alice.network.stats().bytesSent - sentBefore, bytes)
    assert.equal(bob.network.stats().bytesReceived - receivedBefore, bytes)
  })
})

describe('the pace of heads', () => {
  const limits = { headsPerSecondMax: 4, membersMax: 2 }
  it('lets a second’s worth through at once and then as many as time allows', () => {
    let nowMs = 0
    const pace = createPace({ limits, nowMs: () => nowMs })
    const accepted = (count: number, from: number) =>
      Array.from({ length: count }, (_, i) => pace.accept('a', head(from + i))).filter(Boolean).length
    assert.equal(accepted(10, 1), 4)
    nowMs = 500 // half a second at four a second
    assert.equal(accepted(10, 11), 2)
    nowMs = 100_000
    assert.equal(accepted(10, 21), 4)
  })
  it('keeps senders apart and forgets the one heard longest ago', () => {
    const pace = createPace({ limits, nowMs: () => 0 })
    assert.equal(pace.accept('a', head(5)), true)
    assert.equal(pace.accept('b', head(5)), true)
    assert.equal(pace.accept('b', head(4)), false)
    assert.equal(pace.accept('c', head(1)), true) // forgets a
    assert.equal(pace.accept('a', head(5)), true)
  })
})
