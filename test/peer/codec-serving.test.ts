import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { ServedEncoding } from '../../node/network/index.js'
import { createEncodingPlaces } from '../../node/peer/codecs/encoding-places.js'
import { createEncodings, type Encoding } from '../../node/peer/codecs/encodings.js'
import { createHeldVersions } from '../../node/peer/codecs/held-versions.js'
import { createChooseOffer } from '../../node/peer/codecs/servable.js'
import { createServing } from '../../node/peer/codecs/serving.js'
import { createSnapshots } from '../../node/peer/snapshots.js'
import { limits } from '../../protocols/limits.js'
import { newest, offer, published } from './codec-requests.js'

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
