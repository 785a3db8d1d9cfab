import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  createCodecChoice,
  type Candidate,
  type CodecChoice,
  type Exchange,
} from '../../protocols/codecs/index.js'
import { createRandom } from '../../protocols/random.js'

/** Of so many weights, as the real ones are: 4, 2 and 1 bytes each; milliseconds a million weights. */
const candidatesOf = (weights: number): readonly Candidate[] => [
  { codec: 'float32', bytes: 4 * weights, encodeMs: 0, decodeMs: 0 },
  { codec: 'float16', bytes: 2 * weights, encodeMs: (7.6 * weights) / 1e6, decodeMs: (4.5 * weights) / 1e6 },
  { codec: 'int8', bytes: weights, encodeMs: (6.2 * weights) / 1e6, decodeMs: (4.8 * weights) / 1e6 },
]
const SMALL = 100_000
const LARGE = 10_000_000

interface Link {
  readonly mbps: number
  readonly roundTripMs: number
}

/** Exchanges by a clock that only counts, with neighbours whose weights come in so many round trips. */
const exchangesIn = (roundTrips: Exchange['roundTrips']) => {
  /** One over such a link. @returns the codec it was in. */
  const exchange = (
    choice: CodecChoice,
    candidates: readonly Candidate[],
    { mbps, roundTripMs }: Link,
    slower: { readonly waitedMs?: number; readonly decodeMs?: number } = {},
  ): string => {
    const { codec } = choice
    const { bytes, encodeMs, decodeMs } = candidates.find((candidate) => candidate.codec === codec)!
    // From the answer on: the request for the first weights goes there and they come back, unless they follow by themselves.
    const transferMs = (roundTrips === 2 ? roundTripMs : 0) + (8 * bytes) / (1000 * mbps)
    const measured = { codec, bytes, roundTripMs, transferMs, roundTrips }
    choice.observe({ ...measured, waitedMs: encodeMs, decodeMs, ...slower })
    return codec
  }
  /** Those of so many over one link. */
  const chosen = (weights: number, link: Link, count = 8): string[] => {
    const candidates = candidatesOf(weights)
    const choice = createCodecChoice(candidates)
    return Array.from({ length: count }, () => exchange(choice, candidates, link))
  }
  /** What was given up after half a minute in which weights came. */
  const slowly = { roundTripMs: 30, waitedMs: 0, transferMs: 30_000, decodeMs: 0, roundTrips } as const
  return { exchange, chosen, slowly }
}

const [following, asked] = [exchangesIn(1), exchangesIn(2)]
const wires = { 'where weights follow by themselves': following, 'where weights have to be asked for': asked }

describe('the choice of a codec where the way there and back is long', () => {
  it('takes the smallest where the bytes take longer', () => {
    // 0.4 MB at 5 Mbit/s: 300 + 640 ms as they are, 300 + 160 as int8.
    assert.equal(following.chosen(SMALL, { mbps: 5, roundTripMs: 300 }).at(-1), 'int8')
    // 300 more of each are too little to save.
    assert.equal(asked.chosen(SMALL, { mbps: 5, roundTripMs: 300 }).at(-1), 'float32')
  })

  it('does not take a link for fast whose bytes take no longer than that', () => {
    // 40 MB at 100 Mbit/s: 800 + 3200 ms as they are; 800 + 800 as int8, and 110 to encode and decode.
    assert.deepEqual(new Set(following.chosen(LARGE, { mbps: 100, roundTripMs: 800 })), new Set(['int8']))
    assert.deepEqual(new Set(asked.chosen(LARGE, { mbps: 100, roundTripMs: 800 })), new Set(['int8']))
  })

  it('goes by the present process of a neighbour that has begun to let weights follow', () => {
    const candidates = candidatesOf(SMALL)
    const choice = createCodecChoice(candidates)
    const link = { mbps: 5, roundTripMs: 300 }
    for (let i = 0; i < 5; i++) asked.exchange(choice, candidates, link)
    assert.equal(choice.codec, 'float32')
    for (let i = 0; i < 2; i++) following.exchange(choice, candidates, link)
    assert.equal(choice.codec, 'int8')
  })
})

for (const [where, { exchange, chosen, slowly }] of Object.entries(wires)) {
  describe(`the choice of a codec by measured bandwidth, ${where}`, () => {
    it('begins with plain weights where the model is small, and with the smallest codec where it is large', () => {
      assert.equal(createCodecChoice(candidatesOf(SMALL)).codec, 'float32')
      assert.equal(createCodecChoice(candidatesOf(LARGE)).codec, 'int8')
    })

    it('stays with plain weights on loopback', () => {
      // 0.4 MB at 4 Gbit/s: 0.8 ms, where int8 takes 0.2 ms and 1.1 ms to encode and decode.
      assert.deepEqual(new Set(chosen(SMALL, { mbps: 4000, roundTripMs: 0.5 })), new Set(['float32']))
    })

    it('leaves the smallest for plain weights after two exchanges, where a large model meets a fast link', () => {
      // 40 MB at 4 Gbit/s: 80 ms as they are; 20 and 110 ms as int8.
      const [first, second, ...others] = chosen(LARGE, { mbps: 4000, roundTripMs: 0.5 })
      assert.deepEqual([first, second], ['int8', 'int8'])
      assert.deepEqual(new Set(others), new Set(['float32']))
    })

    it('takes the smallest after two exchanges on a slow link', () => {
      // 0.4 MB at 2 Mbit/s: 1.6 s as they are, 0.4 s as int8.
      const [first, second, ...others] = chosen(SMALL, { mbps: 2, roundTripMs: 30 })
      assert.deepEqual([first, second], ['float32', 'float32'])
      assert.deepEqual(new Set(others), new Set(['int8']))
    })

    it('keeps plain weights where the way there and back is what takes time', () => {
      // 0.4 MB at 100 Mbit/s: 32 ms beside one or two round trips of 200.
      assert.deepEqual(new Set(chosen(SMALL, { mbps: 100, roundTripMs: 200 })), new Set(['float32']))
    })

    it('keeps plain weights where there is too little to save', () => {
      // 0.4 MB at 100 Mbit/s: 32 ms, of which int8 would save 23.
      assert.deepEqual(new Set(chosen(SMALL, { mbps: 100, roundTripMs: 1 })), new Set(['float32']))
      // At 20 Mbit/s float16 saves 79 of 160, and int8 no more than 40 beyond that.
      assert.equal(chosen(SMALL, { mbps: 20, roundTripMs: 1 }).at(-1), 'float16')
      // At 5 Mbit/s 319 of 640, and another 160.
      assert.equal(chosen(SMALL, { mbps: 5, roundTripMs: 1 }).at(-1), 'int8')
    })

    it('follows a link that becomes slow, and one that becomes fast again', () => {
      const candidates = candidatesOf(SMALL)
      const choice = createCodecChoice(candidates)
      const run = (count: number, link: Link): string => {
        for (let i = 0; i < count; i++) exchange(choice, candidates, link)
        return choice.codec
      }
      assert.equal(run(5, { mbps: 1000, roundTripMs: 1 }), 'float32')
      assert.equal(run(5, { mbps: 2, roundTripMs: 1 }), 'int8')
      assert.equal(run(20, { mbps: 4000, roundTripMs: 1 }), 'float32')
    })

    it('does not move for one exchange that was slow', () => {
      const candidates = candidatesOf(SMALL)
      const choice = createCodecChoice(candidates)
      const fast = { mbps: 1000, roundTripMs: 1 }
      for (let i = 0; i < 5; i++) exchange(choice, candidates, fast)
      // 3.2 ms become 16: as slow as 200 Mbit/s.
      exchange(choice, candidates, { mbps: 200, roundTripMs: 1 })
      assert.equal(choice.codec, 'float32')
      exchange(choice, candidates, fast)
      assert.equal(choice.codec, 'float32')
    })

    for (const part of ['waitedMs', 'decodeMs'] as const) {
      it(`comes back to the smallest on a slow link after one exchange with ten seconds of ${part}`, () => {
        const candidates = candidatesOf(SMALL)
        const choice = createCodecChoice(candidates)
        const slow = { mbps: 2, roundTripMs: 30 }
        for (let i = 0; i < 5; i++) exchange(choice, candidates, slow)
        exchange(choice, candidates, slow, { [part]: 10_000 })
        const codecs = Array.from({ length: 20 }, () => exchange(choice, candidates, slow))
        assert.ok(codecs.includes('float16'), codecs.join(' '))
        // The running mean falls from 3,000 ms by 0.7 in each exchange: 42 after twelve, 29 after thirteen. With two round trips
        // int8 takes 60 + 400 + 42 ms, then 29, and float16 60 + 800: twice less than 0.6 of it.
        assert.deepEqual(new Set(codecs.slice(13)), new Set(['int8']), codecs.join(' '))
      })
    }

    it('tries a codec that always costs too much no more than now and then', () => {
      const candidates = candidatesOf(SMALL)
      const choice = createCodecChoice(candidates)
      const link = { mbps: 2, roundTripMs: 30 }
      const codecs = Array.from({ length: 200 }, () =>
        exchange(choice, candidates, link, choice.codec === 'int8' ? { decodeMs: 10_000 } : {}),
      )
      const tried = codecs.filter((codec) => codec === 'int8').length
      assert.ok(tried > 4 && tried < 50, `${tried} of 200: ${codecs.join(' ')}`)
    })

    it('does not flap on any link, however its bandwidth varies by a fifth', () => {
      for (const weights of [SMALL, LARGE]) {
        for (let mbps = 1; mbps < 10_000; mbps *= 1.3) {
          const random = createRandom('flapping', weights, Math.round(mbps))
          const candidates = candidatesOf(weights)
          const choice = createCodecChoice(candidates)
          const codecs = Array.from({ length: 200 }, () =>
            exchange(choice, candidates, { mbps: mbps * (0.8 + 0.4 * random.next()), roundTripMs: 5 }),
          )
          const changes = codecs.filter((codec, i) => i > 0 && codec !== codecs[i - 1]).length
          // The first guess may be wrong, and the second a step too far.
          assert.ok(changes <= 3, `${changes} changes at ${mbps} Mbit/s: ${codecs.join(' ')}`)
        }
      }
    })

    it('asks for the smallest after weights that came too slowly, and comes back when it can', () => {
      const candidates = candidatesOf(SMALL)
      const choice = createCodecChoice(candidates)
      choice.gaveUp({ type: 'receiving', codec: 'float32', ...slowly, bytes: 100_000 })
      assert.equal(choice.codec, 'int8')
      for (let i = 0; i < 60; i++) exchange(choice, candidates, { mbps: 4000, roundTripMs: 1 })
      assert.equal(choice.codec, 'float32')
    })

    it('comes back also after an exchange in which no weights came at all', () => {
      const candidates = candidatesOf(SMALL)
      const choice = createCodecChoice(candidates)
      choice.gaveUp({ type: 'receiving', codec: 'float32', ...slowly, bytes: 0 })
      assert.equal(choice.codec, 'int8')
      for (let i = 0; i < 60; i++) exchange(choice, candidates, { mbps: 4000, roundTripMs: 1 })
      assert.equal(choice.codec, 'float32')
    })

    it('knows after a large model that half came how long the others would take', () => {
      const choice = createCodecChoice(candidatesOf(LARGE))
      // 5 of int8’s 10 MB in 30 s: nothing is smaller, and nothing else would take less.
      choice.gaveUp({ type: 'receiving', codec: 'int8', ...slowly, bytes: 5_000_000 })
      assert.equal(choice.codec, 'int8')
    })

    it('asks for plain weights after two exchanges in a row that the encoder did not answer, and then again for the smallest', () => {
      const candidates = candidatesOf(LARGE)
      const choice = createCodecChoice(candidates)
      const unanswered = { type: 'unanswered', codec: 'int8', elapsedMs: 30_000 } as const
      const link = { mbps: 50, roundTripMs: 1 }
      choice.gaveUp(unanswered)
      assert.equal(choice.codec, 'int8')
      exchange(choice, candidates, link)
      choice.gaveUp(unanswered)
      assert.equal(choice.codec, 'int8')
      choice.gaveUp(unanswered)
      assert.equal(choice.codec, 'float32')
      // 6.4 s as they are, 1.6 as int8, whose encoder was thought to take 15 s.
      for (let i = 0; i < 15; i++) exchange(choice, candidates, link)
      assert.equal(choice.codec, 'int8')
    })

    it('takes plain weights that were not answered for no fault of a codec', () => {
      const candidates = candidatesOf(SMALL)
      const choice = createCodecChoice(candidates)
      for (let i = 0; i < 5; i++) choice.gaveUp({ type: 'unanswered', codec: 'float32', elapsedMs: 30_000 })
      assert.equal(choice.codec, 'float32')
      exchange(choice, candidates, { mbps: 4000, roundTripMs: 1 })
      exchange(choice, candidates, { mbps: 4000, roundTripMs: 1 })
      assert.equal(choice.codec, 'float32')
    })

    it('leaves a codec that was given up while it was decoded, though its bytes came fast', () => {
      const choice = createCodecChoice(candidatesOf(LARGE))
      const fast = { transferMs: 21, bytes: 10_000_000, decodeMs: 29_000 }
      choice.gaveUp({ type: 'decoding', codec: 'int8', ...slowly, ...fast, roundTripMs: 1 })
      assert.equal(choice.codec, 'float32')
    })
  })
}
