import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { average, averagingRule } from '../../protocols/averaging/index.js'
import { ShardStore, type MergeRoster } from '../../protocols/final-merge/index.js'
import { referenceKernels } from '../../protocols/kernels/index.js'
import { createLayout } from '../../protocols/model/index.js'
import { createRandom } from '../../protocols/random.js'
import {
  DIGEST_BYTES,
  digestOfBytes,
  encodeFloat32,
  encodeFloat64,
  sha256Pure,
} from '../../protocols/wire/index.js'

// 35 + 5 + 3 = 43 elements; chunks of 5 elements: eight whole ones and one of 3.
const layout = createLayout([
  { name: 'kernel', shape: [5, 7], kind: 'kernel' },
  { name: 'bias', shape: [5], kind: 'bias' },
  { name: 'scale', shape: [3], kind: 'scale' },
])
const CHUNK_BYTES = 20
const CHUNKS = 9

const modelOf = (id: string): Float32Array => {
  const random = createRandom('shard store', id)
  const scale = 1 + random.below(5)
  return Float32Array.from({ length: layout.length }, () => scale * (random.next() - 0.4))
}

const storeOf = (self: string, rule = 'mean', weights = modelOf(self)): ShardStore => {
  const store = new ShardStore({
    ...{ self, layout, chunkBytes: CHUNK_BYTES, rule: averagingRule(rule).sharded!, sha256: sha256Pure },
  })
  store.freeze(weights, digestOfBytes(encodeFloat32(weights), sha256Pure, CHUNK_BYTES).leaves)
  return store
}

/** A member holds all of the others' models and has averaged every chunk. */
const merged = (ids: readonly string[], shares: readonly number[], rule = 'mean') => {
  const stores = ids.map((id) => storeOf(id, rule))
  const roster: MergeRoster = {
    digest: 'ab'.repeat(32),
    models: ids.map((id, k) => ({ id, digest: stores[k]!.frozen!.digest, share: shares[k]! })),
  }
  for (const store of stores) {
    store.begin(roster)
    for (const other of stores) if (other !== store) give(other, store)
  }
  return { stores, roster, store: stores[0]! }
}

/** Leaves and all pieces, as they come over the wire. */
const give = (from: ShardStore, to: ShardStore): void => {
  const { digest, leaves, summary } = from.frozen!
  assert.ok(to.addLeaves(digest, leaves, summary))
  for (let chunk = 0; chunk < CHUNKS; chunk++) assert.ok(to.addPiece(digest, chunk, pieceOf(from, chunk)))
}

const pieceOf = (store: ShardStore, chunk: number): Uint8Array =>
  encodeFloat32(store.chunkOf(store.frozen!.weights, chunk)).slice()

const wholeAverage = (ids: readonly string[], shares: readonly number[], rule: string): Float32Array => {
  const out = new Float32Array(layout.length)
  const contributions = ids.map((from, k) => ({ from, weights: modelOf(from), weight: shares[k]! }))
  average({ rule: averagingRule(rule), layout, contributions, out })
  return out
}

const ids = ['a', 'b', 'c', 'd']
// 1 : 2 : 5 : 8
const shares = [1 / 16, 2 / 16, 5 / 16, 8 / 16]
const thirds = [1 / 3, 1 / 3, 1 / 3]

describe('averages chunk by chunk', () => {
  it('are the average of whole models, bit for bit', () => {
    for (const [who, how] of [
      [ids, shares],
      [['a', 'b', 'c'], thirds],
    ] as const) {
      const { store } = merged(who, how)
      for (let chunk = 0; chunk < CHUNKS; chunk++) store.reduce(chunk)
      const result = store.assemble(new Float32Array(layout.length))
      assert.deepEqual([...result], [...wholeAverage(who, how, 'mean')])
    }
  })

  it('are, with variance correction, that of whole models up to rounding', () => {
    const { store } = merged(ids, shares, 'variance-corrected')
    for (let chunk = 0; chunk < CHUNKS; chunk++) store.reduce(chunk)
    const result = store.assemble(new Float32Array(layout.length))
    const expected = wholeAverage(ids, shares, 'variance-corrected')
    result.forEach((value, i) =>
      assert.ok(Math.abs(value - expected[i]!) <= 4e-7 * Math.abs(expected[i]!) + 1e-7),
    )
    const plain = wholeAverage(ids, shares, 'mean')
    assert.ok(result.some((value, i) => Math.abs(value - plain[i]!) > 1e-3))
  })

  it('have the same bits whoever makes them', () => {
    const { stores } = merged(ids, shares, 'variance-corrected')
    const results = stores.map((store) => {
      for (let chunk = 0; chunk < CHUNKS; chunk++) store.reduce(chunk)
      return [...store.assemble(new Float32Array(layout.length))]
    })
    for (const result of results) assert.deepEqual(result, results[0])
  })

  it('are a draft of the result as far as they are there', () => {
    const { store } = merged(ids, shares)
    assert.deepEqual(store.draft(new Float32Array(layout.length)), [])
    store.reduce(8)
    store.reduce(2)
    const draft = new Float32Array(layout.length)
    assert.deepEqual([...store.draft(draft)].sort(), [2, 8])
    const expected = wholeAverage(ids, shares, 'mean')
    // Chunk 2 has the elements 10 to 14, chunk 8 the last three.
    expected.fill(0, 0, 10).fill(0, 15, 40)
    assert.deepEqual([...draft], [...expected])
  })

  it('are no draft, with variance correction, before all are there', () => {
    const { store } = merged(ids, shares, 'variance-corrected')
    for (let chunk = 1; chunk < CHUNKS; chunk++) store.reduce(chunk)
    const draft = new Float32Array(layout.length)
    assert.deepEqual(store.draft(draft), [])
    store.reduce(0)
    assert.equal(store.draft(draft).length, CHUNKS)
    assert.deepEqual(draft, store.assemble(new Float32Array(layout.length)))
  })

  it('are no draft for one who has never begun', () => {
    assert.deepEqual(storeOf('a').draft(new Float32Array(layout.length)), [])
  })

  it('are served by those who made them, not by those who were told', () => {
    const { stores, roster } = merged(ids, shares)
    const [maker, reader] = stores as [ShardStore, ShardStore]
    assert.equal(maker.average(roster.digest, 3), undefined)
    maker.reduce(3)
    const data = maker.average(roster.digest, 3)!
    assert.ok(reader.addAverage(roster.digest, 3, data))
    assert.equal(reader.average(roster.digest, 3), undefined)
    assert.equal(maker.average('cd'.repeat(32), 3), undefined)
  })

  it('stay when another comes for the same chunk: who gave the first is known', () => {
    const { stores, roster } = merged(ids, shares)
    const [, reader] = stores as [ShardStore, ShardStore]
    reader.reduce(0)
    const own = reader.average(roster.digest, 0)!.slice()
    assert.ok(reader.addAverage(roster.digest, 0, new Uint8Array(CHUNK_BYTES)))
    assert.deepEqual(reader.average(roster.digest, 0), own)
  })

  it('are still served for the roster before the present one, and then no more', () => {
    const { store, roster } = merged(ids, shares)
    store.reduce(0)
    store.begin({ ...roster, digest: '01'.repeat(32) })
    assert.ok(store.average(roster.digest, 0))
    assert.equal(store.hasRoster(roster.digest), false)
    assert.equal(store.knowsRoster(roster.digest), true)
    store.begin({ ...roster, digest: '02'.repeat(32) })
    assert.equal(store.average(roster.digest, 0), undefined)
    assert.equal(store.knowsRoster(roster.digest), false)
  })
})

describe('what comes from another', () => {
  const nan = Float32Array.of(1, 2, NaN, 4, 5)

  it('is refused when it is not what was committed to, of another length, or not finite', () => {
    const [a, b] = [storeOf('a'), storeOf('b')]
    const { digest, leaves, summary } = b.frozen!
    assert.equal(a.addPiece(digest, 0, pieceOf(b, 0)), false, 'without leaves')
    assert.ok(a.addLeaves(digest, leaves, summary))
    assert.equal(a.addPiece(digest, 0, pieceOf(b, 1)), false, 'another chunk')
    assert.equal(a.addPiece(digest, 0, pieceOf(b, 0).subarray(4)), false, 'too short')
    assert.equal(a.addPiece(digest, CHUNKS, pieceOf(b, 0)), false, 'no such chunk')
    const bent = pieceOf(b, 0)
    bent[7]! ^= 1
    assert.equal(a.addPiece(digest, 0, bent), false, 'one bit')
    assert.equal(a.hasPiece(digest, 0), false)
    assert.ok(a.addPiece(digest, 0, pieceOf(b, 0)))
    assert.ok(a.hasPiece(digest, 0))
  })

  it('is refused as a piece when it holds NaN, even when that was committed to', () => {
    const weights = modelOf('b')
    weights[12] = NaN
    const [a, b] = [storeOf('a'), storeOf('b', 'mean', weights)]
    const { digest, leaves, summary } = b.frozen!
    assert.ok(a.addLeaves(digest, leaves, summary))
    // Element 12 is in chunk 2: 12 / 5 = 2.4
    assert.equal(a.addPiece(digest, 2, pieceOf(b, 2)), false)
    assert.ok(a.addPiece(digest, 1, pieceOf(b, 1)))
  })

  it('is refused as leaves under another digest, of another number, or with a summary that is none', () => {
    const a = storeOf('a', 'variance-corrected')
    const b = storeOf('b', 'variance-corrected')
    const plain = storeOf('b')
    const { digest, leaves, summary } = b.frozen!
    assert.equal(a.addLeaves(plain.frozen!.digest, leaves, summary), false)
    assert.equal(a.addLeaves(plain.frozen!.digest, plain.frozen!.leaves, summary), false)
    assert.equal(a.addLeaves(digest, leaves.subarray(DIGEST_BYTES), summary), false)
    assert.equal(a.addLeaves(digest, leaves, encodeFloat64(Float64Array.of(1))), false, 'another summary')
    assert.equal(a.addLeaves(digest, leaves, summary.subarray(1)), false, 'no whole numbers')
    assert.equal(plain.addLeaves(storeOf('c').frozen!.digest, storeOf('c').frozen!.leaves, summary), false)
    assert.ok(a.addLeaves(digest, leaves, summary))
    assert.ok(a.addLeaves(digest, leaves, summary), 'once more')
  })

  it('is refused as an average of another length, that is not finite, or over an unknown roster', () => {
    const { store, roster } = merged(ids, shares)
    assert.equal(store.addAverage(roster.digest, 0, new Uint8Array(CHUNK_BYTES - 4)), false)
    assert.equal(store.addAverage(roster.digest, 0, encodeFloat32(nan)), false)
    assert.equal(store.addAverage('cd'.repeat(32), 0, new Uint8Array(CHUNK_BYTES)), false)
    assert.equal(store.addAverage(roster.digest, CHUNKS, new Uint8Array(CHUNK_BYTES)), false)
    // The last chunk has 3 elements: 43 − 8 · 5
    assert.ok(store.addAverage(roster.digest, 8, new Uint8Array(12)))
  })

  it('is refused as a sketch of an unknown model or with another number of chunks', () => {
    const { store, roster } = merged(ids, shares)
    assert.equal(store.addSketch('cd'.repeat(32), 1, new Float64Array(CHUNKS)), false)
    assert.equal(store.addSketch(roster.models[1]!.digest, 1, new Float64Array(CHUNKS - 1)), false)
  })

  it('is forgotten when the own model is frozen anew', () => {
    const { store, roster } = merged(ids, shares)
    const { digest } = roster.models[1]!
    assert.ok(store.hasPiece(digest, 0))
    const weights = modelOf('later')
    store.freeze(weights, digestOfBytes(encodeFloat32(weights), sha256Pure, CHUNK_BYTES).leaves)
    assert.equal(store.hasLeaves(digest), false)
  })
})

describe('the check of averages that others made', () => {
  const SEED = 12345
  /** `a` reads what `b` gives for every chunk, and holds sketches, and pieces where said. */
  const reading = ({ pieces = false } = {}) => {
    const all = merged(ids, shares)
    const maker = all.stores[1]!
    const reader = storeOf('a')
    reader.begin(all.roster)
    for (const other of all.stores.slice(1)) {
      const { digest, leaves, summary } = other.frozen!
      assert.ok(reader.addLeaves(digest, leaves, summary))
      assert.ok(reader.addSketch(digest, SEED, other.sketch(SEED)))
      if (pieces)
        for (let chunk = 0; chunk < CHUNKS; chunk++) reader.addPiece(digest, chunk, pieceOf(other, chunk))
    }
    for (let chunk = 0; chunk < CHUNKS; chunk++) maker.reduce(chunk)
    const averageOf = (chunk: number) => maker.average(all.roster.digest, chunk)!.slice()
    const take = (bend: (chunk: number, average: Float32Array) => void = () => {}) => {
      for (let chunk = 0; chunk < CHUNKS; chunk++) {
        const bytes = averageOf(chunk)
        bend(chunk, new Float32Array(bytes.buffer))
        assert.ok(reader.addAverage(all.roster.digest, chunk, bytes))
      }
    }
    return { ...all, maker, reader, take }
  }
  const inChunk4 = (chunk: number, average: Float32Array): void => {
    if (chunk === 4) average[2]! += 0.01
  }

  it('finds nothing wrong with right ones', () => {
    const { reader, take } = reading()
    take()
    assert.deepEqual(reader.check(SEED), [])
  })

  it('finds the chunk with a wrong element', () => {
    const { reader, take } = reading()
    take(inChunk4)
    assert.deepEqual(reader.check(SEED), [4])
  })

  it('ends without an answer when the own model is frozen anew meanwhile, which forgets the others', () => {
    const { reader, maker, take } = reading()
    take()
    const checking = reader.checking(SEED)
    assert.equal(checking.next().done, false)
    const { weights, leaves } = reader.frozen!
    reader.freeze(weights, leaves)
    assert.equal(reader.hasLeaves(maker.frozen!.digest), false)
    assert.deepEqual(checking.next(), { done: true, value: undefined })
  })

  /** What makes the sketch of `b` fit an average that is 0.01 too large in element 22: 4 · 5 + 2. */
  const bentSketch = (maker: ShardStore): Float64Array => {
    const values = maker.sketch(SEED)
    values[4]! += referenceKernels.sketch(SEED, Float32Array.of(0.01), 22) / shares[1]!
    return values
  }

  it('is taken in by a maker that bends its own sketch, unless its own piece is there', () => {
    const { reader, maker, take } = reading()
    take(inChunk4)
    const { digest } = maker.frozen!
    reader.addSketch(digest, SEED, bentSketch(maker))
    assert.deepEqual(reader.check(SEED), [])
    assert.ok(reader.addPiece(digest, 4, pieceOf(maker, 4)))
    assert.deepEqual(reader.check(SEED), [4])
  })

  it('takes NaN for wrong', () => {
    const { reader, maker, take } = reading()
    take()
    reader.addSketch(maker.frozen!.digest, SEED, new Float64Array(CHUNKS).fill(NaN))
    assert.equal(reader.check(SEED).length, CHUNKS)
  })

  it('is settled by averaging again, which mends the chunk and names bent sketches', () => {
    const { reader, maker, take, roster } = reading({ pieces: true })
    take(inChunk4)
    reader.addSketch(maker.frozen!.digest, SEED, bentSketch(maker))
    assert.deepEqual(reader.judge(4, SEED), { wrong: true, falseSketches: ['b'] })
    assert.deepEqual(reader.average(roster.digest, 4), maker.average(roster.digest, 4))
    assert.deepEqual(reader.judge(5, SEED), { wrong: false, falseSketches: [] })
    assert.deepEqual(
      reader.judge(5, SEED + 1),
      { wrong: false, falseSketches: [] },
      'sketches of another seed',
    )
  })

  it('does not blame a member for the sketch of another that committed to the same model', () => {
    const { reader, maker, take, roster } = reading({ pieces: true })
    const { digest } = maker.frozen!
    // c says that b's model is its own, and sends a false sketch of it.
    const models = roster.models.map((model) => (model.id === 'c' ? { ...model, digest } : model))
    reader.begin({ ...roster, models })
    take()
    reader.addSketch(digest, SEED, new Float64Array(CHUNKS))
    assert.deepEqual(reader.judge(4, SEED).falseSketches, [])
  })
})
