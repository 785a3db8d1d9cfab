import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { lpStream } from '@libp2p/utils'
import { limits } from '../../protocols/limits.js'
import {
  decodeShardRequest,
  encodeShardReply,
  type ShardReply,
  type ShardRequest,
} from '../../protocols/wire/index.js'
import { SHARD_PROTOCOL } from '../../node/network/shard-server.js'
import { codeOf, createSwarm, layoutOf, runOf, smallLimits, startHostile } from './support.js'
import type { TestPeer } from './support.js'

const DIGEST = 'ab'.repeat(32)
const NONE: ShardReply = { type: 'none' }
const leaves: ShardRequest = { type: 'leaves', digest: DIGEST }
const pieces = (...indexes: number[]): ShardRequest => ({ type: 'piece', digest: DIGEST, indexes })
const average = (...indexes: number[]): ShardRequest => ({ type: 'average', roster: DIGEST, indexes })
const chunk = (index: number, ...bytes: number[]): ShardReply => ({
  ...{ type: 'chunk', index, data: Uint8Array.from(bytes) },
})

/** What happens once, and may be waited for. */
const once = <T>() => {
  let happen!: (value: T) => void
  const happened = new Promise<T>((resolve) => (happen = resolve))
  return { happen, happened }
}

describe('asking for parts of a merge', () => {
  const run = runOf(layoutOf(10))
  let swarm: ReturnType<typeof createSwarm>
  let alice: TestPeer
  let bob: TestPeer

  const connect = async (changes: Parameters<typeof smallLimits>[0] = {}) => {
    alice = await swarm.start({ run, limits: smallLimits(changes) })
    bob = await swarm.start({ run, limits: smallLimits(changes) })
    await bob.network.dial(alice.address)
  }
  /** The replies to bob, copied: their bytes are lent for the call. */
  const ask = async (
    requests: readonly ShardRequest[],
    options: { from?: string; signal?: AbortSignal; timeoutMs?: number } = {},
  ) => {
    const replies: unknown[] = []
    await bob.network.askShards({
      ...{ from: alice.id, requests, ...options },
      onReply(reply, index) {
        assert.equal(index, replies.length)
        const fields: [string, unknown][] = Object.entries(reply)
        const plain = fields.map(([key, value]) => [
          key,
          value instanceof Uint8Array ? Array.from(value) : value,
        ])
        replies.push(Object.fromEntries(plain))
      },
    })
    return replies
  }

  beforeEach(() => {
    swarm = createSwarm()
  })
  afterEach(() => swarm.stop())

  it('brings a reply of the right kind for each request, in order', async () => {
    await connect()
    const asked: (readonly [ShardRequest, string])[] = []
    alice.answer((request, from) => {
      asked.push([request, from])
      switch (request.type) {
        case 'leaves':
          return { type: 'leaves', leaves: new Uint8Array(32).fill(7), summary: Uint8Array.of(8) }
        case 'sketch':
          return { type: 'sketch', values: new Uint8Array(16).fill(9) }
        case 'piece':
          return chunk(request.indexes[0]!, 1, 2)
        default:
          return NONE
      }
    })
    const requests = [
      leaves,
      pieces(3, 4),
      average(0),
      { type: 'sketch', digest: DIGEST, seed: 2 ** 32 - 1 },
      pieces(0),
    ] as const
    assert.deepEqual(await ask(requests), [
      { type: 'leaves', leaves: Array(32).fill(7), summary: [8] },
      { type: 'chunk', index: 3, data: [1, 2] },
      { type: 'none' },
      { type: 'sketch', values: Array(16).fill(9) },
      { type: 'chunk', index: 0, data: [1, 2] },
    ])
    assert.deepEqual(
      asked,
      requests.map((request) => [request, bob.id]),
    )
    assert.deepEqual(bob.network.stats().refused, {})
  })

  it('carries chunks as large as they may be', async () => {
    await connect()
    const data = Uint8Array.from({ length: limits.chunkBytes }, (_, i) => i % 251)
    alice.answer(() => ({ type: 'chunk', index: 0, data }))
    let equal = 0
    await bob.network.askShards({
      from: alice.id,
      requests: Array.from({ length: 10 }, (_, index) => pieces(index)),
      onReply: (reply) =>
        void (equal += reply.type === 'chunk' && Buffer.compare(reply.data, data) === 0 ? 1 : 0),
    })
    assert.equal(equal, 10)
  })

  it('is done at once with nothing to ask for', async () => {
    await connect()
    assert.deepEqual(await ask([]), [])
  })

  it('waits for an average that is not there yet, and meanwhile others are answered', async () => {
    await connect()
    const carol = await swarm.start({ run })
    await carol.network.dial(alice.address)
    const asked = once<void>()
    const made = once<ShardReply>()
    alice.answer((request) => {
      if (request.type !== 'average') return NONE
      asked.happen()
      return made.happened
    })
    const waiting = ask([average(5), leaves])
    await asked.happened
    await carol.network.askShards({ from: alice.id, requests: [leaves], onReply: () => {} })
    made.happen(chunk(5, 1))
    assert.deepEqual(await waiting, [{ type: 'chunk', index: 5, data: [1] }, { type: 'none' }])
  })

  it('gives up on a reply that never comes, and can ask again', async () => {
    await connect({ exchangeTimeoutMs: 200 })
    alice.answer((request) => (request.type === 'average' ? new Promise(() => {}) : NONE))
    assert.equal(await codeOf(ask([average(5)])), 'TIMED_OUT')
    assert.deepEqual(bob.network.stats().refused, { TIMED_OUT: 1 })
    assert.deepEqual(await ask([leaves]), [{ type: 'none' }])
  })

  it('gives up as early as the caller wants, and no later than any exchange', async () => {
    await connect({ exchangeTimeoutMs: 200 })
    alice.answer((request) => (request.type === 'average' ? new Promise(() => {}) : NONE))
    for (const timeoutMs of [50, 1e6]) {
      const within = `did not finish within ${Math.min(timeoutMs, 200)} ms`
      await assert.rejects(ask([average(5)], { timeoutMs }), new RegExp(within))
    }
  })

  it('is called off by the caller, uncounted, and can ask again', async () => {
    await connect()
    const asked = once<void>()
    alice.answer((request) => {
      if (request.type !== 'average') return NONE
      asked.happen()
      return new Promise(() => {})
    })
    const calling = new AbortController()
    const waiting = codeOf(ask([average(5)], { signal: calling.signal }))
    await asked.happened
    calling.abort()
    assert.equal(await waiting, 'STOPPED')
    assert.deepEqual(bob.network.stats().refused, {})
    assert.deepEqual(await ask([leaves]), [{ type: 'none' }])
  })

  it('refuses a reply of another kind than was asked for, and goes on afterwards', async () => {
    await connect()
    for (const [request, reply] of [
      [leaves, chunk(0, 1)],
      [pieces(0), { type: 'sketch', values: new Uint8Array(8) }],
      [average(0), { type: 'leaves', leaves: new Uint8Array(32), summary: new Uint8Array(0) }],
    ] as const) {
      alice.answer(() => reply)
      assert.equal(await codeOf(ask([request])), 'MALFORMED')
    }
    assert.deepEqual(bob.network.stats().refused, { MALFORMED: 3 })
    alice.answer(() => NONE)
    assert.deepEqual(await ask([leaves]), [{ type: 'none' }])
  })

  it('says so when the other side refuses', async () => {
    await connect()
    alice.answer(() => ({ type: 'refused', code: 'OUT_OF_RANGE', message: 'no such chunk' }))
    assert.equal(await codeOf(ask([pieces(9)])), 'REFUSED')
  })

  it('is for members: a visitor gets nothing', async () => {
    await connect()
    const visitor = await swarm.start({ run: null, listen: [] })
    await visitor.network.dial(alice.address)
    alice.answer(() => assert.fail('asked for a visitor'))
    const asking = visitor.network.askShards({ from: alice.id, requests: [leaves], onReply: () => {} })
    assert.notEqual(await codeOf(asking), 'nothing was thrown')
    await alice.until(({ code, peer }) => code === 'NOT_ADMITTED' && peer === visitor.id)
  })

  it('asks a few requests ahead of the replies, and no more', async () => {
    await connect()
    const mallory = await startHostile(run)
    try {
      await mallory.node.start()
      let received = 0
      let look = (): void => {}
      let reply!: () => Promise<void>
      await mallory.node.handle(SHARD_PROTOCOL, async (stream) => {
        const frames = lpStream(stream)
        reply = () => frames.write(encodeShardReply(NONE), { signal: mallory.signal })
        while (received < 10) {
          decodeShardRequest((await frames.read({ signal: mallory.signal })).subarray())
          received += 1
          look()
        }
      })
      const until = (count: number) =>
        new Promise<void>((resolve) => {
          look = () => void (received >= count && resolve())
          look()
        })
      const connection = await mallory.connect(bob.address)
      await mallory.ask(connection, mallory.hello())
      const done = ask(
        Array.from({ length: 10 }, () => leaves),
        { from: mallory.id },
      )
      await until(limits.chunkWindow)
      // There and back: what was sent before is here.
      await mallory.ask(connection, { type: 'status' })
      assert.equal(received, limits.chunkWindow)
      await reply()
      await until(limits.chunkWindow + 1)
      await mallory.ask(connection, { type: 'status' })
      assert.equal(received, limits.chunkWindow + 1)
      for (let replied = 1; replied < 10; replied++) await reply()
      assert.equal((await done).length, 10)
    } finally {
      await mallory.stop()
    }
  })
})
