import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { createHost } from '../../node/codecs/host.js'
import { createCoder } from '../../node/codecs/index.js'
import type { ServedEncoding } from '../../node/network/index.js'
import { createPeerCodecs } from '../../node/peer/codecs/codecs.js'
import { createEncodingPlaces } from '../../node/peer/codecs/encoding-places.js'
import { createEncodings, type Encoding } from '../../node/peer/codecs/encodings.js'
import { createHeldVersions } from '../../node/peer/codecs/held-versions.js'
import { createReading } from '../../node/peer/codecs/reading.js'
import { createChooseOffer } from '../../node/peer/codecs/servable.js'
import { createServing } from '../../node/peer/codecs/serving.js'
import { createSnapshots, type PublishedSnapshot } from '../../node/peer/snapshots.js'
import { createCodec } from '../../protocols/codecs/index.js'
import { limits } from '../../protocols/limits.js'
import { entropyStages } from '../../node/entropy/index.js'

const never = (): never => assert.fail('it was not to be asked')
const WEIGHTS = Float32Array.of(1, -2, 3, 0)

const published = (version: number, weights = WEIGHTS): PublishedSnapshot => ({
  head: {
    ...{ version, round: 1, samples: 1, digest: String(version).padStart(64, '0'), degree: 1 },
    ...{ finished: false, loss: null, accuracy: null },
  },
  layout: 'f'.repeat(64),
  bytes: new Uint8Array(weights.buffer),
  leaves: new Uint8Array(32),
  weights,
})

const offer = (name: string, held?: number) => ({ name, version: 1, ...(held === undefined ? {} : { held }) })
const newest = (...accepts: ReturnType<typeof offer>[]) =>
  ({ type: 'newest', newerThan: -1, accepts }) as const

/** A server whose encoder writes the weights in plain, and notes what it was asked for. */
const setUp = (runCodec = 'float32', bytes = 4) => {
  const asked: string[] = []
  const snapshots = createSnapshots()
  const serve = createServing({
    snapshots,
    choose: createChooseOffer(runCodec),
    coder: {
      encode({ spec, version, held }) {
        asked.push(`${spec} of ${version}${held === undefined ? '' : ` since ${held}`}`)
        return Promise.resolve(new Uint8Array(bytes).fill(asked.length))
      },
    },
  })
  let askers = 0
  /** Each time somebody else. */
  const ask = async (...accepts: ReturnType<typeof offer>[]): Promise<string> => {
    const served = await serve(newest(...accepts), `reader ${askers++}`)
    return served && 'codec' in served ? served.codec.name : 'as it is'
  }
  return { asked, snapshots, serve, ask }
}

describe('what a peer serves', () => {
  it('is the first offer that it knows', async () => {
    const { snapshots, ask } = setUp()
    snapshots.publish(published(1))
    assert.equal(await ask(offer('int7'), offer('float16'), offer('int8')), 'float16')
    assert.equal(await ask({ ...offer('int8'), version: 2 }, offer('int8+zlib')), 'int8+zlib')
    assert.equal(await ask(offer('float32'), offer('int8')), 'as it is')
    assert.equal(await ask(offer('nothing'), offer('__proto__')), 'as it is')
    assert.equal(await ask(), 'as it is')
  })

  it('is no codec that keeps a copy for its followers, but the run’s own', async () => {
    const { snapshots, ask } = setUp('top-k:0.1')
    snapshots.publish(published(1))
    assert.equal(await ask(offer('top-k:0.2')), 'as it is')
    assert.equal(await ask(offer('top-k:0.1')), 'top-k:0.1')
  })

  it('is every codec that remembers nothing, however many odd ones were asked for before', async () => {
    const { snapshots, ask } = setUp('top-k:0.1')
    snapshots.publish(published(1))
    const all = ['int8+zlib', 'int8+brotli', 'float16+zlib', 'float16+brotli', 'int8', 'float16']
    assert.ok(all.length > limits.codecsServedMax)
    const answers: string[] = []
    for (const name of all) answers.push(await ask(offer(name)))
    assert.deepEqual(answers, all)
    assert.equal(await ask(offer('top-k:0.1')), 'top-k:0.1')
  })

  it('takes no place of the others for the run’s own codec, nor for plain weights', () => {
    const choose = createChooseOffer('int8')
    const chosen = (name: string) => choose([offer(name)])?.codec
    for (const name of ['int8', 'float32']) chosen(name)
    const others = ['float16', 'int8+zlib', 'float16+zlib', 'int8+brotli'].slice(0, limits.codecsServedMax)
    const first = others.map(chosen)
    for (const name of ['int8', 'float32']) chosen(name)
    // The same objects: none was made again.
    assert.deepEqual(
      others.map((name, i) => chosen(name) === first[i]),
      others.map(() => true),
    )
  })

  it('is encoded once a version, and again for those who hold another one', async () => {
    const { asked, snapshots, ask } = setUp('top-k:0.1')
    snapshots.publish(published(1))
    await ask(offer('top-k:0.1'))
    await ask(offer('top-k:0.1'))
    snapshots.publish(published(2))
    await Promise.all([1, 1, undefined].map((held) => ask(offer('top-k:0.1', held))))
    // Version 9 was never given out: whoever says so is taken for one that holds nothing.
    await ask(offer('top-k:0.1', 9))
    assert.deepEqual(asked, ['top-k:0.1 of 1', 'top-k:0.1 of 2 since 1', 'top-k:0.1 of 2'])
  })

  it('is still given chunk by chunk when there is a newer one, for a while', async () => {
    // 4 bytes of 400 each: their number decides.
    const weights = new Float32Array(100)
    const { snapshots, serve, ask } = setUp()
    snapshots.publish(published(1, weights))
    const first = (await serve(newest(offer('int8')), 'bob')) as ServedEncoding
    const chunk = { type: 'chunk', digest: first.digest, index: 0 } as const
    const isServed = async (): Promise<boolean> => (await serve(chunk, 'bob')) !== null
    for (let version = 2; version <= limits.encodingsServed; version++) {
      snapshots.publish(published(version, weights))
      await ask(offer('int8'))
      assert.ok(await isServed(), String(version))
    }
    // As many others, and nobody asked for the first meanwhile.
    for (let i = 1; i <= limits.encodingsServed; i++) {
      snapshots.publish(published(limits.encodingsServed + i, weights))
      await ask(offer('int8'))
    }
    assert.ok(!(await isServed()))
  })

  it('is there for everyone who was told of it, where many ask at once and each holds another version', async () => {
    const { snapshots, serve, ask } = setUp('top-k:0.1', 1)
    for (let version = 1; version <= 9; version++) {
      snapshots.publish(published(version))
      await ask(offer('top-k:0.1'))
    }
    snapshots.publish(published(10))
    const held = Array.from({ length: 9 }, (_, i) => i + 1)
    const answers = await Promise.all(
      held.map(async (version) => await serve(newest(offer('top-k:0.1', version)), `reader ${version}`)),
    )
    const digests = answers.map((answer) => (answer as ServedEncoding).digest)
    assert.equal(new Set(digests).size, 9)
    for (const digest of digests) assert.ok(serve({ type: 'chunk', digest, index: 0 }, 'bob'), digest)
  })

  it('is as it is to one who asks again and again and each time holds something else', async () => {
    const { asked, snapshots, serve, ask } = setUp('top-k:0.1', 1)
    for (let version = 1; version <= 12; version++) {
      snapshots.publish(published(version))
      await ask(offer('top-k:0.1'))
    }
    snapshots.publish(published(13))
    asked.length = 0
    const answers: boolean[] = []
    for (let held = 1; held <= 12; held++) {
      const served = await serve(newest(offer('top-k:0.1', held)), 'mallory')
      answers.push(served !== null && 'codec' in served)
    }
    assert.equal(asked.length, limits.encodesPerVersionMax)
    assert.deepEqual(
      answers,
      [...Array(12).keys()].map((i) => i < limits.encodesPerVersionMax),
    )
    // What others have made it encode costs nothing, and others are served as before.
    await ask(offer('top-k:0.1', 9))
    const served = await serve(newest(offer('top-k:0.1', 9)), 'mallory')
    assert.ok(served && 'codec' in served)
    assert.equal(asked.length, limits.encodesPerVersionMax + 1)
  })

  it('is not taken away while it is being encoded, however much is kept', async () => {
    const encodings = createEncodings()
    const encoding = (digest: string, models: number): Encoding => ({
      ...published(1),
      ...{ codec: offer('int8'), digest, bytes: new Uint8Array(16 * models), plainBytes: 16 },
    })
    const slow = Promise.withResolvers<Encoding | null>()
    const waits = encodings.add('slow', slow.promise)
    for (const name of ['a', 'b', 'c']) await encodings.add(name, Promise.resolve(encoding(name, 1)))
    assert.equal(encodings.byDigest('a'), undefined)
    assert.equal(encodings.find('slow'), waits)
    slow.resolve(encoding('slow', 1))
    assert.equal(await waits, encodings.byDigest('slow'))
    assert.equal(encodings.find('slow'), await waits)
    // Where there is none, the next one who asks may try again.
    assert.equal(await encodings.add('none', Promise.resolve(null)), null)
    assert.equal(encodings.find('none'), undefined)
  })

  it('takes no more memory than two models, the newest encoding aside', async () => {
    // 16 bytes each, as much as the model.
    const { snapshots, serve } = setUp('float32', 16)
    const digests: string[] = []
    for (let version = 1; version <= 4; version++) {
      snapshots.publish(published(version))
      digests.push(((await serve(newest(offer('int8')), 'bob')) as ServedEncoding).digest)
    }
    const there = digests.map((digest) => serve({ type: 'chunk', digest, index: 0 }, 'bob') !== null)
    assert.deepEqual(there, [false, false, true, true])
  })
})

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
    const decoded = Promise.resolve(WEIGHTS)
    const reading = createReading({ codec: 'top-k:0.5', length: 4, coder: { decode: () => decoded } })
    const held = (from: string) => reading.offers(from)[0]!.held
    const codec = createCodec('top-k:0.5', entropyStages)
    await reading.decode({ from: 'bob', codec, version: 5, bytes: new Uint8Array(1) })
    assert.deepEqual([held('bob'), held('ann')], [5, undefined])
    assert.deepEqual([reading.lags('bob'), reading.lags('ann')], [true, false])
    const exchange = { bytes: 16, roundTripMs: 1, transferMs: 1, waitedMs: 0, decodeMs: 0 }
    reading.onExchange('bob', { codec: 'top-k:0.5', ...exchange })
    assert.equal(held('bob'), 5)
    reading.onExchange('bob', { codec: 'float32', ...exchange })
    assert.deepEqual([held('bob'), reading.lags('bob')], [undefined, false])
  })

  it('is chosen for each neighbour by itself, where it is auto', () => {
    const reading = createReading({ codec: 'auto', length: 100_000, coder: { decode: never } })
    const offers = (from: string): string[] => reading.offers(from).map(({ codec }) => codec.spec)
    for (let i = 0; i < 3; i++) {
      // 0.4 MB in 4 s: 0.8 Mbit/s.
      const slow = { bytes: 400_000, roundTripMs: 10, transferMs: 4000, waitedMs: 0, decodeMs: 0 }
      reading.onExchange('far', { codec: 'float32', ...slow })
    }
    assert.deepEqual([offers('far'), offers('near')], [['int8'], []])
  })
})

describe('versions that were given out', () => {
  it('are the last few', () => {
    const held = createHeldVersions({ capacity: 2, basesMax: 9 })
    for (const version of [1, 2, 3]) held.gave(version)
    assert.deepEqual(
      [undefined, 1, 2, 3, 4].map((version) => held.known(version, 4)),
      [undefined, undefined, 2, 3, undefined],
    )
  })

  it('count as held for so many encodings of a snapshot and no more', () => {
    const held = createHeldVersions({ capacity: 9, basesMax: 2 })
    for (const version of [1, 2, 3]) held.gave(version)
    const known = (of: number) => [1, 2, 3].map((version) => held.known(version, of))
    held.began(1, 4)
    assert.deepEqual(known(4), [1, 2, 3])
    held.began(3, 4)
    assert.deepEqual(known(4), [1, undefined, 3])
    assert.deepEqual(known(5), [1, 2, 3])
  })
})

describe('places at the encoder', () => {
  const bounds = { encodesUnderWayMax: 3, encodesPerAskerMax: 2, encodesPerVersionMax: 3, membersMax: 3 }

  it('are few for one asker, and few for all', () => {
    const places = createEncodingPlaces(bounds)
    const [first, second] = [places.take('ann', 1), places.take('ann', 1)]
    assert.ok(first && second)
    assert.equal(places.take('ann', 1), undefined)
    assert.ok(places.take('bob', 1))
    assert.equal(places.take('cem', 1), undefined)
    first()
    assert.ok(places.take('cem', 1))
  })

  it('are so many a version for one asker, and as many again for the next version', () => {
    const places = createEncodingPlaces(bounds)
    for (let i = 0; i < bounds.encodesPerVersionMax; i++) places.take('ann', 1)!()
    assert.equal(places.take('ann', 1), undefined)
    for (const asker of ['bob', 'cem']) places.take(asker, 1)!()
    // Three askers are known, and no more are.
    assert.equal(places.take('dan', 1), undefined)
    places.take('ann', 2)!()
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
    const weights = await coder.decode({ spec: 'int8', bytes, length: 4, held: undefined })
    assert.deepEqual(weights, expected)
    assert.ok(weights.buffer instanceof SharedArrayBuffer)
  })

  it('passes a codec’s complaints on, and goes on working', async () => {
    const decode = (bytes: Uint8Array<ArrayBuffer>) =>
      coder.decode({ spec: 'int8', bytes, length: 4, held: undefined })
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
    const decoding = coder.decode({ spec: 'int8', bytes, length: 4, held: undefined }).then(note('decode'))
    await Promise.all([...encodings, decoding])
    assert.deepEqual(order, ['encode 10', 'decode', 'encode 11', 'encode 12'])
  })

  it('does not do what was given up before its turn came', async () => {
    const given = new AbortController()
    const encoding = coder.encode({ spec: 'float16', version: 13, weights: WEIGHTS, held: undefined })
    const bytes = new Uint8Array(8)
    const decode = () => coder.decode({ spec: 'int8', bytes, length: 4, held: undefined }, given.signal)
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
    await codecs.reader.decode({ from: 'bob', codec: spec, version: 1, bytes })
    const { shares, catchUp } = codecs.mixOf(mix, 'ann')
    assert.deepEqual(
      shares.map(({ since }) => since && [...since]),
      [undefined, [...WEIGHTS], undefined],
    )
    assert.equal(catchUp.fraction, 0.5)
  })
})
