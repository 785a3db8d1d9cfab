import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { decodeSafetensors, encodeSafetensors, StoreError } from '../../node/store/index.js'
import { createLayout } from '../../protocols/model/index.js'

const layout = createLayout([
  { name: 'conv/kernel', shape: [3, 1, 2, 5], kind: 'kernel' },
  { name: 'conv/bias', shape: [5], kind: 'bias' },
  { name: '7', shape: [1, 3], kind: 'scale' },
  { name: 'größe "\\\n', shape: [], kind: 'scale' },
  { name: '1', shape: [2, 2], kind: 'bias' },
])
const weights = Float32Array.from({ length: layout.length }, (_, i) => (i - 20) / 7)
const metadata = { note: 'ü and "quotes"', '2': 'second', empty: '' }

/** A file from a header, written as given, and some data. */
const fileOf = (header: unknown, data: Uint8Array | number = 0): Uint8Array => {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header))
  const tail = typeof data === 'number' ? new Uint8Array(data) : data
  const bytes = new Uint8Array(8 + text.length + tail.length)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true)
  bytes.set(text, 8)
  bytes.set(tail, 8 + text.length)
  return bytes
}
const f32 = (shape: unknown, begin: unknown, end: unknown) => ({
  dtype: 'F32',
  shape,
  data_offsets: [begin, end],
})

describe('safetensors round trip', () => {
  it('keeps names, shapes, kinds, order, weights and metadata', () => {
    const decoded = decodeSafetensors(encodeSafetensors({ layout, weights, metadata }))
    assert.deepEqual(decoded.layout, layout)
    assert.deepEqual(decoded.weights, weights)
    assert.deepEqual(decoded.metadata, metadata)
  })

  it('reads a Buffer at an odd offset and writes a view', () => {
    const parent = new Float32Array(layout.length + 3)
    parent.set(weights, 2)
    const bytes = encodeSafetensors({ layout, weights: parent.subarray(2, 2 + layout.length), metadata: {} })
    const shifted = Buffer.concat([Buffer.from([0]), bytes]).subarray(1)
    const decoded = decodeSafetensors(shifted)
    assert.deepEqual(decoded.weights, weights)
    shifted.fill(0)
    assert.deepEqual(decoded.weights, weights)
  })

  it('starts the data at a multiple of eight, whatever the header’s length', () => {
    for (let length = 1; length <= 9; length++) {
      const named = createLayout([{ name: 'n'.repeat(length), shape: [1], kind: 'bias' }])
      const bytes = encodeSafetensors({ layout: named, weights: Float32Array.of(1), metadata: {} })
      assert.equal((bytes.length - 4) % 8, 0)
      assert.equal(decodeSafetensors(bytes).layout.fingerprint, named.fingerprint)
    }
  })

  it('holds the largest finite floats, the smallest, and minus zero', () => {
    const extremes = Float32Array.of(3.4028234663852886e38, -3.4028234663852886e38, 1.401298464324817e-45, -0)
    const four = createLayout([{ name: 'x', shape: [4], kind: 'bias' }])
    assert.deepEqual(
      decodeSafetensors(encodeSafetensors({ layout: four, weights: extremes, metadata: {} })).weights,
      extremes,
    )
  })
})

describe('safetensors bytes', () => {
  it('are these', () => {
    const two = createLayout([{ name: 'w', shape: [2], kind: 'bias' }])
    const bytes = encodeSafetensors({ layout: two, weights: Float32Array.of(1, -2), metadata: { a: 'b' } })
    const header = '{"__metadata__":{"a":"b"},"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}'
    // 79 characters and one space: 80 = 0x50. 1 is 3f800000, −2 is c0000000, both little-endian.
    const hex = '5000000000000000' + Buffer.from(`${header} `).toString('hex') + '0000803f' + '000000c0'
    assert.equal(Buffer.from(bytes).toString('hex'), hex)
  })

  it('from other writers are read: no padding, header in any order, no metadata, spaces', () => {
    const data = new Uint8Array(Float32Array.of(1, 2, 3, 4, 5).buffer)
    const header =
      '{ "b": {"shape":[1],"dtype":"F32","data_offsets":[16,20]},\n"a":{"data_offsets":[0,16],"dtype":"F32","shape":[2,2]} }  '
    const decoded = decodeSafetensors(fileOf(header, data))
    const expected = [
      { name: 'a', shape: [2, 2], kind: 'kernel' },
      { name: 'b', shape: [1], kind: 'bias' },
    ] as const
    assert.equal(decoded.layout.fingerprint, createLayout(expected).fingerprint)
    assert.deepEqual([...decoded.weights], [1, 2, 3, 4, 5])
    assert.deepEqual(decoded.metadata, {})
  })
})

describe('a damaged safetensors file', () => {
  const refused = (bytes: Uint8Array, code: string, message?: RegExp): void =>
    assert.throws(
      () => decodeSafetensors(bytes),
      (error: unknown) => {
        assert.ok(error instanceof StoreError, String(error))
        assert.equal(error.code, code, error.message)
        if (message !== undefined) assert.match(error.message, message)
        return true
      },
    )

  it('is refused when it is cut at any byte', () => {
    const whole = encodeSafetensors({ layout, weights, metadata })
    for (let length = 0; length < whole.length; length++) refused(whole.subarray(0, length), 'TRUNCATED')
  })
  it('throws nothing but StoreErrors when any one byte is changed', () => {
    const whole = encodeSafetensors({ layout, weights, metadata })
    for (let i = 0; i < whole.length; i++) {
      for (const flip of [0x01, 0x20, 0x80, 0xff]) {
        const bytes = whole.slice()
        bytes[i]! ^= flip
        try {
          decodeSafetensors(bytes)
        } catch (error) {
          assert.ok(error instanceof StoreError, `byte ${i} xor ${flip}: ${String(error)}`)
        }
      }
    }
  })
  it('is refused when the header would be huge, before anything is allocated', () => {
    const bytes = fileOf({ w: f32([1], 0, 4) }, 4)
    const view = new DataView(bytes.buffer)
    view.setBigUint64(0, 2n ** 64n - 1n, true)
    refused(bytes, 'TOO_LARGE')
    view.setBigUint64(0, 4n * 1024n * 1024n + 1n, true)
    refused(bytes, 'TOO_LARGE')
    view.setBigUint64(0, 4n * 1024n * 1024n, true)
    refused(bytes, 'TRUNCATED')
  })
  it('is refused when the header is no JSON object in UTF-8', () => {
    for (const header of ['', '{', '[]', 'null', '3', '"x"', '{"w":}', ' {"w":{}}', '[['.repeat(100_000)]) {
      refused(fileOf(header, 8), 'MALFORMED')
    }
    refused(Uint8Array.of(4, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0xff, 0xfe, 0x7d), 'MALFORMED')
  })
  it('is refused when it has no tensor, or too many', () => {
    refused(fileOf({}), 'MALFORMED')
    refused(fileOf({ __metadata__: { a: 'b' } }), 'MALFORMED')
    const many = Array.from({ length: 4097 }, (_, i) => [`t${i}`, f32([1], 4 * i, 4 * i + 4)] as const)
    refused(fileOf(Object.fromEntries(many), 4 * 4097), 'MALFORMED', /4097 tensors/)
  })
  it('is refused when a name is there twice, even written differently', () => {
    const tensor = JSON.stringify(f32([1], 0, 4))
    refused(fileOf(`{"w":${tensor},"w":${tensor}}`, 4), 'MALFORMED', /"w" twice/)
    refused(fileOf(`{"w":${tensor},"\\u0077" :${tensor}}`, 4), 'MALFORMED', /"w" twice/)
    refused(
      fileOf(`{"w":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, 4),
      'MALFORMED',
      /twice/,
    )
    refused(fileOf(`{"__metadata__":{"k":"1","k":"2"},"w":${tensor}}`, 4), 'MALFORMED', /twice/)
    // The same words as values, or in different objects, are no repetition.
    decodeSafetensors(fileOf(`{"__metadata__":{"w":"w","k":"{\\"k\\":\\"w\\",\\\\"},"w":${tensor}}`, 4))
  })
  it('is refused when a tensor is not described as it should be', () => {
    const wrong = [
      null,
      [],
      'F32',
      { dtype: 'F32', shape: [1] },
      { ...f32([1], 0, 4), extra: 1 },
      { ...f32([1], 0, 4), dtype: 32 },
      f32('1', 0, 4),
      f32([-1], 0, 4),
      f32([1.5], 0, 6),
      f32([null], 0, 4),
      f32([1], -4, 0),
      f32([1], 4, 0),
      f32([1], '0', 4),
      f32([1], 0, 2 ** 60),
      f32([1, 1, 1, 1, 1, 1, 1, 1, 1], 0, 4),
      f32([0], 0, 0),
      { dtype: 'F32', shape: [1], data_offsets: [0, 4, 8] },
    ]
    for (const tensor of wrong) refused(fileOf({ w: tensor }, 4), 'MALFORMED')
    refused(fileOf({ '': f32([1], 0, 4) }, 4), 'MALFORMED')
    refused(fileOf({ ['n'.repeat(257)]: f32([1], 0, 4) }, 4), 'MALFORMED')
  })
  it('is refused for every type but F32', () => {
    for (const dtype of ['F16', 'BF16', 'F64', 'I32', 'U8', 'BOOL', 'f32', '']) {
      refused(fileOf({ w: { ...f32([1], 0, 4), dtype } }, 4), 'MALFORMED', /F32/)
    }
  })
  it('is refused when shape and bytes disagree, also beyond 2^53', () => {
    refused(fileOf({ w: f32([3], 0, 8) }, 8), 'MALFORMED', /takes 12 bytes, its offsets give it 8/)
    refused(fileOf({ w: f32([2 ** 30, 2 ** 30, 2 ** 30], 0, 8) }, 8), 'MALFORMED')
    refused(fileOf({ w: f32([2 ** 32, 2 ** 32, 2 ** 32, 0], 0, 0) }), 'MALFORMED')
  })
  it('is refused when tensors overlap, leave a gap, or leave bytes over', () => {
    refused(fileOf({ a: f32([2], 0, 8), b: f32([1], 4, 8) }, 8), 'MALFORMED', /inside the one before/)
    refused(fileOf({ a: f32([1], 0, 4), b: f32([1], 0, 4) }, 8), 'MALFORMED', /inside the one before/)
    refused(fileOf({ a: f32([1], 0, 4), b: f32([1], 8, 12) }, 12), 'MALFORMED', /after a gap/)
    refused(fileOf({ a: f32([1], 4, 8) }, 8), 'MALFORMED', /after a gap/)
    refused(fileOf({ a: f32([1], 0, 4) }, 5), 'MALFORMED', /1 bytes follow/)
  })
  it('is refused when it claims more parameters than any model may have', () => {
    const bytes = 4 * 200_000_000
    refused(fileOf({ a: f32([200_000_000], 0, bytes) }, 8), 'TRUNCATED')
  })
  it('is refused for metadata that is not text by name', () => {
    for (const meta of [[], 'x', { a: 1 }, { a: null }, { a: { b: 'c' } }]) {
      refused(fileOf({ __metadata__: meta, w: f32([1], 0, 4) }, 4), 'MALFORMED', /__metadata__/)
    }
  })
  it('is refused for kinds that are unknown or belong to no tensor', () => {
    for (const kinds of ['', '[]', '{"w":"gain"}', '{"v":"scale"}', '{"w":']) {
      refused(
        fileOf({ __metadata__: { 'murmuration.kinds': kinds }, w: f32([1], 0, 4) }, 4),
        'MALFORMED',
        /kinds/,
      )
    }
  })
  it('is refused for NaN and infinity, with the name of the tensor', () => {
    for (const bad of [NaN, Infinity, -Infinity]) {
      const data = new Uint8Array(Float32Array.of(1, 2, 3, bad).buffer)
      const bytes = fileOf({ good: f32([2], 0, 8), bad: f32([2], 8, 16) }, data)
      refused(bytes, 'NOT_FINITE', /tensor bad has .* at element 1/)
    }
  })
})

describe('encoding what can not be stored', () => {
  const one = createLayout([{ name: 'w', shape: [1], kind: 'bias' }])
  it('refuses NaN, a reserved name, and a header over the bound', () => {
    const encode =
      (value: number, name = 'w', note = '') =>
      () =>
        encodeSafetensors({
          layout: createLayout([{ name, shape: [1], kind: 'bias' }]),
          weights: Float32Array.of(value),
          metadata: { note },
        })
    assert.throws(encode(NaN), { code: 'NOT_FINITE', details: { tensor: 'w', index: 0 } })
    assert.throws(encode(1, '__metadata__'), { code: 'MALFORMED' })
    assert.throws(encode(1, 'w', 'x'.repeat(4 * 1024 * 1024)), { code: 'TOO_LARGE' })
  })
  it('takes weights of another length for a mistake of ours', () => {
    assert.throws(() => encodeSafetensors({ layout: one, weights: new Float32Array(2), metadata: {} }), {
      code: 'LENGTH_MISMATCH',
    })
  })
})
