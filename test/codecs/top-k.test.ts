import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { average, averagingRule } from '../../protocols/averaging/index.js'
import { createLayout, momentsOf, tensorOf } from '../../protocols/model/index.js'
import { codecOf } from './all.js'
import { gaussian } from './weights.js'

const distanceOf = (a: Float32Array, b: Float32Array): number =>
  Math.sqrt(a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0))

/** A sender and readers that hold what they have decoded. */
const exchange = (spec: string, length: number) => {
  const codec = codecOf(spec)
  const source = codec.createSource(length)
  const held = new Map<string, { version: number; weights: Float32Array }>()
  return {
    source,
    forget: (reader: string) => held.delete(reader),
    /** @returns the bytes that it took. */
    read: (reader: string, version: number, weights: Float32Array): number => {
      const bytes = source.encode({ version, weights }, held.get(reader)?.version)
      held.set(reader, { version, weights: codec.decode(bytes, { length, held: held.get(reader) }) })
      return bytes.byteLength
    },
    copyOf: (reader: string) => held.get(reader)!.weights,
  }
}

describe('error feedback of top-k', () => {
  it('sends the weights that differ most from what was sent, and the others when their turn comes', () => {
    // A tenth of ten weights: one a version. The whole of the first version is 5 + 2·10 bytes.
    const { read, copyOf } = exchange('top-k:0.1', 10)
    assert.equal(read('a', 1, new Float32Array(10)), 25)
    const goal = Float32Array.of(1, 2, 3, 4, 5, 0, 0, 0, 0, 0)
    // Prefix 5, base, count, one gap, one half: 10 bytes.
    assert.equal(read('a', 2, goal), 10)
    assert.deepEqual([...copyOf('a')], [0, 0, 0, 0, 5, 0, 0, 0, 0, 0])
    read('a', 3, goal)
    assert.deepEqual([...copyOf('a')], [0, 0, 0, 4, 5, 0, 0, 0, 0, 0])
    for (const version of [4, 5, 6]) read('a', version, goal)
    assert.deepEqual(copyOf('a'), goal)
    // Nothing is left to say.
    assert.equal(read('a', 7, goal), 7)
  })

  it('adds small differences up until they are sent, so that nothing is lost for good', () => {
    const { read, copyOf } = exchange('top-k:0.1', 10)
    const weights = new Float32Array(10)
    read('a', 1, weights)
    // The first moves by 1 a version, the second by 0.25: the latter's turn comes when it has come to more than 1.
    const seconds: number[] = []
    for (let version = 2; version < 8; version++) {
      weights[0]! += 1
      weights[1]! += 0.25
      read('a', version, weights)
      seconds.push(copyOf('a')[1]!)
    }
    // Differences of the second: 0.25, 0.5, 0.75, 1 (a tie, which the first wins), 1.25.
    assert.deepEqual(seconds, [0, 0, 0, 0, 1.25, 1.25])
  })

  it('keeps what a reader has within a bounded distance of a model that goes on moving', () => {
    const length = 2000
    const { read, copyOf } = exchange('top-k:0.05', length)
    const weights = gaussian(length, 'moving')
    let most = 0
    for (let version = 1; version <= 200; version++) {
      const step = gaussian(length, 'step', version)
      for (let i = 0; i < length; i++) weights[i]! += 0.05 * step[i]!
      read('a', version, weights)
      if (version > 100) most = Math.max(most, distanceOf(copyOf('a'), weights))
    }
    // One step is 0.05 of the first weights' norm; twenty versions are sent in full every twenty versions.
    const step = 0.05 * distanceOf(gaussian(length, 'moving'), new Float32Array(length))
    assert.ok(most < 6 * step, `${most / step} steps`)
  })
})

describe('what a reader of top-k holds', () => {
  const length = 1000
  const weightsOf = (version: number): Float32Array => {
    const weights = gaussian(length, 'model')
    for (let i = 0; i < length; i++) weights[i]! += ((i * 7 + version * 13) % 50) / 1000
    return weights
  }

  it('is the same for those who read every version, skipped some, lost an answer or came late', () => {
    const { source, read, copyOf } = exchange('top-k:0.05', length)
    read('every', 1, weightsOf(1))
    read('skips', 1, weightsOf(1))
    read('loses', 1, weightsOf(1))
    for (let version = 2; version <= 9; version++) {
      read('every', version, weightsOf(version))
      // The answer never arrives: what it holds stays, and it says so again next time.
      source.encode({ version, weights: weightsOf(version) }, 1)
    }
    for (const reader of ['every', 'skips', 'loses', 'late']) read(reader, 10, weightsOf(10))
    for (const reader of ['skips', 'loses', 'late']) assert.deepEqual(copyOf(reader), copyOf('every'))
  })

  it('costs those who follow no more than one whole model a period, however often others hold nothing', () => {
    const { source, read } = exchange('top-k:0.05', length)
    const whole = read('follows', 1, weightsOf(1))
    let wholes = 0
    for (let version = 2; version <= 101; version++) {
      source.encode({ version, weights: weightsOf(version) })
      if (read('follows', version, weightsOf(version)) > whole / 2) wholes += 1
    }
    // A period is 1/0.05 = 20 versions: 21, 41, 61, 81, 101.
    assert.equal(wholes, 5)
  })

  it('is what a newcomer gets, with all that is new once a period', () => {
    const { read, copyOf, forget } = exchange('top-k:0.05', length)
    read('a', 1, weightsOf(1))
    read('a', 20, weightsOf(20))
    read('b', 21, weightsOf(21))
    assert.ok(distanceOf(copyOf('b'), weightsOf(21)) < 0.001)
    forget('b')
    read('b', 22, weightsOf(22))
    assert.ok(distanceOf(copyOf('b'), weightsOf(22)) > 0.1)
    read('a', 22, weightsOf(22))
    assert.deepEqual(copyOf('a'), copyOf('b'))
  })

  it('is replaced as a whole after the sender was restarted', () => {
    const codec = codecOf('top-k:0.05')
    const first = codec.createSource(length).encode({ version: 3, weights: weightsOf(3) })
    const held = { version: 3, weights: codec.decode(first, { length }) }
    const restarted = codec.createSource(length)
    const bytes = restarted.encode({ version: 4, weights: weightsOf(4) }, held.version)
    assert.equal(bytes.byteLength, first.byteLength)
    codec.decode(bytes, { length, held: undefined })
  })

  it('is refused with FOREIGN_BASE where it is not what the sender means, and stays as it was', () => {
    const codec = codecOf('top-k:0.05')
    const source = codec.createSource(length)
    const held = {
      version: 1,
      weights: codec.decode(source.encode({ version: 1, weights: weightsOf(1) }), { length }),
    }
    const changes = source.encode({ version: 2, weights: weightsOf(2) }, 1)
    const refuses = (wrong: typeof held | undefined) =>
      assert.throws(() => codec.decode(changes, { length, held: wrong }), { code: 'FOREIGN_BASE' })
    refuses(undefined)
    refuses({ ...held, version: 2 })
    // A sender that lost its disk may use a version again.
    const other = held.weights.slice()
    other[999] = 0.123
    const kept = other.slice()
    refuses({ version: 1, weights: other })
    assert.deepEqual(other, kept)
    refuses({ version: 1, weights: held.weights.slice(1) })
  })

  it('does not matter when a reader claims what it cannot have: it gets the whole model', () => {
    const codec = codecOf('top-k:0.05')
    const source = codec.createSource(length)
    const whole = source.encode({ version: 5, weights: weightsOf(5) })
    for (const claimed of [0, 4, 6, 1e15]) {
      assert.equal(source.encode({ version: 5, weights: weightsOf(5) }, claimed), whole)
    }
  })
})

describe('a source of top-k', () => {
  it('does not take an older snapshot after a newer one', () => {
    const source = codecOf('top-k:0.5').createSource(2)
    source.encode({ version: 2, weights: Float32Array.of(1, 2) })
    assert.throws(() => source.encode({ version: 1, weights: Float32Array.of(1, 2) }), RangeError)
  })
})

describe('how top-k sends a number of changes', () => {
  const length = 600
  /** The first and then every so many of the weights change. */
  const sentOf = (changed: (i: number) => boolean, first: number) => {
    const codec = codecOf('top-k:1')
    const source = codec.createSource(length)
    const before = new Float32Array(length)
    const held = {
      version: 1,
      weights: codec.decode(source.encode({ version: 1, weights: before }), { length }),
    }
    const after = before.map((_, i) => (changed(i) ? first + (i % 2) : 0))
    const bytes = source.encode({ version: 300, weights: after }, 1)
    assert.deepEqual(codec.decode(bytes, { length, held }), after)
    return bytes.byteLength
  }

  it('is whichever is shorter, the changes or the whole model', () => {
    // Whole: 5 + 2 · 600 = 1205 bytes. Changes: 5, base 1, count 2 from 128 on, and 3 each: 399 come to 1205.
    assert.equal(
      sentOf((i) => i < 398, 1),
      8 + 3 * 398,
    )
    for (const count of [399, 400, 600]) {
      assert.equal(
        sentOf((i) => i < count, 1),
        1205,
      )
    }
    // Beyond halves: 5 + 4 · 600 = 2405 for the whole, 8 and 5 each: 480 come to 2408.
    assert.equal(
      sentOf((i) => i < 479, 100_000),
      8 + 5 * 479,
    )
    assert.equal(
      sentOf((i) => i < 480, 100_000),
      2405,
    )
  })

  it('takes two bytes for a gap of 128 or more', () => {
    // Elements 127 and 256: gaps of 127 and 128. 5, base, count, 1 + 2 for the gaps, 2 each.
    assert.equal(
      sentOf((i) => i === 127 || i === 256, 1),
      14,
    )
    assert.equal(
      sentOf((i) => i === 0, 1),
      10,
    )
  })
})

describe('changes from a hostile sender', () => {
  const codec = codecOf('top-k:0.5')
  const held = { version: 1, weights: new Float32Array(8) }
  const refused = (code: string, ...bytes: readonly number[]) =>
    assert.throws(() => codec.decode(Uint8Array.from(bytes), { length: 8, held }), { code })
  const [changes, checksum] = [1, [0, 0, 0, 0]]

  it('are refused with more of them than the bytes can hold, before memory is set aside', () => {
    refused('MALFORMED', changes, ...checksum, 1, 9, ...new Array<number>(40).fill(0))
    refused('MALFORMED', changes, ...checksum, 1, 0xff, 0xff, 0xff, 0xff, 0x0f, 0, 0, 0)
    refused('MALFORMED', changes, ...checksum, 1, 3, 0, 0, 0)
  })
  it('are refused beyond the end of the model', () => {
    refused('MALFORMED', changes, ...checksum, 1, 1, 8, 0, 0)
    refused('MALFORMED', changes, ...checksum, 1, 2, 7, 0, 0, 0, 0, 0)
  })
  it('are refused with numbers that are not in their shortest form, or too large', () => {
    refused('MALFORMED', changes, ...checksum, 0x81, 0x00, 1, 0, 0, 0)
    refused('MALFORMED', changes, ...checksum, ...new Array<number>(8).fill(0xff), 0x7f, 1, 0, 0, 0)
  })
  it('are refused with values that are NaN or infinite', () => {
    refused('NOT_FINITE', changes, ...checksum, 1, 1, 0, 0x00, 0x7c)
    refused('NOT_FINITE', changes, ...checksum, 1, 1, 0, 0x01, 0xfc)
  })
  it('are refused where the result is not the one that was announced', () => {
    refused('FOREIGN_BASE', changes, ...checksum, 1, 1, 0, 0x00, 0x3c)
  })
})

describe('top-k and the variance of layers', () => {
  const layout = createLayout([
    { name: 'narrow', shape: [40, 50], kind: 'kernel' },
    { name: 'bias', shape: [50], kind: 'bias' },
    { name: 'wide', shape: [50, 60], kind: 'kernel' },
  ])
  const { length } = layout
  const kernels = layout.entries.filter(({ kind }) => kind === 'kernel')
  const scaleOf = (i: number): number => (i < 2050 ? 0.3 : 0.02)
  const initial = (peer: number): Float32Array =>
    gaussian(length, 'layers', peer).map((w, i) => w * scaleOf(i))

  /** Four models that move on, and what a neighbour holds of each after 30 versions. */
  const models = [0, 1, 2, 3].map((peer) => {
    const { read, copyOf } = exchange('top-k:0.05', length)
    const weights = initial(peer)
    for (let version = 1; version <= 30; version++) {
      const step = gaussian(length, 'layer step', peer, version)
      for (let i = 0; i < length; i++) weights[i]! += 0.05 * scaleOf(i) * step[i]!
      read('a', version, weights)
    }
    return { weights, copy: copyOf('a').slice() }
  })

  /** The twentieth with the largest magnitudes, zeros elsewhere. */
  const sparsified = (weights: Float32Array): Float32Array => {
    const least = [...weights].map(Math.abs).sort((a, b) => b - a)[Math.round(0.05 * length) - 1]!
    return weights.map((w) => (Math.abs(w) >= least ? w : 0))
  }

  const varianceRatios = (of: Float32Array, to: Float32Array): number[] =>
    kernels.map((entry) => momentsOf(tensorOf(of, entry)).variance / momentsOf(tensorOf(to, entry)).variance)

  it('keeps the variance of each layer in what the reader holds', () => {
    for (const { weights, copy } of models) {
      for (const ratio of varianceRatios(copy, weights)) assert.ok(Math.abs(ratio - 1) < 0.1, String(ratio))
    }
  })

  it('so gives a variance-corrected average of the variance that the models themselves would have', () => {
    const averageOf = (vectors: readonly Float32Array[]): Float32Array => {
      const out = new Float32Array(length)
      const contributions = vectors.map((weights, peer) => ({ from: `p${peer}`, weights, weight: 0.25 }))
      average({ rule: averagingRule('variance-corrected'), layout, contributions, out })
      return out
    }
    const exact = averageOf(models.map(({ weights }) => weights))
    const held = averageOf(models.map(({ weights, copy }, peer) => (peer === 0 ? weights : copy)))
    for (const ratio of varianceRatios(held, exact)) assert.ok(Math.abs(ratio - 1) < 0.1, String(ratio))
    // What sparse weights alone would do: the layer with the small weights is gone.
    const sparse = averageOf(models.map(({ weights }, peer) => (peer === 0 ? weights : sparsified(weights))))
    const ratios = varianceRatios(sparse, exact)
    assert.ok(ratios[1]! < 0.3, String(ratios[1]))
  })
})
