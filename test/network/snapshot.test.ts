import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { limits } from '../../protocols/limits.js'
import type { ServedSnapshot } from '../../node/network/index.js'
import {
  codeOf,
  createSwarm,
  headOf,
  layoutOf,
  runOf,
  smallLimits,
  snapshotOf,
  weightsOf,
} from './support.js'
import type { TestPeer } from './support.js'

/** 2.29 chunks of 256 KiB, so 3, the last one cut. */
const LENGTH = 150_001
const layout = layoutOf(LENGTH)
const newest = { type: 'newest', newerThan: -1 } as const

describe('pulling a snapshot', () => {
  let swarm: ReturnType<typeof createSwarm>
  let alice: TestPeer
  let bob: TestPeer

  const connect = async (changes: Parameters<typeof smallLimits>[0] = {}) => {
    const run = runOf(layout)
    alice = await swarm.start({ run, limits: smallLimits(changes) })
    bob = await swarm.start({ run, limits: smallLimits(changes) })
    await bob.network.dial(alice.address)
  }
  const pull = (request: Parameters<typeof bob.network.pull>[0]['request'] = newest) =>
    bob.network.pull({ from: alice.id, request, layout })

  beforeEach(() => {
    swarm = createSwarm()
  })
  afterEach(() => swarm.stop())

  it('brings the weights over bit for bit, in several chunks', async () => {
    await connect()
    const weights = weightsOf(LENGTH)
    alice.serve(await snapshotOf(weights, layout, { version: 7 }))
    const pulled = await pull()
    assert.ok(pulled)
    assert.equal(pulled.head.version, 7)
    assert.ok(pulled.weights.buffer instanceof SharedArrayBuffer)
    assert.ok(Buffer.from(pulled.weights.buffer).equals(Buffer.from(weights.buffer)))
    assert.equal(pulled.leaves.length, 3 * 32)
    const { bytesReceived } = bob.network.stats()
    assert.ok(bytesReceived > LENGTH * 4 && bytesReceived < LENGTH * 4 + 10_000)
    assert.ok(alice.network.stats().bytesSent > LENGTH * 4)
  })
  for (const [title, memoryOf] of [
    ['shared memory', () => new Float32Array(new SharedArrayBuffer(LENGTH * 4))],
    ['the middle of larger memory', () => new Float32Array(new ArrayBuffer(LENGTH * 4 + 16), 8, LENGTH)],
  ] as const) {
    it(`receives into ${title} that it is given`, async () => {
      await connect()
      const weights = weightsOf(LENGTH)
      alice.serve(await snapshotOf(weights, layout))
      const into = memoryOf()
      const pulled = await bob.network.pull({ from: alice.id, request: newest, layout, into })
      assert.equal(pulled?.weights, into)
      assert.ok(
        Buffer.from(into.buffer, into.byteOffset, into.byteLength).equals(Buffer.from(weights.buffer)),
      )
    })
  }
  it('asks for nothing when the memory it is given does not fit the layout', async () => {
    await connect()
    alice.serve(await snapshotOf(weightsOf(LENGTH), layout))
    const into = new Float32Array(LENGTH - 1)
    await assert.rejects(bob.network.pull({ from: alice.id, request: newest, layout, into }), RangeError)
    assert.equal(bob.network.stats().bytesReceived < 10_000, true)
    assert.ok(await pull())
  })
  it('can serve on what it pulled', async () => {
    await connect()
    alice.serve(await snapshotOf(weightsOf(LENGTH), layout))
    const { head, bytes, leaves, weights } = (await pull())!
    bob.serve({ head, bytes, leaves, layout: layout.fingerprint })
    const again = await alice.network.pull({
      from: bob.id,
      request: { type: 'exact', digest: head.digest },
      layout,
    })
    assert.deepEqual(again?.weights, weights)
  })
  it('gives null when there is nothing newer, or not that one', async () => {
    await connect()
    assert.equal(await pull(), null)
    alice.serve(await snapshotOf(weightsOf(LENGTH), layout, { version: 7 }))
    assert.equal(await pull({ type: 'newest', newerThan: 7 }), null)
    assert.equal(await pull({ type: 'exact', digest: 'ab'.repeat(32) }), null)
    assert.deepEqual(bob.network.stats().refused, {})
  })
  it('uses one stream for pulls after and beside each other', async () => {
    await connect()
    alice.serve(await snapshotOf(weightsOf(LENGTH), layout))
    // More at once than streams are allowed: each must have waited for the one before.
    const pulls = Array.from({ length: limits.streamsPerProtocol + 2 }, () => pull())
    for (const pulled of await Promise.all(pulls)) assert.equal(pulled?.weights.length, LENGTH)
    assert.ok(await pull())
    assert.deepEqual(alice.network.stats().refused, {})
  })
  it('refuses a NaN and goes on pulling afterwards', async () => {
    await connect()
    const weights = weightsOf(LENGTH)
    weights[100_000] = NaN
    alice.serve(await snapshotOf(weights, layout))
    assert.equal(await codeOf(pull()), 'NOT_FINITE')
    assert.deepEqual(bob.network.stats().refused, { NOT_FINITE: 1 })
    await bob.until(({ kind, code }) => kind === 'refused' && code === 'NOT_FINITE')
    alice.serve(await snapshotOf(weightsOf(LENGTH), layout))
    assert.ok(await pull())
  })

  it('looks through every chunk with the finder that it is given', async () => {
    const seen: number[] = []
    const firstNonFinite = (values: Float32Array): number => {
      seen.push(values.length)
      return -1
    }
    const run = runOf(layout)
    alice = await swarm.start({ run, limits: smallLimits({}) })
    bob = await swarm.start({ run, limits: smallLimits({}), firstNonFinite })
    await bob.network.dial(alice.address)
    alice.serve(await snapshotOf(weightsOf(LENGTH), layout))
    assert.ok(await pull())
    // Chunks of 65,536 floats.
    assert.deepEqual(seen, [65_536, 65_536, 18_929])
  })

  const lies: readonly (readonly [string, string, (honest: ServedSnapshot) => ServedSnapshot])[] = [
    [
      'leaves that do not hash to the digest',
      'DIGEST_MISMATCH',
      (s) => ({ ...s, leaves: new Uint8Array(96) }),
    ],
    [
      'a digest that is not of the leaves',
      'DIGEST_MISMATCH',
      (s) => ({ ...s, head: headOf('ab'.repeat(32)) }),
    ],
    ['too few leaves', 'MALFORMED', (s) => ({ ...s, leaves: s.leaves.subarray(32) })],
    [
      'weights that changed after they were hashed',
      'DIGEST_MISMATCH',
      (s) => ({ ...s, bytes: s.bytes.slice().fill(0, 300_000) }),
    ],
    ['a layout of its own', 'FOREIGN_LAYOUT', (s) => ({ ...s, layout: 'cd'.repeat(32) })],
    ['four bytes too many', 'OUT_OF_RANGE', (s) => ({ ...s, bytes: new Uint8Array(LENGTH * 4 + 4) })],
  ]
  for (const [title, code, lie] of lies) {
    it(`refuses a snapshot with ${title}`, async () => {
      await connect()
      alice.serve(lie(await snapshotOf(weightsOf(LENGTH), layout)))
      assert.equal(await codeOf(pull()), code)
      assert.deepEqual(bob.network.stats().refused, { [code]: 1 })
    })
  }
  it('refuses a manifest that names 400 MB before it sets memory aside', async () => {
    await connect()
    // Only its length is looked at before the refusal: the pages are never touched.
    const bytes = new Uint8Array(new ArrayBuffer(0, { maxByteLength: 400_000_000 }))
    bytes.buffer.resize(400_000_000)
    alice.serve({ ...(await snapshotOf(weightsOf(LENGTH), layout)), bytes })
    const before = process.memoryUsage().arrayBuffers
    assert.equal(await codeOf(pull()), 'OUT_OF_RANGE')
    assert.ok(process.memoryUsage().arrayBuffers - before < 100_000_000)
  })
  it('says so when the snapshot is replaced half way', async () => {
    // One chunk comes with the manifest, the second has to be asked for.
    await connect({ chunkWindow: 1 })
    const snapshot = await snapshotOf(weightsOf(LENGTH), layout)
    alice.serve({
      ...snapshot,
      // The manifest asks for the leaves; from then on there is another snapshot.
      get leaves() {
        alice.serve(null)
        return snapshot.leaves
      },
    })
    assert.equal(await codeOf(pull()), 'SNAPSHOT_GONE')
  })
  it('is called off by the caller, uncounted', async () => {
    await connect()
    alice.serve(await snapshotOf(weightsOf(LENGTH), layout))
    const signal = AbortSignal.abort()
    assert.equal(
      await codeOf(bob.network.pull({ from: alice.id, request: newest, layout, signal })),
      'STOPPED',
    )
    assert.deepEqual(bob.network.stats().refused, {})
    assert.ok(await pull())
  })
  it('dials a member that it only knows by address', async () => {
    await connect()
    const carol = await swarm.start({ run: runOf(layout) })
    carol.serve(await snapshotOf(weightsOf(LENGTH), layout))
    const options = { from: carol.id, request: newest, layout }
    assert.equal(await codeOf(bob.network.pull(options)), 'UNREACHABLE')
    bob.network.learn({ id: carol.id, name: 'carol', addresses: [carol.address] })
    assert.ok(await bob.network.pull(options))
    assert.deepEqual(bob.network.connectedPeers(), [alice.id, carol.id].sort())
  })
})
