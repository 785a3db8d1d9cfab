import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { encodeHeadsMessage } from '../../protocols/wire/index.js'
import { NetworkError, RUN_PROTOCOL, SNAPSHOT_PROTOCOL } from '../../node/network/index.js'
import { createSwarm, headOf, layoutOf, runOf, smallLimits, startHostile } from './support.js'

const layout = layoutOf(10)
const withCode = (code: string) => (error: unknown) => error instanceof NetworkError && error.code === code

describe('saying hello', () => {
  let swarm: ReturnType<typeof createSwarm>
  beforeEach(() => {
    swarm = createSwarm()
  })
  afterEach(() => swarm.stop())

  it('admits two peers of one run to each other, each with the name and addresses of the other', async () => {
    const alice = await swarm.start({ run: runOf(layout), name: 'alice' })
    const bob = await swarm.start({ run: runOf(layout), name: 'bob' })
    assert.equal(await bob.network.dial(alice.address), alice.id)
    const atAlice = await alice.until(({ kind }) => kind === 'admitted')
    const atBob = await bob.until(({ kind }) => kind === 'admitted')
    assert.deepEqual(atAlice.presence, { name: 'bob', addresses: [bob.address], leaving: false })
    assert.deepEqual(atBob.presence, { name: 'alice', addresses: [alice.address], leaving: false })
    assert.deepEqual(alice.network.connectedPeers(), [bob.id])
    assert.deepEqual(bob.network.connectedPeers(), [alice.id])
  })
  it('tells when the last connection to a peer is gone', async () => {
    const alice = await swarm.start({ run: runOf(layout) })
    const bob = await swarm.start({ run: runOf(layout) })
    await bob.network.dial(alice.address)
    await bob.network.stop()
    assert.equal((await alice.until(({ kind }) => kind === 'disconnected')).peer, bob.id)
    assert.deepEqual(alice.network.connectedPeers(), [])
  })
  for (const [title, code, run] of [
    ['another run', 'FOREIGN_RUN', runOf(layout, 'another run')],
    ['a model of another shape', 'FOREIGN_LAYOUT', runOf(layoutOf(11))],
  ] as const) {
    it(`refuses a peer of ${title} on both sides`, async () => {
      const alice = await swarm.start({ run: runOf(layout) })
      const stranger = await swarm.start({ run })
      await assert.rejects(stranger.network.dial(alice.address), withCode(code))
      assert.equal((await alice.until(({ kind }) => kind === 'refused')).code, code)
      assert.equal((await stranger.until(({ kind }) => kind === 'refused')).code, code)
      assert.deepEqual(alice.network.stats().refused, { [code]: 1 })
      assert.deepEqual(stranger.network.stats().refused, { [code]: 1 })
      assert.deepEqual(alice.network.connectedPeers(), [])
      assert.deepEqual(stranger.network.connectedPeers(), [])
      assert.equal(
        alice.events.some(({ kind }) => kind === 'admitted'),
        false,
      )
    })
  }
  it('shows a visitor the run, the status and the members, but no weights', async () => {
    const run = runOf(layout)
    const alice = await swarm.start({ run, name: 'alice' })
    const visitor = await swarm.start({ run: null, listen: [] })
    await visitor.network.dial(alice.address)
    const welcome = await visitor.network.fetchRun(alice.id)
    assert.equal(welcome.runId, run.runId)
    assert.equal(welcome.layout, layout.fingerprint)
    assert.deepEqual(Buffer.from(welcome.configuration), Buffer.from(run.configuration))
    assert.deepEqual(welcome.members, [{ id: alice.id, name: 'alice', addresses: [alice.address] }])
    assert.equal(new TextDecoder().decode(await visitor.network.status(alice.id)), '{"round":1}')
    const pull = visitor.network.pull({ from: alice.id, request: { type: 'newest', newerThan: -1 }, layout })
    await assert.rejects(pull, withCode('UNREACHABLE'))
    assert.equal((await alice.until(({ kind }) => kind === 'refused')).code, 'NOT_ADMITTED')
    await assert.rejects(
      visitor.network.publishHead({ type: 'head', head: headOf('ab'.repeat(32)) }),
      withCode('NOT_ADMITTED'),
    )
    assert.deepEqual(alice.network.connectedPeers(), [])
  })
  it('lets the owner judge a call to merge by where it comes from', async () => {
    const alice = await swarm.start({ run: runOf(layout) })
    const bob = await swarm.start({ run: runOf(layout) })
    const visitor = await swarm.start({ run: null, listen: [] })
    await bob.network.dial(alice.address)
    await visitor.network.dial(alice.address)
    assert.deepEqual(await bob.network.callMerge(alice.id), { type: 'accepted' })
    assert.deepEqual(await visitor.network.callMerge(alice.id), { type: 'accepted' })
    assert.deepEqual(alice.mergeCalls, [
      { from: bob.id, loopback: true, member: true },
      { from: visitor.id, loopback: true, member: false },
    ])
    // The listener may ask the dialler as well.
    assert.deepEqual(await alice.network.callMerge(bob.id), { type: 'accepted' })
  })
  it('refuses a configuration that does not hash to the run id', async () => {
    const run = { ...runOf(layout), configuration: new TextEncoder().encode('something else') }
    const alice = await swarm.start({ run })
    const visitor = await swarm.start({ run: null, listen: [] })
    await visitor.network.dial(alice.address)
    await assert.rejects(visitor.network.fetchRun(alice.id), { code: 'DIGEST_MISMATCH' })
  })
  it('turns a visitor away from a visitor', async () => {
    const one = await swarm.start({ run: null })
    const other = await swarm.start({ run: null })
    await assert.rejects(other.network.dial(one.address), withCode('FOREIGN_RUN'))
  })
  it('says of a peer that stops while it is asked that it may be at its end, and blames it for nothing', async () => {
    const ending = await startHostile(runOf(layout))
    await ending.node.handle(RUN_PROTOCOL, (stream) => stream.close())
    await ending.node.start()
    try {
      const visitor = await swarm.start({ run: null, listen: [] })
      await assert.rejects(visitor.network.dial(ending.node.getMultiaddrs()[0]!.toString()), {
        code: 'TRUNCATED',
        message: new RegExp(`^${ending.id} hung up before .* it may be stopping`),
      })
    } finally {
      await ending.stop()
    }
  })
  it('hangs up on a peer that does not say hello', async () => {
    const alice = await swarm.start({ run: runOf(layout), limits: smallLimits({ helloTimeoutMs: 200 }) })
    const mute = await startHostile(runOf(layout))
    await mute.node.start()
    try {
      const connection = await mute.connect(alice.address)
      await mute.hungUp(connection)
      assert.deepEqual(alice.network.stats().refused, { TIMED_OUT: 1 })
    } finally {
      await mute.stop()
    }
  })
  it('hangs up on a visitor after a while', async () => {
    const alice = await swarm.start({ run: runOf(layout), limits: smallLimits({ exchangeTimeoutMs: 200 }) })
    const visitor = await startHostile(runOf(layout))
    await visitor.node.start()
    try {
      const connection = await visitor.connect(alice.address)
      const reply = await visitor.ask(connection, { ...visitor.hello(), runId: null, layout: null } as never)
      assert.equal(reply.type, 'welcome')
      await visitor.hungUp(connection)
      assert.deepEqual(alice.network.stats().refused, {})
    } finally {
      await visitor.stop()
    }
  })
  it('serves no weights and hears no gossip before the hello', async () => {
    const alice = await swarm.start({ run: runOf(layout), limits: smallLimits({ helloTimeoutMs: 300 }) })
    const mute = await startHostile(runOf(layout))
    await mute.node.start()
    try {
      const connection = await mute.connect(alice.address)
      await connection.newStream(SNAPSHOT_PROTOCOL, { signal: mute.signal })
      await mute.node.services.pubsub.publish(
        mute.topics.heads,
        encodeHeadsMessage({ type: 'head', head: headOf('ab'.repeat(32)) }),
      )
      await mute.hungUp(connection)
      await alice.until(({ code }) => code === 'NOT_ADMITTED')
      assert.equal(
        alice.events.some(({ kind }) => kind === 'heads'),
        false,
      )
    } finally {
      await mute.stop()
    }
  })
})
