import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import { WireError } from '../../protocols/errors.js'
import { limits } from '../../protocols/limits.js'
import { createRandom } from '../../protocols/random.js'
import * as wire from '../../protocols/wire/index.js'

interface Codec {
  readonly encode: (message: never) => Uint8Array
  readonly decode: (bytes: Uint8Array) => unknown
  readonly max: number
}

const replyMax = Math.max(limits.chunkFrameBytesMax, limits.controlFrameBytesMax)
const codecs: Readonly<Record<string, Codec>> = {
  heads: { encode: wire.encodeHeadsMessage, decode: wire.decodeHeadsMessage, max: limits.gossipBytesMax },
  merge: { encode: wire.encodeMergeMessage, decode: wire.decodeMergeMessage, max: limits.gossipBytesMax },
  'snapshot-request': {
    encode: wire.encodeSnapshotRequest,
    decode: wire.decodeSnapshotRequest,
    max: limits.requestFrameBytesMax,
  },
  'snapshot-reply': { encode: wire.encodeSnapshotReply, decode: wire.decodeSnapshotReply, max: replyMax },
  'shard-request': {
    encode: wire.encodeShardRequest,
    decode: wire.decodeShardRequest,
    max: limits.requestFrameBytesMax,
  },
  'shard-reply': { encode: wire.encodeShardReply, decode: wire.decodeShardReply, max: replyMax },
  'run-request': { encode: wire.encodeRunRequest, decode: wire.decodeRunRequest, max: limits.gossipBytesMax },
  'run-reply': { encode: wire.encodeRunReply, decode: wire.decodeRunReply, max: limits.controlFrameBytesMax },
}

interface Vector {
  readonly name: string
  readonly hex: string
  readonly message: never
}

/** Byte fields are `{ "$hex": … }` in the files. */
const vectorsOf = (codec: string): Vector[] =>
  JSON.parse(readFileSync(`test/vectors/${codec}.json`, 'utf8'), (_key, value: unknown) =>
    typeof value === 'object' && value !== null && '$hex' in value ? hexToBytes(value.$hex as string) : value,
  ) as Vector[]

/** Byte fields as hex, so that views and copies compare equal. */
const plain = (message: unknown): unknown =>
  JSON.parse(
    JSON.stringify(message, (_key, value: unknown) =>
      value instanceof Uint8Array ? bytesToHex(value) : value,
    ),
  )

const codeOf = (run: () => unknown): string => {
  try {
    run()
  } catch (error) {
    if (!(error instanceof WireError)) throw error
    return error.code
  }
  return 'accepted'
}

for (const [name, { encode, decode, max }] of Object.entries(codecs)) {
  describe(`the ${name} codec`, () => {
    const vectors = vectorsOf(name)
    for (const { name: title, hex, message } of vectors) {
      it(`writes and reads the golden bytes of ${title}`, () => {
        assert.equal(bytesToHex(encode(message)), hex)
        assert.deepEqual(plain(decode(hexToBytes(hex))), plain(message))
      })
    }
    it('refuses every truncation of every vector', () => {
      for (const { hex } of vectors) {
        const bytes = hexToBytes(hex)
        for (let length = 0; length < bytes.length; length++) {
          assert.notEqual(
            codeOf(() => decode(bytes.subarray(0, length))),
            'accepted',
          )
        }
      }
    })
    it('throws nothing but WireError on random bytes', () => {
      const random = createRandom('codec', name)
      for (let i = 0; i < 5000; i++) {
        const bytes = Uint8Array.from({ length: random.below(64) }, () => random.below(256))
        codeOf(() => decode(bytes))
      }
    })
    it('throws nothing but WireError on vectors with flipped bytes', () => {
      const random = createRandom('flip', name)
      for (const { hex } of vectors) {
        for (let i = 0; i < 1000; i++) {
          const bytes = hexToBytes(hex)
          for (let flips = 0; flips < 3; flips++) bytes[random.below(bytes.length)] = random.below(256)
          codeOf(() => decode(bytes))
        }
      }
    })
    it('refuses what is too large before it looks at it', () => {
      assert.equal(
        codeOf(() => decode(new Uint8Array(max + 1))),
        'FRAME_TOO_LARGE',
      )
    })
    it('refuses an empty frame and an unknown kind', () => {
      assert.equal(
        codeOf(() => decode(new Uint8Array(0))),
        'MALFORMED',
      )
      assert.equal(
        codeOf(() => decode(hexToBytes('7a00'))),
        'MALFORMED',
      ) // field 15, no bytes
    })
    it('survives groups nested as deep as a frame allows', () => {
      assert.notEqual(
        codeOf(() => decode(new Uint8Array(max).fill(0x7b))),
        'accepted',
      ) // field 15, start of a group
    })
  })
}

const DIGEST = 'ab'.repeat(32)
const head: wire.Head = {
  version: 1,
  round: 1,
  samples: 1,
  digest: DIGEST,
  degree: 1,
  finished: false,
  loss: null,
  accuracy: null,
}
const presence: wire.Presence = { name: 'a', addresses: [], leaving: false }

const callOf = (members: string[]): wire.MergeMessage & { type: 'call' } => ({
  ...{ type: 'call', mergeId: 'm', members, caller: 'a' },
  signature: new Uint8Array(64),
})

describe('bounds of the fields', () => {
  it('writes a request for what is newer than version 7 as worked by hand', () => {
    // field 1 (0a), 2 bytes: field 1 varint (08), zigzag of 7 = 14 (0e)
    assert.equal(bytesToHex(wire.encodeSnapshotRequest({ type: 'newest', newerThan: 7 })), '0a02080e')
  })
  for (const [title, change, code] of [
    ['an accuracy above one', { accuracy: 1.01 }, 'OUT_OF_RANGE'],
    ['a negative accuracy', { accuracy: -0.01 }, 'OUT_OF_RANGE'],
    ['an accuracy that is no number', { accuracy: NaN }, 'NOT_FINITE'],
    ['an infinite loss', { loss: Infinity }, 'NOT_FINITE'],
    ['a negative version', { version: -1 }, 'OUT_OF_RANGE'],
    ['a version beyond the safe integers', { version: 2 ** 53 }, 'OUT_OF_RANGE'],
    ['a fractional round', { round: 0.5 }, 'OUT_OF_RANGE'],
    ['more neighbours than members', { degree: limits.membersMax + 1 }, 'OUT_OF_RANGE'],
    ['a digest in upper case', { digest: 'AB'.repeat(32) }, 'MALFORMED'],
    ['a short digest', { digest: 'ab'.repeat(31) }, 'MALFORMED'],
  ] as const) {
    it(`does not send ${title}`, () => {
      assert.equal(
        codeOf(() => wire.encodeHeadsMessage({ type: 'head', head: { ...head, ...change } })),
        code,
      )
    })
  }
  it('refuses a version beyond the safe integers from a peer', () => {
    // head (0a), 9 bytes: version (08) = 2^53 as a varint of 8 bytes
    const hex = '0a0908' + '8080808080808010'
    assert.equal(
      codeOf(() => wire.decodeHeadsMessage(hexToBytes(hex))),
      'MALFORMED',
    )
  })
  it('refuses a digest of 31 or 33 bytes from a peer', () => {
    for (const length of [31, 33]) {
      // exact (12), its length, digest (0a), its length
      const hex = `12${(length + 2).toString(16)}0a${length.toString(16)}${'ab'.repeat(length)}`
      assert.equal(
        codeOf(() => wire.decodeSnapshotRequest(hexToBytes(hex))),
        'MALFORMED',
      )
    }
  })
  for (const [title, change] of [
    ['a name too long', { name: 'x'.repeat(limits.nameCharactersMax + 1) }],
    ['a name that writes to the terminal', { name: 'a\u001b[2J' }],
    ['a name that turns text around', { name: 'a\u202eb' }],
    ['half a surrogate pair', { name: 'a\ud800' }],
    ['an address with a space', { addresses: ['/ip4/1.2.3.4 /tcp/1'] }],
    ['an address too long', { addresses: ['/'.repeat(limits.addressCharactersMax + 1)] }],
    ['too many addresses', { addresses: Array<string>(limits.addressesMax + 1).fill('/a') }],
  ] as const) {
    it(`refuses a presence with ${title}`, () => {
      const message = { type: 'presence', presence: { ...presence, ...change } } as const
      assert.notEqual(
        codeOf(() => wire.encodeHeadsMessage(message)),
        'accepted',
      )
    })
  }
  it('accepts a presence at its bounds, in a hello as in gossip', () => {
    const full: wire.Presence = {
      name: 'ü'.repeat(limits.nameCharactersMax),
      addresses: Array<string>(limits.addressesMax).fill('/'.repeat(limits.addressCharactersMax)),
      leaving: false,
    }
    const hello: wire.RunRequest = { type: 'hello', runId: DIGEST, layout: DIGEST, presence: full }
    assert.deepEqual(wire.decodeRunRequest(wire.encodeRunRequest(hello)), hello)
    const message: wire.HeadsMessage = { type: 'presence', presence: full }
    assert.deepEqual(wire.decodeHeadsMessage(wire.encodeHeadsMessage(message)), message)
  })
  it('refuses a hello that names a run but no layout', () => {
    const hello = { type: 'hello', runId: DIGEST, layout: null, presence } as const
    assert.equal(
      codeOf(() => wire.encodeRunRequest(hello)),
      'MALFORMED',
    )
  })
  it('refuses holdings and members out of order or named twice', () => {
    for (const ids of [
      ['b', 'a'],
      ['a', 'a'],
    ]) {
      assert.equal(
        codeOf(() => wire.encodeMergeMessage({ type: 'holdings', mergeId: 'm', attempt: 1, have: ids })),
        'MALFORMED',
      )
      assert.equal(
        codeOf(() => wire.encodeMergeMessage(callOf(ids))),
        'MALFORMED',
      )
    }
  })
  it('refuses a roster whose entries do not rise, or that names more than the members of a merge', () => {
    const rosterOf = (...indices: number[]) => {
      const entries = indices.map((member) => ({ member, digest: DIGEST, samples: 1 }))
      return () =>
        wire.encodeMergeMessage({ type: 'roster', mergeId: 'm', call: DIGEST, attempt: 1, entries })
    }
    assert.equal(codeOf(rosterOf(0, 3, limits.mergeMembersMax - 1)), 'accepted')
    assert.equal(codeOf(rosterOf(3, 0)), 'MALFORMED')
    assert.equal(codeOf(rosterOf(3, 3)), 'MALFORMED')
    assert.equal(codeOf(rosterOf(limits.mergeMembersMax)), 'OUT_OF_RANGE')
  })
  it('refuses a signature longer than any key makes', () => {
    const signed = (bytes: number) => () =>
      wire.encodeMergeMessage({ ...callOf(['a']), signature: new Uint8Array(bytes) })
    assert.equal(codeOf(signed(512)), 'accepted')
    assert.equal(codeOf(signed(513)), 'OUT_OF_RANGE')
  })
  it('refuses a request for no chunks, or for chunks that do not rise', () => {
    const asking =
      (...indexes: number[]) =>
      () =>
        wire.encodeShardRequest({ type: 'piece', digest: DIGEST, indexes })
    assert.equal(codeOf(asking(0, 7)), 'accepted')
    assert.equal(codeOf(asking()), 'MALFORMED')
    assert.equal(codeOf(asking(7, 0)), 'MALFORMED')
    assert.equal(codeOf(asking(7, 7)), 'MALFORMED')
    assert.equal(codeOf(asking(-1)), 'OUT_OF_RANGE')
  })
  it('refuses leaves and sketches that are not of whole numbers', () => {
    const none = new Uint8Array(0)
    const odd = new Uint8Array(33)
    assert.equal(
      codeOf(() => wire.encodeShardReply({ type: 'leaves', leaves: odd, summary: none })),
      'MALFORMED',
    )
    assert.equal(
      codeOf(() => wire.encodeShardReply({ type: 'sketch', values: odd })),
      'MALFORMED',
    )
  })
  it('refuses more attempts than a merge may have', () => {
    const attempt = limits.mergeAttemptsMax + 1
    assert.equal(
      codeOf(() => wire.encodeMergeMessage({ type: 'holdings', mergeId: 'm', attempt, have: [] })),
      'OUT_OF_RANGE',
    )
  })
  it('does not gossip a call that is larger than a gossip message', () => {
    const members = Array.from({ length: 1000 }, (_, i) => `${i}`.padStart(52, 'x'))
    assert.equal(
      codeOf(() => wire.encodeMergeMessage(callOf(members))),
      'FRAME_TOO_LARGE',
    )
  })
  it('refuses a manifest that names more bytes than a model may have, and leaves of odd length', () => {
    const manifest = { type: 'manifest', head, layout: DIGEST, bytes: 4, leaves: new Uint8Array(32) } as const
    const bytes = limits.parametersMax * 4 + 1
    assert.equal(
      codeOf(() => wire.encodeSnapshotReply({ ...manifest, bytes })),
      'OUT_OF_RANGE',
    )
    assert.equal(
      codeOf(() => wire.encodeSnapshotReply({ ...manifest, leaves: new Uint8Array(33) })),
      'MALFORMED',
    )
  })
})

describe('the header of a chunk', () => {
  it('and the data after it are the encoded reply', () => {
    const whole = Uint8Array.from({ length: limits.chunkBytes }, (_, i) => i & 255)
    for (const index of [0, 1, 127, 128, 300]) {
      for (const length of [1, 2, 127, 128, 16_383, 16_384, limits.chunkBytes]) {
        const data = whole.subarray(0, length)
        const expected = wire.encodeSnapshotReply({ type: 'chunk', index, data })
        const header = wire.encodeChunkHeader(index, length)
        assert.ok(Buffer.concat([header, data]).equals(expected))
        assert.ok(expected.length <= limits.chunkFrameBytesMax)
        // Parts of a merge travel the same way.
        assert.deepEqual(wire.encodeShardReply({ type: 'chunk', index, data }), expected)
      }
    }
  })
  it('is refused for an empty chunk and for one above the limit', () => {
    assert.equal(
      codeOf(() => wire.encodeChunkHeader(0, 0)),
      'OUT_OF_RANGE',
    )
    assert.equal(
      codeOf(() => wire.encodeChunkHeader(0, limits.chunkBytes + 1)),
      'OUT_OF_RANGE',
    )
  })
})

describe('a welcome with more members than fit', () => {
  it('names as many as fit, in order', () => {
    const addresses = Array<string>(limits.addressesMax).fill('/'.repeat(limits.addressCharactersMax))
    const members = Array.from({ length: limits.membersMax }, (_, i) => ({
      id: `p${i}`,
      name: 'ü'.repeat(64),
      addresses,
    }))
    const configuration = new Uint8Array(1000)
    const fitting = wire.membersThatFit(members, configuration.length)
    // 131,072 − 1,000 − 128 bytes of room; a record takes 4 + (4 + id) + (4 + 192) + 16·260 = 4,364 + id
    assert.equal(fitting.length, 29)
    assert.deepEqual(fitting, members.slice(0, 29))
    const reply: wire.RunReply = {
      type: 'welcome',
      runId: DIGEST,
      layout: DIGEST,
      configuration,
      members: fitting,
    }
    assert.ok(wire.encodeRunReply(reply).length <= limits.controlFrameBytesMax)
  })
})

describe('words of a merge that are said at one time', () => {
  const ask = (k: number): wire.MergeMessage => ({ type: 'ask', mergeId: `1.${k}` })
  const roundTrip = (messages: readonly wire.MergeMessage[]): number[] => {
    const packs = wire.packMergeMessages(messages)
    const decoded = packs.map((bytes) => {
      assert.ok(bytes.byteLength <= limits.gossipBytesMax, `${bytes.byteLength} bytes`)
      return wire.decodeMergeMessages(bytes)
    })
    assert.deepEqual(plain(decoded.flat()), plain(messages))
    return decoded.map(({ length }) => length)
  }

  it('go together, in their order, up to eight', () => {
    assert.deepEqual(roundTrip([]), [])
    assert.deepEqual(roundTrip([ask(1), callOf(['a']), ask(2)]), [3])
    assert.deepEqual(roundTrip(Array.from({ length: 17 }, (_, k) => ask(k + 1))), [8, 8, 1])
  })
  it('go alone as they always did', () => {
    assert.deepEqual(wire.packMergeMessages([ask(1)]), [wire.encodeMergeMessage(ask(1))])
    assert.deepEqual(wire.decodeMergeMessages(wire.encodeMergeMessage(ask(1))), [ask(1)])
  })
  it('are cut where a gossip message is full', () => {
    // 120 ids of 52 characters are about 6.5 kB: two fit into 16 KiB, three do not.
    const members = Array.from({ length: 120 }, (_, i) => `${i}`.padStart(52, 'x')).sort()
    assert.deepEqual(roundTrip([callOf(members), callOf(members), callOf(members), ask(1)]), [2, 2])
  })
  it('are understood as the first of them by a peer that knows of one only', () => {
    const [bytes] = wire.packMergeMessages([ask(1), ask(2)])
    // Golden: field 7, an ask, of 5 bytes: field 1, `1.1`; field 8 of 7 bytes, and the same for `1.2`.
    assert.equal(bytesToHex(bytes!), '3a050a03312e3142073a050a03312e32')
    // Its field is one that such a peer skips: the bytes before it are the first message.
    const first = wire.encodeMergeMessage(ask(1))
    assert.deepEqual(bytes!.subarray(0, first.byteLength), first)
  })
  it('are refused when one of them is, when they are too many, or one within the other', () => {
    const field = (inner: Uint8Array): Uint8Array => Uint8Array.of(0x42, inner.byteLength, ...inner)
    const behind = (inner: Uint8Array, times = 1): Uint8Array =>
      Uint8Array.from([
        ...wire.encodeMergeMessage(ask(1)),
        ...Array.from({ length: times }, () => [...field(inner)]).flat(),
      ])
    const other = wire.encodeMergeMessage(ask(2))
    assert.deepEqual(wire.decodeMergeMessages(behind(other)), [ask(1), ask(2)])
    for (const bytes of [
      behind(new Uint8Array(0)),
      behind(Uint8Array.of(255)),
      behind(other, 8),
      behind(behind(other)),
    ])
      assert.notEqual(
        codeOf(() => wire.decodeMergeMessages(bytes)),
        'accepted',
      )
  })
})
