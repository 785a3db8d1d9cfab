import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { lpStream } from '@libp2p/utils'
import { createCoder, type Coder } from '../../node/codecs/index.js'
import { describeBytes, SNAPSHOT_PROTOCOL, type SnapshotReader } from '../../node/network/index.js'
import { createReading } from '../../node/peer/codecs/reading.js'
import { createChooseOffer } from '../../node/peer/codecs/servable.js'
import { createServing } from '../../node/peer/codecs/serving.js'
import { createSnapshots } from '../../node/peer/snapshots.js'
import { createCodec, type Exchange, type GivenUp } from '../../protocols/codecs/index.js'
import {
  decodeSnapshotRequest,
  encodeSnapshotReply,
  type SnapshotReply,
  type SnapshotRequest,
} from '../../protocols/wire/index.js'
import { entropyStages } from '../../node/entropy/index.js'
import {
  codeOf,
  createSwarm,
  layoutOf,
  runOf,
  smallLimits,
  snapshotOf,
  startHostile,
  weightsOf,
  type TestPeer,
} from './support.js'

/** 2.29 chunks of 256 KiB as float32, 1.15 as float16, one as int8. */
const LENGTH = 150_001
const layout = layoutOf(LENGTH)

const mostOff = (a: Float32Array, b: Float32Array): number =>
  a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0)

/** A trained step: every weight moves a little, each by another amount. */
const moved = (weights: Float32Array, by: number): Float32Array =>
  weights.map((weight, i) => weight + by * ((i % 97) / 97))

const coders: Coder[] = []
const coderOf = (): Coder => {
  const coder = createCoder((error) => assert.fail(error))
  coders.push(coder)
  return coder
}

/** A peer that serves its snapshots in the codecs that a run allows. */
const serving = (peer: TestPeer, runCodec: string, coder = coderOf()) => {
  const snapshots = createSnapshots()
  const requests: SnapshotRequest[] = []
  const serve = createServing({ snapshots, coder, choose: createChooseOffer(runCodec) })
  peer.serveWith((request, from) => {
    requests.push(request)
    return serve(request, from)
  })
  return {
    requests,
    publish: async (version: number, weights: Float32Array) =>
      snapshots.publish({ ...(await snapshotOf(weights, layout, { version })), weights }),
  }
}

describe('pulling the newest model in a codec', () => {
  let swarm: ReturnType<typeof createSwarm>
  let alice: TestPeer
  let bob: TestPeer
  beforeEach(async () => {
    swarm = createSwarm()
    const run = runOf(layout)
    alice = await swarm.start({ run })
    bob = await swarm.start({ run })
    await bob.network.dial(alice.address)
  })
  afterEach(async () => {
    await swarm.stop()
    await Promise.all(coders.splice(0).map((coder) => coder.close()))
  })
  const readingOf = (codec: string): SnapshotReader =>
    createReading({ codec, length: LENGTH, coder: coderOf() })
  const pull = (reader: SnapshotReader, newerThan = -1, peer = bob) =>
    peer.network.pullModel({ from: alice.id, newerThan, layout, reader })

  // Weights are within ±1, so blocks have magnitudes of about 1: see the table in protocols/codecs/README.md.
  const cases: readonly (readonly [string, { readonly off: number; readonly bytesAWeight: number }])[] = [
    ['float32', { off: 0, bytesAWeight: 4 }],
    ['float32+zlib', { off: 0, bytesAWeight: 4 }],
    ['float16', { off: 2 ** -11, bytesAWeight: 2.01 }],
    ['float16+zlib', { off: 2 ** -11, bytesAWeight: 2.01 }],
    ['int8', { off: 1 / 253, bytesAWeight: 1.02 }],
    ['int8+brotli', { off: 1 / 253, bytesAWeight: 1.02 }],
    ['top-k:0.05', { off: 2 ** -11, bytesAWeight: 2.01 }],
    ['top-k:0.05+brotli', { off: 2 ** -11, bytesAWeight: 2.01 }],
  ]
  for (const [codec, { off, bytesAWeight }] of cases) {
    it(`brings over ${codec}`, async () => {
      const weights = weightsOf(LENGTH)
      await serving(alice, codec).publish(7, weights)
      const pulled = await pull(readingOf(codec))
      assert.equal(pulled?.codec, codec)
      assert.equal(pulled.head.version, 7)
      assert.ok(mostOff(pulled.weights, weights) <= off, String(mostOff(pulled.weights, weights)))
      assert.ok(pulled.weights.buffer instanceof SharedArrayBuffer)
      const { bytesReceived, codecs } = bob.network.stats()
      assert.ok(bytesReceived < bytesAWeight * LENGTH + 10_000, String(bytesReceived))
      const { received, plainReceived, sent } = codecs[codec]!
      assert.deepEqual([plainReceived, sent], [4 * LENGTH, 0])
      const atAlice = alice.network.stats().codecs[codec]!
      assert.equal(atAlice.sent, received)
      assert.ok(Math.abs(atAlice.plainSent - 4 * LENGTH) < 1)
      assert.equal(await pull(readingOf(codec), 7), null)
    })
  }

  it('sends only changes, and the same model to all, where the codec remembers', async () => {
    const carol = await swarm.start({ run: runOf(layout) })
    await carol.network.dial(alice.address)
    const [reader, other] = [readingOf('top-k:0.05'), readingOf('top-k:0.05')]
    const { publish } = serving(alice, 'top-k:0.05')
    const weights = weightsOf(LENGTH)
    await publish(1, weights)
    await pull(reader)
    await pull(other, -1, carol)
    const { received } = bob.network.stats().codecs['top-k:0.05']!
    await publish(2, moved(weights, 0.1))
    const second = await pull(reader, 1)
    const changes = bob.network.stats().codecs['top-k:0.05']!.received - received
    // Three bytes for each of a twentieth of the weights, and a few.
    assert.ok(changes < 3 * 0.05 * LENGTH + 100, String(changes))
    const third = await pull(other, 1, carol)
    assert.deepEqual(third?.weights, second?.weights)
  })

  it('asks again for the whole where what it holds is not what the sender means', async () => {
    const weights = weightsOf(LENGTH)
    const reader = readingOf('top-k:0.05')
    await serving(alice, 'top-k:0.05').publish(1, weights)
    await pull(reader)
    // Another life of the sender, in which version 1 was something else, and someone follows it.
    const { publish, requests } = serving(alice, 'top-k:0.05')
    const negated = weights.map((weight) => -weight)
    await publish(1, negated)
    await pull(readingOf('top-k:0.05'))
    await publish(2, negated)
    requests.length = 0
    const pulled = await pull(reader, 1)
    const held = requests.flatMap((request) =>
      request.type === 'newest' ? [request.accepts?.map((offer) => offer.held)] : [],
    )
    assert.deepEqual(held, [[1], [undefined]])
    assert.ok(mostOff(pulled!.weights, negated) <= 2 ** -11)
    assert.deepEqual(bob.network.stats().refused, {})
  })

  it('encodes a version once, however many ask for it at the same time', async () => {
    const coder = coderOf()
    let encoded = 0
    const counting: Pick<Coder, 'encode'> = {
      encode(request) {
        encoded += 1
        return coder.encode(request)
      },
    }
    const { publish } = serving(alice, 'int8', { ...coder, ...counting })
    await publish(1, weightsOf(LENGTH))
    const carol = await swarm.start({ run: runOf(layout) })
    await carol.network.dial(alice.address)
    await Promise.all([pull(readingOf('int8')), pull(readingOf('int8'), -1, carol)])
    await pull(readingOf('int8'))
    assert.equal(encoded, 1)
    await publish(2, weightsOf(LENGTH))
    await pull(readingOf('int8'), 1)
    assert.equal(encoded, 2)
  })

  it('falls back to what both have: another codec of the reader, or plain float32', async () => {
    const weights = weightsOf(LENGTH)
    await serving(alice, 'float32').publish(1, weights)
    // top-k with a fraction that is not the run's would cost the sender a copy for each.
    assert.equal((await pull(readingOf('top-k:0.05')))?.codec, 'float32')
    const foreign = { ...createCodec('int8', entropyStages), spec: 'int7' }
    const reader = readingOf('int8')
    const strange = (codec: typeof foreign): SnapshotReader => ({
      ...reader,
      offers: (from) => [{ codec }, ...reader.offers(from)],
    })
    assert.equal((await pull(strange(foreign)))?.codec, 'int8')
  })

  it('is answered in plain float32 by a peer that does not look at what is offered', async () => {
    const weights = weightsOf(LENGTH)
    alice.serve(await snapshotOf(weights, layout))
    const pulled = await pull(readingOf('int8'))
    assert.equal(pulled?.codec, 'float32')
    assert.deepEqual(pulled.weights, weights)
  })

  it('serves plain float32 to one that offers nothing, and to merges', async () => {
    const weights = weightsOf(LENGTH)
    await serving(alice, 'int8').publish(1, weights)
    for (const request of [
      { type: 'newest', newerThan: -1 } as const,
      { type: 'exact', digest: (await snapshotOf(weights, layout)).head.digest } as const,
    ]) {
      assert.deepEqual((await bob.network.pull({ from: alice.id, request, layout }))?.weights, weights)
    }
  })

  it('counts by codec what is pulled because it is new, at both ends, and nothing that a merge pulls', async () => {
    const weights = weightsOf(LENGTH)
    await serving(alice, 'int8').publish(1, weights)
    const { head } = await snapshotOf(weights, layout)
    const merging = { from: alice.id, request: { type: 'exact', digest: head.digest }, layout } as const
    await bob.network.pull(merging)
    assert.deepEqual([bob.network.stats().codecs, alice.network.stats().codecs], [{}, {}])
    await bob.network.pull({ ...merging, request: { type: 'newest', newerThan: -1 } })
    await bob.network.pull(merging)
    const counted = 4 * LENGTH
    assert.deepEqual(bob.network.stats().codecs, {
      float32: { sent: 0, received: counted, plainSent: 0, plainReceived: counted },
    })
    assert.deepEqual(alice.network.stats().codecs, {
      float32: { sent: counted, received: 0, plainSent: counted, plainReceived: 0 },
    })
  })

  it('sends weights that are not finite as they are, and the reader refuses them', async () => {
    const weights = weightsOf(LENGTH)
    weights[7] = NaN
    await serving(alice, 'int8').publish(1, weights)
    assert.equal(await codeOf(pull(readingOf('int8'))), 'NOT_FINITE')
  })

  it('tells the reader how long each part of the exchange took', async () => {
    const { publish } = serving(alice, 'int8')
    await publish(1, weightsOf(LENGTH))
    const seen: Exchange[] = []
    const reader: SnapshotReader = {
      ...readingOf('int8'),
      onExchange: (_from, exchange) => seen.push(exchange),
    }
    await pull(reader)
    await pull(reader)
    assert.deepEqual(
      seen.map(({ codec, bytes }) => [codec, bytes]),
      // 586 blocks of 256, a scale of 4 bytes each.
      [
        ['int8', LENGTH + 4 * 586],
        ['int8', LENGTH + 4 * 586],
      ],
    )
    assert.ok(seen[0]!.waitedMs > 0)
    assert.equal(seen[1]!.waitedMs, 0)
    for (const { roundTripMs, transferMs, decodeMs, roundTrips } of seen) {
      assert.ok(roundTripMs >= 0 && transferMs > 0 && decodeMs > 0)
      assert.equal(roundTrips, 1)
    }
  })
})

describe('an exchange in a codec that misses its deadline', () => {
  let swarm: ReturnType<typeof createSwarm>
  beforeEach(() => {
    swarm = createSwarm()
  })
  afterEach(async () => {
    await swarm.stop()
    await Promise.all(coders.splice(0).map((coder) => coder.close()))
  })

  /** What Bob's reader is told after he has asked Alice for int8. */
  const givenUp = async (
    serve: Parameters<TestPeer['serveWith']>[0],
    changes: Partial<SnapshotReader> = {},
  ): Promise<GivenUp[]> => {
    const given: GivenUp[] = []
    // One chunk comes with the manifest, the second has to be asked for.
    const options = { run: runOf(layout), limits: smallLimits({ exchangeTimeoutMs: 1_000, chunkWindow: 1 }) }
    const [alice, bob] = [await swarm.start(options), await swarm.start(options)]
    await bob.network.dial(alice.address)
    alice.serveWith(serve)
    const reader: SnapshotReader = {
      ...createReading({ codec: 'int8', length: LENGTH, coder: coderOf() }),
      onGaveUp: (_from, exchange) => given.push(exchange),
      ...changes,
    }
    const pulling = bob.network.pullModel({ from: alice.id, newerThan: -1, layout, reader })
    assert.equal(await codeOf(pulling), 'TIMED_OUT')
    return given
  }
  const never = new Promise<never>(() => undefined)

  it('is known as unanswered where nothing describes the weights', async () => {
    const [first, ...others] = await givenUp(() => never)
    assert.deepEqual([first?.type, first?.codec, others], ['unanswered', 'int8', []])
  })

  it('is known by what came, where that were some of the weights as they are', async () => {
    const snapshot = await snapshotOf(weightsOf(LENGTH), layout)
    const [first] = await givenUp((request) =>
      request.type === 'chunk' && request.index > 0 ? never : snapshot,
    )
    assert.deepEqual([first?.type, first?.codec], ['receiving', 'float32'])
    assert.ok(first?.type === 'receiving' && first.bytes === 262_144 && first.transferMs > 0)
  })

  it('is known by what came, where decoding it did not end', async () => {
    const snapshots = createSnapshots()
    const serve = createServing({ snapshots, coder: coderOf(), choose: createChooseOffer('int8') })
    const weights = weightsOf(LENGTH)
    snapshots.publish({ ...(await snapshotOf(weights, layout)), weights })
    // Encoded beforehand: starting the thread may take longer than the deadline.
    await serve({ type: 'newest', newerThan: -1, accepts: [{ name: 'int8', version: 1 }] }, 'bob')
    const [first] = await givenUp(serve, { decode: () => never })
    assert.deepEqual([first?.type, first?.codec], ['decoding', 'int8'])
    assert.ok(first?.type === 'decoding' && first.bytes === LENGTH + 4 * 586)
  })
})

describe('an encoding that breaks the rules', () => {
  let swarm: ReturnType<typeof createSwarm>
  let alice: TestPeer
  let mallory: Awaited<ReturnType<typeof startHostile>>
  beforeEach(async () => {
    swarm = createSwarm()
    const run = runOf(layout)
    alice = await swarm.start({ run })
    mallory = await startHostile(run)
  })
  afterEach(async () => {
    await Promise.all([swarm.stop(), mallory.stop()])
    await Promise.all(coders.splice(0).map((coder) => coder.close()))
  })

  type Encoded = Extract<SnapshotReply, { readonly type: 'encoded' }>

  /** Mallory serves these bytes, described truly but for the changes; Alice offers and pulls. */
  const pullOf = async (bytes: Uint8Array, codec: string, changes: Partial<Encoded> = {}) => {
    const { leaves, digest } = await describeBytes(bytes)
    const { head } = await snapshotOf(weightsOf(10), layout)
    const manifest: Encoded = {
      ...{ type: 'encoded', head, layout: layout.fingerprint, codec, version: 1, leaves, waitedMs: 0 },
      bytes: bytes.byteLength,
      ...changes,
    }
    await mallory.node.handle(SNAPSHOT_PROTOCOL, async (stream) => {
      const frames = lpStream(stream)
      for (;;) {
        const request = decodeSnapshotRequest((await frames.read({ signal: mallory.signal })).subarray())
        if (request.type !== 'chunk') {
          await frames.write(encodeSnapshotReply(manifest), { signal: mallory.signal })
          continue
        }
        assert.equal(request.digest, digest)
        const data = bytes.subarray(request.index * 262_144, (request.index + 1) * 262_144)
        const reply = encodeSnapshotReply({ type: 'chunk', index: request.index, data })
        await frames.write(reply, { signal: mallory.signal })
      }
    })
    await mallory.node.start()
    const connection = await mallory.connect(alice.address)
    await mallory.ask(connection, mallory.hello())
    const reader = createReading({ codec, length: LENGTH, coder: coderOf() })
    const options = { from: mallory.id, newerThan: -1, layout, reader }
    return alice.network.pullModel(options)
  }
  const encoded = (codec: string): Uint8Array =>
    createCodec(codec, entropyStages)
      .createSource(LENGTH)
      .encode({ version: 1, weights: weightsOf(LENGTH) })
  /** With one byte or more replaced. */
  const spoilt = (codec: string, at: number, ...values: number[]): Uint8Array => {
    const bytes = encoded(codec).slice()
    bytes.set(values, at)
    return bytes
  }

  it('is let through where nothing is wrong with it', async () => {
    assert.equal((await pullOf(encoded('int8'), 'int8'))?.codec, 'int8')
  })

  const cases: readonly (readonly [string, string, () => Promise<unknown>])[] = [
    ['is too short for its codec', 'OUT_OF_RANGE', () => pullOf(encoded('int8').subarray(1), 'int8')],
    ['is too long for its codec', 'OUT_OF_RANGE', () => pullOf(new Uint8Array(LENGTH * 8), 'top-k:0.05')],
    [
      'ends early within its compressed bytes',
      'MALFORMED',
      () => pullOf(encoded('int8+zlib').subarray(0, 999), 'int8+zlib'),
    ],
    // Sign and exponent of the first block's scale: NaN, then −0.
    ['has a scale that is not a number', 'MALFORMED', () => pullOf(spoilt('int8', 2, 0xc0, 0x7f), 'int8')],
    ['has a negative scale', 'MALFORMED', () => pullOf(spoilt('int8', 3, 0x80), 'int8')],
    // 586 blocks have one byte each; then the first half, whose high byte says infinity.
    ['holds an infinity', 'NOT_FINITE', () => pullOf(spoilt('float16', 586, 0x00, 0x7c), 'float16')],
    ['holds a NaN', 'NOT_FINITE', () => pullOf(spoilt('float16', 586, 0x01, 0x7c), 'float16')],
    [
      'holds changes to nothing, twice',
      'MALFORMED',
      () => pullOf(Uint8Array.of(1, 0, 0, 0, 0, 7, 0), 'top-k:0.05'),
    ],
    [
      'is in a codec that was not offered',
      'MALFORMED',
      () => pullOf(encoded('int8'), 'int8', { codec: 'float16' }),
    ],
    [
      'is in another version of the codec',
      'MALFORMED',
      () => pullOf(encoded('int8'), 'int8', { version: 2 }),
    ],
    [
      'is of a model of another shape',
      'FOREIGN_LAYOUT',
      () => pullOf(encoded('int8'), 'int8', { layout: 'cd'.repeat(32) }),
    ],
    [
      'has too few leaves',
      'MALFORMED',
      () => pullOf(encoded('float16'), 'float16', { leaves: new Uint8Array(32) }),
    ],
  ]
  for (const [title, code, attempt] of cases) {
    it(`is refused when it ${title}`, async () => {
      assert.equal(await codeOf(attempt()), code)
      assert.deepEqual(alice.network.stats().refused, { [code]: 1 })
    })
  }
})
