import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { lpStream } from '@libp2p/utils'
import { limits } from '../../protocols/limits.js'
import { MurmurationError } from '../../protocols/errors.js'
import {
  decodeSnapshotReply,
  decodeSnapshotRequest,
  encodeSnapshotReply,
  encodeSnapshotRequest,
  type SnapshotRequest,
} from '../../protocols/wire/index.js'
import { RUN_PROTOCOL, SNAPSHOT_PROTOCOL } from '../../node/network/index.js'
import { createSwarm, layoutOf, runOf, smallLimits, snapshotOf, startHostile, weightsOf } from './support.js'
import type { TestPeer } from './support.js'

const layout = layoutOf(1000)
const run = runOf(layout)
const newest = { type: 'newest', newerThan: -1 } as const
const withCode = (code: string) => (error: unknown) =>
  error instanceof MurmurationError && error.code === code

describe('a hostile peer', () => {
  let swarm: ReturnType<typeof createSwarm>
  let alice: TestPeer
  let mallory: Awaited<ReturnType<typeof startHostile>>

  const start = async (changes: Parameters<typeof smallLimits>[0] = {}) => {
    alice = await swarm.start({ run, limits: smallLimits(changes) })
    alice.serve(await snapshotOf(weightsOf(1000), layout))
    await mallory.node.start()
  }
  /** Connects and is admitted. */
  const enter = async () => {
    const connection = await mallory.connect(alice.address)
    assert.equal((await mallory.ask(connection, mallory.hello())).type, 'welcome')
    return connection
  }
  const aliceStillServes = async () => {
    const bob = await swarm.start({ run })
    await bob.network.dial(alice.address)
    assert.ok(await bob.network.pull({ from: alice.id, request: newest, layout }))
  }
  beforeEach(async () => {
    swarm = createSwarm()
    mallory = await startHostile(run)
  })
  afterEach(async () => {
    await mallory.stop()
    await swarm.stop()
  })

  for (const [title, code, bytes] of [
    ['announces a frame of 4 MiB', 'FRAME_TOO_LARGE', Uint8Array.of(0x80, 0x80, 0x80, 0x02)],
    ['sends a request that does not decode', 'MALFORMED', Uint8Array.of(2, 0xff, 0xff)],
    ['floods with more than it may have under way', 'FRAME_TOO_LARGE', new Uint8Array(100_000).fill(0x80)],
  ] as const) {
    it(`loses its stream when it ${title}, and the others are served`, async () => {
      await start()
      const connection = await enter()
      const stream = await connection.newStream(SNAPSHOT_PROTOCOL, { signal: mallory.signal })
      const closed = new Promise((resolve) => stream.addEventListener('close', resolve))
      stream.send(bytes)
      await closed
      await alice.until(
        (event) => event.kind === 'refused' && event.peer === mallory.id && event.code === code,
      )
      assert.deepEqual(alice.network.stats().refused, { [code]: 1 })
      await aliceStillServes()
    })
  }
  it('cannot make the server hold replies that it does not read', async () => {
    await start({ exchangeTimeoutMs: 300 })
    const large = layoutOf(1_000_000)
    alice.serve(await snapshotOf(weightsOf(1_000_000), large))
    const connection = await enter()
    const stream = await connection.newStream(SNAPSHOT_PROTOCOL, { signal: mallory.signal })
    const frames = lpStream(stream)
    const digest = (await snapshotOf(weightsOf(1_000_000), large)).head.digest
    stream.pause()
    for (let index = 0; index < 8; index++) {
      await frames.write(encodeSnapshotRequest({ type: 'chunk', digest, index }), { signal: mallory.signal })
    }
    await alice.until((event) => event.kind === 'refused' && event.code === 'TIMED_OUT')
    assert.ok(alice.network.stats().bytesSent < 8 * limits.chunkBytes)
  })
  it('is not counted as sent what it had room for and did not read', async () => {
    await start({ exchangeTimeoutMs: 300 })
    alice.serve(await snapshotOf(weightsOf(1_000_000), layoutOf(1_000_000)))
    const connection = await enter()
    const stream = await connection.newStream(SNAPSHOT_PROTOCOL, { signal: mallory.signal })
    const frames = lpStream(stream)
    stream.pause()
    // The stream takes about four chunks that nobody reads: the second answer gets stuck half way.
    for (const ahead of [2, 4])
      await frames.write(encodeSnapshotRequest({ ...newest, ahead }), { signal: mallory.signal })
    await alice.until((event) => event.kind === 'refused' && event.code === 'TIMED_OUT')
    const { bytesSent, codecs } = alice.network.stats()
    const chunks = Math.floor(bytesSent / limits.chunkBytes)
    assert.ok(chunks > 2 && chunks < 6)
    assert.equal(codecs.float32?.sent, chunks * limits.chunkBytes)
  })
  it('is told which chunks there are', async () => {
    await start()
    const connection = await enter()
    const frames = lpStream(await connection.newStream(SNAPSHOT_PROTOCOL, { signal: mallory.signal }))
    const digest = (await snapshotOf(weightsOf(1000), layout)).head.digest
    await frames.write(encodeSnapshotRequest({ type: 'chunk', digest, index: 1 }), { signal: mallory.signal })
    const reply = (await frames.read({ signal: mallory.signal })).subarray()
    const message = 'there is no chunk 1 of 1'
    assert.deepEqual(
      Buffer.from(reply),
      Buffer.from(encodeSnapshotReply({ type: 'refused', code: 'OUT_OF_RANGE', message })),
    )
  })
  for (const [title, ahead, following] of [
    ['no chunk that it has not asked for', 0, 0],
    ['as many chunks with the manifest as it has room for', 2, 2],
    ['no more chunks than there are', 4, 3],
  ] as const) {
    it(`is given ${title}`, async () => {
      await start()
      // 700,000 bytes: chunks of 262,144, 262,144 and 175,712.
      const weights = weightsOf(175_000)
      const served = await snapshotOf(weights, layoutOf(175_000))
      alice.serve(served)
      const connection = await enter()
      const frames = lpStream(await connection.newStream(SNAPSHOT_PROTOCOL, { signal: mallory.signal }))
      const ask = (request: SnapshotRequest) =>
        frames.write(encodeSnapshotRequest(request), { signal: mallory.signal })
      const next = async () => decodeSnapshotReply((await frames.read({ signal: mallory.signal })).subarray())
      await ask({ ...newest, ahead })
      // Answered after all that follows.
      await ask({ type: 'exact', digest: 'ab'.repeat(32) })
      const manifest = await next()
      assert.equal(manifest.type === 'manifest' && (manifest.following ?? 0), following)
      for (let index = 0; index < following; index++) {
        const chunk = await next()
        assert.ok(chunk.type === 'chunk' && chunk.index === index)
        const start = index * limits.chunkBytes
        assert.ok(Buffer.from(chunk.data).equals(served.bytes.subarray(start, start + limits.chunkBytes)))
      }
      assert.deepEqual(await next(), { type: 'none' })
    })
  }
  it('is refused on the run protocol for what it cannot mean', async () => {
    await start()
    const connection = await mallory.connect(alice.address)
    const stream = await connection.newStream(RUN_PROTOCOL, { signal: mallory.signal })
    const closed = new Promise((resolve) => stream.addEventListener('close', resolve))
    stream.send(Uint8Array.of(2, 0x7a, 0))
    await closed
    assert.deepEqual(alice.network.stats().refused, { MALFORMED: 1 })
  })

  describe('that serves', () => {
    /** Replies to each request with the next of these frames, then falls silent. Returns the count of its streams. */
    const answerWith = async (...replies: readonly Uint8Array[]) => {
      const counted = { streams: 0 }
      await mallory.node.handle(SNAPSHOT_PROTOCOL, async (stream) => {
        counted.streams++
        const frames = lpStream(stream)
        for (const reply of replies) {
          await frames.read({ signal: mallory.signal })
          await frames.write(reply, { signal: mallory.signal })
        }
      })
      return counted
    }
    const pull = () => alice.network.pull({ from: mallory.id, request: newest, layout })

    it('and falls silent costs a pull no more than its deadline', async () => {
      await start({ exchangeTimeoutMs: 200 })
      await answerWith()
      await enter()
      await assert.rejects(pull(), withCode('TIMED_OUT'))
      assert.deepEqual(alice.network.stats().refused, { TIMED_OUT: 1 })
    })
    it('and falls silent half way costs no more either', async () => {
      await start({ exchangeTimeoutMs: 200 })
      const { head, leaves, bytes, layout: fingerprint } = await snapshotOf(weightsOf(1000), layout)
      await answerWith(
        encodeSnapshotReply({ type: 'manifest', head, layout: fingerprint, bytes: bytes.length, leaves }),
      )
      await enter()
      await assert.rejects(pull(), withCode('TIMED_OUT'))
    })
    it('and answers is asked on one stream as long as it does', async () => {
      await start()
      const none = encodeSnapshotReply({ type: 'none' })
      const counted = await answerWith(none, none, none)
      await enter()
      for (let i = 0; i < 3; i++) assert.equal(await pull(), null)
      assert.equal(counted.streams, 1)
    })
    it('and lies is asked on a fresh stream', async () => {
      await start()
      const counted = await answerWith(Uint8Array.of(0xff))
      await enter()
      await assert.rejects(pull(), withCode('MALFORMED'))
      await assert.rejects(pull(), withCode('MALFORMED'))
      assert.equal(counted.streams, 2)
    })
    it('and sends chunks out of order is refused', async () => {
      await start()
      const { head, leaves, bytes, layout: fingerprint } = await snapshotOf(weightsOf(1000), layout)
      await answerWith(
        encodeSnapshotReply({ type: 'manifest', head, layout: fingerprint, bytes: bytes.length, leaves }),
        encodeSnapshotReply({ type: 'chunk', index: 1, data: bytes }),
      )
      await enter()
      await assert.rejects(pull(), withCode('MALFORMED'))
    })
    it('and lets more chunks follow than there are is refused', async () => {
      await start()
      const { head, leaves, bytes, layout: fingerprint } = await snapshotOf(weightsOf(1000), layout)
      const manifest = { type: 'manifest', head, layout: fingerprint, bytes: bytes.length, leaves } as const
      await answerWith(encodeSnapshotReply({ ...manifest, following: 2 }))
      await enter()
      await assert.rejects(pull(), withCode('MALFORMED'))
    })
    it('and lets a chunk follow is not asked for it', async () => {
      await start()
      const { head, leaves, bytes, layout: fingerprint } = await snapshotOf(weightsOf(1000), layout)
      const manifest = { type: 'manifest', head, layout: fingerprint, bytes: bytes.length, leaves } as const
      await mallory.node.handle(SNAPSHOT_PROTOCOL, async (stream) => {
        const frames = lpStream(stream)
        await frames.read({ signal: mallory.signal })
        await frames.write(encodeSnapshotReply({ ...manifest, following: 1 }), { signal: mallory.signal })
        await frames.write(encodeSnapshotReply({ type: 'chunk', index: 0, data: bytes }), {
          signal: mallory.signal,
        })
        const request = decodeSnapshotRequest((await frames.read({ signal: mallory.signal })).subarray())
        assert.equal(request.type, 'newest')
        await frames.write(encodeSnapshotReply({ type: 'none' }), { signal: mallory.signal })
      })
      await enter()
      assert.deepEqual((await pull())?.weights, weightsOf(1000))
      assert.equal(await pull(), null)
    })
    it('and sends a chunk of another length is refused before any of it is kept', async () => {
      await start()
      const { head, leaves, bytes, layout: fingerprint } = await snapshotOf(weightsOf(1000), layout)
      await answerWith(
        encodeSnapshotReply({ type: 'manifest', head, layout: fingerprint, bytes: bytes.length, leaves }),
        encodeSnapshotReply({ type: 'chunk', index: 0, data: new Uint8Array(5000) }),
      )
      await enter()
      const into = new Float32Array(2000).subarray(0, 1000).fill(7)
      const options = { from: mallory.id, request: newest, layout, into }
      await assert.rejects(alice.network.pull(options), withCode('MALFORMED'))
      assert.deepEqual(new Set(new Float32Array(into.buffer)), new Set([7, 0]))
    })
    it('and refuses is believed', async () => {
      await start()
      await answerWith(encodeSnapshotReply({ type: 'refused', code: 'BUSY', message: 'later' }))
      await enter()
      await assert.rejects(pull(), withCode('REFUSED'))
    })
    it('and closes the stream in the middle of a frame is refused', async () => {
      await start()
      await mallory.node.handle(SNAPSHOT_PROTOCOL, async (stream) => {
        await lpStream(stream).read({ signal: mallory.signal })
        stream.send(Uint8Array.of(100, 1, 2, 3))
        await stream.close()
      })
      await enter()
      await assert.rejects(pull(), withCode('TRUNCATED'))
    })
  })
})
