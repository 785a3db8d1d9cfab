import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { createHost } from '../../node/codecs/host.js'
import { createCoder } from '../../node/codecs/index.js'
import type { ServedEncoding } from '../../node/network/index.js'
import { createPeerCodecs } from '../../node/peer/codecs/codecs.js'
import { createReading } from '../../node/peer/codecs/reading.js'
import { createSnapshots } from '../../node/peer/snapshots.js'
import { createCodec } from '../../protocols/codecs/index.js'
import { entropyStages } from '../../node/entropy/index.js'
import { newest, offer, published, WEIGHTS } from './codec-requests.js'

const never = (): never => assert.fail('it was not to be asked')

/** For as many weights, on shared memory. */
const room = () => new Float32Array(new SharedArrayBuffer(16))

describe('what a peer offers', () => {
  const offersOf = (codec: string): string[] =>
    createReading({ codec, length: 4, coder: { decode: never } })
      .offers('bob')
      .map((offered) => offered.codec.spec)

  it('is the codec, and the same without compression; plain weights need no offer', () => {
    assert.deepEqual(offersOf('float32'), [])
    assert.deepEqual(offersOf('float32+zlib'), ['float32+zlib'])
    assert.deepEqual(offersOf('int8'), ['int8'])
    assert.deepEqual(offersOf('int8+brotli'), ['int8+brotli', 'int8'])
    // Two codecs with memory would be two copies at every sender.
    assert.deepEqual(offersOf('top-k:0.05+brotli'), ['top-k:0.05+brotli'])
  })

  it('names the version that was decoded last of this peer, until plain weights come', async () => {
    const reading = createReading({ codec: 'top-k:0.5', length: 4, coder: { decode: async () => {} } })
    const held = (from: string) => reading.offers(from)[0]!.held?.version
    const codec = createCodec('top-k:0.5', entropyStages)
    const { signal } = new AbortController()
    const encoded = { from: 'bob', codec, bytes: new Uint8Array(1), into: room(), held: undefined, signal }
    await reading.decode({ ...encoded, version: 5 })
    assert.deepEqual([held('bob'), held('ann')], [5, undefined])
    assert.deepEqual([reading.lags('bob'), reading.lags('ann')], [true, false])
    const exchange = {
      bytes: 16,
      roundTripMs: 1,
      transferMs: 1,
      waitedMs: 0,
      decodeMs: 0,
      roundTrips: 1,
    } as const
    reading.onExchange('bob', { codec: 'top-k:0.5', ...exchange })
    assert.equal(held('bob'), 5)
    reading.onExchange('bob', { codec: 'float32', ...exchange })
    assert.deepEqual([held('bob'), reading.lags('bob')], [undefined, false])
  })

  it('is decoded with what was held when it was offered, and not held itself once its exchange was given up', async () => {
    const asked: { readonly held: number | undefined; readonly end: () => void }[] = []
    const reading = createReading({
      codec: 'top-k:0.5',
      length: 4,
      coder: {
        decode: ({ held }) => new Promise((resolve) => asked.push({ held: held?.version, end: resolve })),
      },
    })
    const codec = createCodec('top-k:0.5', entropyStages)
    const decode = (version: number, signal: AbortSignal) => {
      const { held } = reading.offers('bob')[0]!
      const encoded = { from: 'bob', codec, version, bytes: new Uint8Array(1), into: room(), held, signal }
      return reading.decode(encoded)
    }
    const kept = () => reading.offers('bob')[0]!.held?.version
    const [first, second] = [new AbortController(), new AbortController()]
    const slow = decode(5, first.signal)
    first.abort()
    const quick = decode(6, second.signal)
    asked[1]!.end()
    await quick
    assert.equal(kept(), 6)
    asked[0]!.end()
    await slow
    assert.equal(kept(), 6)
    const next = decode(7, second.signal)
    asked[2]!.end()
    await next
    assert.deepEqual([asked.map(({ held }) => held), kept()], [[undefined, undefined, 6], 7])
  })

  it('is chosen for each neighbour by itself, where it is auto', () => {
    const reading = createReading({ codec: 'auto', length: 100_000, coder: { decode: never } })
    const offers = (from: string): string[] => reading.offers(from).map(({ codec }) => codec.spec)
    for (let i = 0; i < 3; i++) {
      // 0.4 MB in 4 s: 0.8 Mbit/s.
      const slow = { bytes: 400_000, roundTripMs: 10, transferMs: 4000, waitedMs: 0, decodeMs: 0 }
      reading.onExchange('far', { codec: 'float32', ...slow, roundTrips: 1 })
    }
    assert.deepEqual([offers('far'), offers('near')], [['int8'], []])
  })
})

describe('what the thread keeps of codecs', () => {
  const encode = (perform: ReturnType<typeof createHost>, spec: string, first: number) => {
    const weights = Float32Array.of(first, 0, 0, 0)
    return perform({ kind: 'encode', spec, version: 1, weights, held: undefined }).value
  }

  it('is an encoding for each of those used last, and every public copy', () => {
    const perform = createHost()
    const [int8, topK] = [encode(perform, 'int8', 1), encode(perform, 'top-k:0.5', 1)]
    for (const spec of ['float16', 'int8+zlib', 'float16+zlib', 'int8+brotli']) encode(perform, spec, 1)
    // One version has one set of weights: other ones show what was kept, as nothing else does.
    assert.deepEqual(encode(perform, 'int8', 2), int8)
    for (const spec of ['float16+brotli', 'float16', 'int8+zlib', 'float16+zlib', 'int8+brotli'])
      encode(perform, spec, 1)
    assert.notDeepEqual(encode(perform, 'int8', 2), int8)
    assert.deepEqual(encode(perform, 'top-k:0.5', 2), topK)
  })
})

describe('the thread that encodes', () => {
  const coder = createCoder((error) => assert.fail(error))
  after(() => coder.close())

  it('does what the codec does', async () => {
    const codec = createCodec('int8', entropyStages)
    const bytes = await coder.encode({ spec: 'int8', version: 1, weights: WEIGHTS, held: undefined })
    assert.deepEqual(bytes, codec.createSource(4).encode({ version: 1, weights: WEIGHTS }))
    const expected = codec.decode(bytes, { length: 4 })
    const into = room()
    await coder.decode({ spec: 'int8', bytes, into, held: undefined })
    assert.deepEqual(into, expected)
  })

  it('passes a codec’s complaints on, and goes on working', async () => {
    const decode = async (bytes: Uint8Array<ArrayBuffer>) => {
      const into = room().fill(7)
      await coder.decode({ spec: 'int8', bytes, into, held: undefined })
      return into
    }
    await assert.rejects(decode(new Uint8Array(7)), { name: 'CodecError', code: 'TRUNCATED' })
    const weights = Float32Array.of(NaN)
    const encoding = coder.encode({ spec: 'float16', version: 1, weights, held: undefined })
    await assert.rejects(encoding, { name: 'CodecError', code: 'NOT_FINITE' })
    assert.deepEqual(await decode(new Uint8Array(8)), new Float32Array(4))
  })

  it('lets the event loop turn while it encodes a large model', async () => {
    const weights = new Float32Array(new SharedArrayBuffer(4 * 2_000_000)).fill(0.5)
    let turns = 0
    let over = false
    const count = (): void => {
      turns += 1
      if (!over) setImmediate(count)
    }
    setImmediate(count)
    await coder.encode({ spec: 'int8+brotli', version: 2, weights, held: undefined })
    over = true
    assert.ok(turns > 5, String(turns))
  })

  it('has said what followers know of the own model before it is asked, once there are any', async () => {
    const spec = 'top-k:0.5'
    assert.equal(coder.publicCopy(spec), undefined)
    await coder.encode({ spec, version: 1, weights: WEIGHTS, held: undefined })
    const first = coder.publicCopy(spec)
    assert.deepEqual(first, WEIGHTS)
    assert.ok(first.buffer instanceof SharedArrayBuffer)
    await coder.encode({ spec, version: 1, weights: WEIGHTS, held: 1 })
    // Nothing has moved, and nothing was copied.
    assert.equal(coder.publicCopy(spec), first)
    // Half of the weights, those that differ most: 3 and 0 by 2.
    const encoding = coder.encode({ spec, version: 2, weights: Float32Array.of(2, -3, 5, 2), held: 1 })
    assert.equal(coder.publicCopy(spec), first)
    await encoding
    assert.deepEqual(coder.publicCopy(spec), Float32Array.of(1, -2, 5, 2))
    // A mix may still be reading the first.
    assert.deepEqual(first, WEIGHTS)
  })

  it('decodes before it encodes what others have asked for', async () => {
    const order: string[] = []
    const note = (name: string) => () => void order.push(name)
    const encode = (version: number) =>
      coder
        .encode({ spec: 'float16', version, weights: WEIGHTS, held: undefined })
        .then(note(`encode ${version}`))
    const encodings = [encode(10), encode(11), encode(12)]
    const bytes = new Uint8Array(8)
    const decoding = coder.decode({ spec: 'int8', bytes, into: room(), held: undefined }).then(note('decode'))
    await Promise.all([...encodings, decoding])
    assert.deepEqual(order, ['encode 10', 'decode', 'encode 11', 'encode 12'])
  })

  it('does not do what was given up before its turn came', async () => {
    const given = new AbortController()
    const encoding = coder.encode({ spec: 'float16', version: 13, weights: WEIGHTS, held: undefined })
    const bytes = new Uint8Array(8)
    const decode = () => coder.decode({ spec: 'int8', bytes, into: room(), held: undefined }, given.signal)
    const decoding = decode()
    given.abort(new Error('no longer wanted'))
    await assert.rejects(decoding, /no longer wanted/)
    await assert.rejects(decode(), /no longer wanted/)
    await encoding
    // The bytes were not moved to the thread.
    assert.equal(bytes.byteLength, 8)
  })

  it('rejects what is under way when it is closed, and what comes later', async () => {
    const other = createCoder(never)
    const request = { spec: 'int8', version: 1, weights: WEIGHTS, held: undefined }
    const underWay = other.encode(request)
    const closed = other.close()
    await assert.rejects(underWay, /was closed/)
    await closed
    await assert.rejects(other.encode(request), /was closed/)
  })

  it('tells its owner when it ends by itself', async () => {
    const failures: string[] = []
    const other = createCoder(({ message }) => failures.push(message))
    // No message of this program: a codec that there is not.
    const encoding = other.encode({ spec: 'int7', version: 1, weights: WEIGHTS, held: undefined })
    await assert.rejects(encoding, /has failed: .*int7/)
    assert.equal(failures.length, 1)
    await other.close()
  })
})

describe('mixing what lags behind', () => {
  const mix = {
    shares: ['ann', 'bob', 'cem'].map((from) => ({ from, weights: WEIGHTS, weight: 1 / 3 })),
    catchUp: { now: WEIGHTS, fraction: 0.75 },
  }
  const codecsWith = (codec: string) => {
    const codecs = createPeerCodecs({
      ...{ runCodec: codec, codec, length: 4, snapshots: createSnapshots() },
      fail: (error) => assert.fail(String(error)),
    })
    after(() => codecs.close())
    return codecs
  }

  it('is left as it is by codecs that send whole models, and before anybody follows', () => {
    assert.equal(codecsWith('int8').mixOf(mix, 'ann'), mix)
    assert.equal(codecsWith('top-k:0.5').mixOf(mix, 'ann'), mix)
  })

  it('compares with the own copy what came as changes, and nothing else', async () => {
    const snapshots = createSnapshots()
    const [runCodec, codec] = ['top-k:0.5', 'top-k:0.5']
    const fail = (error: unknown): void => assert.fail(String(error))
    const codecs = createPeerCodecs({ runCodec, codec, length: 4, snapshots, fail })
    after(() => codecs.close())
    snapshots.publish(published(1))
    const served = (await codecs.serve(newest(offer('top-k:0.5')), 'bob')) as ServedEncoding
    const bytes = Uint8Array.from(served.bytes)
    const spec = createCodec('top-k:0.5', entropyStages)
    const { signal } = new AbortController()
    const [into, held] = [room(), undefined]
    await codecs.reader.decode({ from: 'bob', codec: spec, version: 1, bytes, into, held, signal })
    const { shares, catchUp } = codecs.mixOf(mix, 'ann')
    assert.deepEqual(
      shares.map(({ since }) => since && [...since]),
      [undefined, [...WEIGHTS], undefined],
    )
    assert.equal(catchUp.fraction, 0.5)
  })
})
