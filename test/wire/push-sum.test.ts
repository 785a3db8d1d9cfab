import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import { WireError } from '../../protocols/errors.js'
import { limits } from '../../protocols/limits.js'
import { createRandom } from '../../protocols/random.js'
import * as wire from '../../protocols/wire/index.js'

const VIEW = 'ab'.repeat(32)
const state: wire.StateMessage = {
  ...{ type: 'state', mergeId: '1.1', session: 's', gone: ['c'], done: true },
  consensus: {
    ...{ epoch: 2, view: VIEW, low: [1], high: [2] },
    contributions: [{ member: 'a', share: 1, kept: 0.5 }],
  },
  edges: [
    { with: 'b', offers: 3, taken: null },
    { with: 'd', offers: 0, taken: 0 },
  ],
}
const sum = {
  type: 'sum',
  label: { session: 's', segment: 1, after: 0, version: 5, weight: 1.5, epoch: 2 },
  ...{ layout: VIEW, bytes: 4, leaves: new Uint8Array(32).fill(7) },
} as const

const sumRequest = { type: 'sum', mergeId: '1.1', newerThan: 4 } as const

/** Worked by hand from the field numbers in messages.proto. */
const STATE_HEX =
  // state (12), 5 + 3 + 3 + 2 + 34 + 23 + 9 + 9 + 2 + 7 + 7 = 104 bytes
  '1268' +
  // merge id, session, gone, epoch 2, view of 32 bytes
  '0a03312e31' +
  '120173' +
  '1a0163' +
  '2002' +
  `2a20${VIEW}` +
  // contribution of 21 bytes: a, 1.0, 0.5
  '3215' +
  '0a0161' +
  '11000000000000f03f' +
  '19000000000000e03f' +
  // low 1.0, high 2.0, done
  '39000000000000f03f' +
  '410000000000000040' +
  '4801' +
  // edges: b offers 3; d has taken 0, which is there, and offers 0, which is left out
  '5205' +
  '0a0162' +
  '1003' +
  '5205' +
  '0a0164' +
  '1800'

const codeOf = (run: () => unknown): string => {
  try {
    run()
  } catch (error) {
    if (!(error instanceof WireError)) throw error
    return error.code
  }
  return 'accepted'
}

interface Case {
  readonly name: string
  readonly hex: string
  readonly message: unknown
  readonly encode: () => Uint8Array
  readonly decode: (bytes: Uint8Array) => unknown
  readonly max: number
}

const call: wire.PushSumMessage = { type: 'call', mergeId: '1.1', members: ['a', 'b'] }
const cases: readonly Case[] = [
  {
    ...{ name: 'a call', message: call, hex: '0a0b0a03312e311201611201' + '62' },
    encode: () => wire.encodePushSumMessage(call),
    ...{ decode: wire.decodePushSumMessage, max: limits.controlFrameBytesMax },
  },
  {
    ...{ name: 'a state', message: state, hex: STATE_HEX },
    encode: () => wire.encodePushSumMessage(state),
    ...{ decode: wire.decodePushSumMessage, max: limits.controlFrameBytesMax },
  },
  {
    // sum (2a), 7 bytes: merge id, version 4
    ...{ name: 'a request for a running sum', message: sumRequest, hex: '2a070a03312e311004' },
    encode: () => wire.encodeShardRequest(sumRequest),
    ...{ decode: wire.decodeShardRequest, max: limits.requestFrameBytesMax },
  },
  {
    // sum (32), 88 bytes: s, segment 1, (after 0 left out), version 5, 1.5, epoch 2, layout, 4 bytes, leaves
    ...{ name: 'the manifest of a running sum', message: sum },
    hex:
      `3258` +
      '0a0173' +
      '1001' +
      '2005' +
      '29000000000000f83f' +
      '3002' +
      `3a20${VIEW}` +
      '4004' +
      `4a20${'07'.repeat(32)}`,
    encode: () => wire.encodeShardReply(sum),
    ...{ decode: wire.decodeShardReply, max: limits.chunkFrameBytesMax },
  },
]

for (const { name, hex, message, encode, decode, max } of cases) {
  describe(`${name} of a push-sum merge`, () => {
    it('has the bytes worked by hand, and is read back', () => {
      assert.equal(bytesToHex(encode()), hex)
      assert.deepEqual(decode(hexToBytes(hex)), message)
    })
    it('is refused when it is cut anywhere', () => {
      for (let length = 0; length < hex.length / 2; length++)
        assert.notEqual(
          codeOf(() => decode(hexToBytes(hex).subarray(0, length))),
          'accepted',
        )
    })
    it('throws nothing but WireError with bytes changed', () => {
      const random = createRandom('push-sum', name)
      for (let i = 0; i < 5000; i++) {
        const bytes = hexToBytes(hex)
        for (let flips = 0; flips < 3; flips++) bytes[random.below(bytes.length)] = random.below(256)
        codeOf(() => decode(bytes))
      }
    })
    it('is refused when it is too large, before it is looked at', () => {
      assert.equal(
        codeOf(() => decode(new Uint8Array(max + 1))),
        'FRAME_TOO_LARGE',
      )
    })
  })
}

describe('bounds of what is said in a push-sum merge', () => {
  const ids = (count: number): string[] => Array.from({ length: count }, (_, i) => `${i}`.padStart(52, 'x'))
  const { consensus } = state
  const [contribution] = consensus.contributions as [wire.Contribution]
  const bad: readonly (readonly [string, Partial<wire.StateMessage>, string])[] = [
    ['a view that is no digest', { consensus: { ...consensus, view: 'a' } }, 'MALFORMED'],
    ['bounds of different lengths', { consensus: { ...consensus, low: [] } }, 'MALFORMED'],
    ['a bound that is no number', { consensus: { ...consensus, low: [NaN] } }, 'NOT_FINITE'],
    ['an infinite bound', { consensus: { ...consensus, high: [Infinity] } }, 'NOT_FINITE'],
    [
      'a share of nothing',
      { consensus: { ...consensus, contributions: [{ ...contribution, share: 0 }] } },
      'OUT_OF_RANGE',
    ],
    [
      'a share that is no number',
      { consensus: { ...consensus, contributions: [{ ...contribution, kept: NaN }] } },
      'NOT_FINITE',
    ],
    [
      'two contributions of one',
      { consensus: { ...consensus, contributions: [contribution, contribution] } },
      'MALFORMED',
    ],
    [
      'more bounds than there may be',
      { consensus: { ...consensus, low: Array<number>(17).fill(0), high: Array<number>(17).fill(0) } },
      'MALFORMED',
    ],
    ['a negative epoch', { consensus: { ...consensus, epoch: -1 } }, 'OUT_OF_RANGE'],
    ['two edges with one', { edges: [state.edges[0]!, state.edges[0]!] }, 'MALFORMED'],
    ['a negative version', { edges: [{ with: 'b', offers: 0, taken: -1 }] }, 'OUT_OF_RANGE'],
    ['a session with a space', { session: 'a b' }, 'MALFORMED'],
    ['a session too long', { session: 'x'.repeat(65) }, 'OUT_OF_RANGE'],
    ['one that is gone twice', { gone: ['c', 'c'] }, 'MALFORMED'],
    ['more that are gone than members', { gone: ids(limits.mergeMembersMax + 1) }, 'MALFORMED'],
  ]
  for (const [title, change, code] of bad) {
    it(`does not let through ${title}`, () => {
      assert.equal(
        codeOf(() => wire.encodePushSumMessage({ ...state, ...change })),
        code,
      )
    })
  }
  it('lets through as many members, neighbours and departures as there may be', () => {
    const all = ids(limits.mergeMembersMax)
    const full: wire.StateMessage = {
      ...state,
      gone: all,
      consensus: {
        ...{ epoch: Number.MAX_SAFE_INTEGER, view: VIEW },
        contributions: all.map((member) => ({ member, share: 1e300, kept: -1e300 })),
        ...{ low: Array<number>(9).fill(-1e300), high: Array<number>(9).fill(1e300) },
      },
      edges: all.map((id) => ({ with: id, offers: 2 ** 53 - 1, taken: 2 ** 53 - 1 })),
    }
    const bytes = wire.encodePushSumMessage(full)
    assert.ok(bytes.length < 64 * 1024)
    assert.deepEqual(wire.decodePushSumMessage(bytes), full)
  })
  for (const [title, change, code] of [
    ['a weight that is no number', { weight: NaN }, 'NOT_FINITE'],
    ['a negative weight', { weight: -1 }, 'OUT_OF_RANGE'],
    ['no version', { version: 0 }, 'OUT_OF_RANGE'],
    ['no segment', { segment: 0 }, 'OUT_OF_RANGE'],
    ['a session that is empty', { session: '' }, 'MALFORMED'],
  ] as const) {
    it(`does not let through a running sum with ${title}`, () => {
      assert.equal(
        codeOf(() => wire.encodeShardReply({ ...sum, label: { ...sum.label, ...change } })),
        code,
      )
    })
  }
  it('does not let through a running sum of more bytes than a model may have, or with half a leaf', () => {
    assert.equal(
      codeOf(() => wire.encodeShardReply({ ...sum, bytes: limits.parametersMax * 4 + 1 })),
      'OUT_OF_RANGE',
    )
    assert.equal(
      codeOf(() => wire.encodeShardReply({ ...sum, leaves: new Uint8Array(33) })),
      'MALFORMED',
    )
  })
})
