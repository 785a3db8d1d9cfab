import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { kernelsOrPlain } from '../../node/kernels/kernels-or-plain.js'
import { createModelMemory } from '../../node/kernels/model-memory.js'
import { createShards, type Shards } from '../../node/peer/merge/shards.js'
import { average, averagingRule } from '../../protocols/averaging/index.js'
import { reduceScatter, type Fetched, type MergeRoster } from '../../protocols/final-merge/index.js'
import { createLayout, type Layout } from '../../protocols/model/index.js'
import { encodeFloat32, type ShardReply } from '../../protocols/wire/index.js'
import { createMergeNetwork, layoutOf, ramp, stillClock } from './merge-network.js'

/** Three chunks of 256 elements, the last one cut to 88. */
const LENGTH = 600
const ROSTER = 'cd'.repeat(32)
const SEED = 12345
const kernels = kernelsOrPlain(createModelMemory())

/** Ann, bob and cem, each with a frozen model. */
const setUp = async (
  test: TestContext,
  {
    rule = 'mean',
    layout = layoutOf(LENGTH),
    models = [1, 2, 6].map((base) => ramp(layout.length, base)),
    duties = [],
  }: {
    readonly rule?: string
    readonly layout?: Layout
    readonly models?: readonly Float32Array[]
    /** Witnesses of the chunks, all of which ann owns. */
    readonly duties?: readonly (string | undefined)[]
  } = {},
) => {
  const clock = stillClock(test)
  const net = createMergeNetwork()
  const stopping = new AbortController()
  test.after(() => stopping.abort())
  const wanted: string[] = []
  const create = (self: string): Shards => {
    const shards = createShards({
      self,
      subject: {
        ...{ method: reduceScatter, layout, weighting: 'uniform' },
        rule: { name: rule, sharded: averagingRule(rule).sharded! },
      },
      network: net.networkOf(self),
      kernels,
      fetchMs: () => 6_000,
      signal: stopping.signal,
      onWanted: (roster, chunk) =>
        wanted.push(`${self} ${roster === ROSTER ? 'its' : 'no'} roster, ${chunk}`),
    })
    net.add(self, { serve: (request) => shards.serve(request) })
    return shards
  }
  const [ann, bob, cem] = ['ann', 'bob', 'cem'].map(create) as [Shards, Shards, Shards]
  const digests: string[] = []
  for (const [index, shards] of [ann, bob, cem].entries()) digests.push(await shards.freeze(models[index]!))
  const digestOf = { ann: digests[0]!, bob: digests[1]!, cem: digests[2]! }
  const roster: MergeRoster = {
    digest: ROSTER,
    models: (['ann', 'bob', 'cem'] as const).map((id) => ({ id, digest: digestOf[id], share: 1 / 3 })),
  }
  for (const shards of [ann, bob, cem]) {
    shards.store.begin(
      roster,
      duties.map((witness) => ({ owner: 'ann', witness })),
    )
  }
  return { ...{ clock, net, stopping, wanted, ann, bob, cem, models, digestOf, layout } }
}
type Swarm = Awaited<ReturnType<typeof setUp>>

const ALL = [0, 1, 2]
const piecesOf = ({ digestOf }: Swarm, from: 'ann' | 'bob' | 'cem', chunks: readonly number[]) => ({
  ...({ what: 'pieces', from, digest: digestOf[from], chunks } as const),
})
const reducedFrom = (from: string, ...chunks: number[]) => ({
  ...({ what: 'reduced', from, roster: ROSTER, chunks } as const),
})
/** What came of a fetch. */
const told = ({ arrived, problem }: Fetched) => ({ arrived: [...arrived], problem })
const WHOLE = { arrived: ALL, problem: undefined }

/** Everything that ann needs to average all chunks herself. */
const averageAt = async (swarm: Swarm): Promise<void> => {
  const { ann } = swarm
  for (const from of ['bob', 'cem'] as const) {
    assert.deepEqual(told(await ann.fetch(piecesOf(swarm, from, ALL))), WHOLE)
  }
  for (const chunk of ALL) ann.store.reduce(chunk)
}

describe('pieces of frozen models', () => {
  it('come by their indexes, after the leaves that prove them, which are asked for once', async (test) => {
    const swarm = await setUp(test)
    const { ann, net } = swarm
    assert.deepEqual(told(await ann.fetch(piecesOf(swarm, 'bob', [2, 0]))), {
      ...{ arrived: [0, 2], problem: undefined },
    })
    assert.deepEqual(told(await ann.fetch(piecesOf(swarm, 'bob', [1]))), {
      ...{ arrived: [1], problem: undefined },
    })
    assert.deepEqual(
      net.asked.map(({ by, from, request }) => [by, from, request.type]),
      [
        ['ann', 'bob', 'leaves'],
        ['ann', 'bob', 'piece'],
        ['ann', 'bob', 'piece'],
      ],
    )
    for (const chunk of ALL) assert.ok(ann.store.hasPiece(swarm.digestOf.bob, chunk))
  })

  it('are served of the own frozen model and of no other', async (test) => {
    const { ann, digestOf, models } = await setUp(test)
    const ask = (digest: string, ...indexes: number[]) => ann.serve({ type: 'piece', digest, indexes })
    assert.deepEqual(ask(digestOf.ann, 1, 2), {
      ...{ type: 'chunk', index: 1, data: Buffer.from(encodeFloat32(models[0]!.subarray(256))) },
    })
    assert.deepEqual(ask(digestOf.bob, 1), { type: 'none' })
    assert.deepEqual(ask(digestOf.ann, 1, 3), { type: 'none' })
  })

  it('are not served in more than a frame', async (test) => {
    // 1 MiB in 256 chunks of 4 KiB, of which 64 make a frame.
    const { ann, digestOf } = await setUp(test, { layout: layoutOf(256 * 1024) })
    const firsts = (count: number) => Array.from({ length: count }, (_, index) => index)
    const ask = (count: number) => ann.serve({ type: 'piece', digest: digestOf.ann, indexes: firsts(count) })
    assert.equal((ask(64) as ShardReply).type, 'chunk')
    assert.equal((ask(65) as ShardReply).type, 'none')
  })

  it('come in as many requests as it takes', async (test) => {
    const swarm = await setUp(test, { layout: layoutOf(256 * 1024) })
    const chunks = Array.from({ length: 256 }, (_, index) => index)
    const { arrived, problem } = await swarm.ann.fetch(piecesOf(swarm, 'bob', chunks))
    assert.deepEqual([arrived, problem], [chunks, undefined])
  })
})

describe('averaged chunks', () => {
  it('are those of all models, wherever they were averaged', async (test) => {
    const swarm = await setUp(test)
    const { ann, bob } = swarm
    await averageAt(swarm)
    assert.deepEqual(told(await bob.fetch(reducedFrom('ann', 0, 1, 2))), WHOLE)
    const digest = await bob.assemble()
    assert.equal(digest, await ann.assemble())
    // (1 + 2 + 6) / 3
    assert.deepEqual([...bob.result(digest)!], [...ramp(LENGTH, 3)])
  })

  it('are those of the whole rule, where it needs more than chunks', async (test) => {
    const layout = createLayout([
      { name: 'w', shape: [20, 25], kind: 'kernel' },
      { name: 'b', shape: [100], kind: 'bias' },
    ])
    const swarm = await setUp(test, { rule: 'variance-corrected', layout })
    await averageAt(swarm)
    const digest = await swarm.ann.assemble()
    const out = new Float32Array(LENGTH)
    const contributions = swarm.models.map((weights, index) => ({
      ...{ from: `${index}`, weights, weight: 1 / 3 },
    }))
    average({ rule: averagingRule('variance-corrected'), layout, contributions, out })
    assert.deepEqual([...swarm.ann.result(digest)!], [...out])
  })

  it('are waited for when they are not there yet, and asked for to be made', async (test) => {
    const swarm = await setUp(test)
    const { ann, bob, clock, wanted } = swarm
    let fetched: Fetched | undefined
    void bob.fetch(reducedFrom('ann', 0, 2)).then((value) => (fetched = value))
    await clock.settle()
    assert.deepEqual(wanted, ['ann its roster, 0', 'ann its roster, 2'])
    for (const from of ['bob', 'cem'] as const) await ann.fetch(piecesOf(swarm, from, ALL))
    ann.store.reduce(0)
    ann.wake()
    await clock.settle()
    assert.equal(fetched, undefined)
    ann.store.reduce(2)
    ann.wake()
    await clock.settle()
    assert.deepEqual(told(fetched!), { arrived: [0, 2], problem: undefined })
  })

  it('are given up after five seconds: another may have them', async (test) => {
    const { bob, clock } = await setUp(test)
    let fetched: Fetched | undefined
    void bob.fetch(reducedFrom('ann', 0)).then((value) => (fetched = value))
    await clock.pass(4_999)
    assert.equal(fetched, undefined)
    await clock.pass(1)
    assert.deepEqual(told(fetched!), { arrived: [], problem: 'none' })
  })

  it('are not waited for when the peer stops', async (test) => {
    const { ann, stopping } = await setUp(test)
    const reply = ann.serve({ type: 'average', roster: ROSTER, indexes: [0] })
    stopping.abort()
    assert.deepEqual(await reply, { type: 'none' })
  })

  it('are not passed on by those who only received them', async (test) => {
    const swarm = await setUp(test)
    const { bob, cem, clock } = swarm
    await averageAt(swarm)
    await bob.fetch(reducedFrom('ann', 0, 1, 2))
    let fetched: Fetched | undefined
    void cem.fetch(reducedFrom('bob', 0)).then((value) => (fetched = value))
    await clock.pass(5_000)
    assert.equal(fetched?.problem, 'none')
  })
})

describe('sketches', () => {
  it('fit a right average, and tell which chunk of a wrong one is wrong', async (test) => {
    const swarm = await setUp(test)
    const { bob, net, digestOf } = swarm
    await averageAt(swarm)
    net.lies((from, request, reply) => {
      if (from !== 'ann' || request.type !== 'average' || reply.type !== 'chunk') return reply
      const data = Uint8Array.from(reply.data)
      // The lowest byte of an exponent, of an element of the second chunk.
      data[1024 + 4 * 7 + 2]! ^= 0x80
      return { ...reply, data }
    })
    assert.deepEqual(told(await bob.fetch(reducedFrom('ann', 0, 1, 2))), WHOLE)
    for (const from of ['ann', 'cem'] as const) {
      const sketch = { what: 'sketch', from, digest: digestOf[from], roster: ROSTER, seed: SEED } as const
      assert.deepEqual(told(await bob.fetch(sketch)), { arrived: [], problem: undefined })
    }
    assert.deepEqual(bob.store.check(SEED), [1])
  })

  it('are of the frozen model only, and of whole numbers, one per chunk', async (test) => {
    const { ann, net, digestOf } = await setUp(test)
    const fetch = (digest: string) =>
      ann.fetch({ what: 'sketch', from: 'bob', digest, roster: ROSTER, seed: SEED })
    assert.equal((await fetch(digestOf.cem)).problem, 'none')
    for (const bytes of [23, 16, 32]) {
      net.lies((_from, { type }, reply) =>
        type === 'sketch' ? { type, values: new Uint8Array(bytes) } : reply,
      )
      assert.equal((await fetch(digestOf.bob)).problem, 'false', `${bytes} bytes`)
    }
  })
})

describe('a model that is frozen anew', () => {
  it('while the one before is sketched gives no sketch: half of each would pass for a lie', async (test) => {
    // Sketched in more than one go.
    const { ann, digestOf, layout } = await setUp(test, { layout: layoutOf(600_000) })
    const request = { type: 'sketch', digest: digestOf.ann, seed: SEED } as const
    assert.equal((await ann.serve(request)).type, 'sketch')
    const reply = ann.serve(request)
    ann.store.freeze(ramp(layout.length, 7), ann.store.frozen!.leaves.slice())
    assert.deepEqual(await reply, { type: 'none' })
  })
})

describe('a witness', () => {
  it('vouches for those of the pieces given to it that it holds', async (test) => {
    const swarm = await setUp(test, { duties: ['cem', 'cem', undefined] })
    const { bob, cem, digestOf } = swarm
    const sketch = { what: 'sketch', from: 'cem', digest: digestOf.cem, roster: ROSTER, seed: SEED } as const
    assert.deepEqual(told(await bob.fetch(sketch)), { arrived: [], problem: undefined })
    await cem.fetch(piecesOf(swarm, 'ann', [1]))
    assert.deepEqual(told(await bob.fetch(sketch)), { arrived: [1], problem: undefined })
  })

  it('is false when it vouches for another number of pieces than it has to', async (test) => {
    const { bob, net, digestOf } = await setUp(test, { duties: ['cem', 'cem', undefined] })
    net.lies((_from, { type }, reply) =>
      type === 'testimony' ? { type: 'sketch', values: new Uint8Array(8) } : reply,
    )
    const sketch = { what: 'sketch', from: 'cem', digest: digestOf.cem, roster: ROSTER, seed: SEED } as const
    assert.equal((await bob.fetch(sketch)).problem, 'false')
  })
})

describe('the result', () => {
  it('is read whole from anyone who holds it', async (test) => {
    const swarm = await setUp(test)
    const { ann, bob, cem } = swarm
    await averageAt(swarm)
    const digest = await ann.assemble()
    assert.deepEqual(told(await bob.fetch({ what: 'result', from: 'ann', digest })), {
      ...{ arrived: [], problem: undefined },
    })
    assert.deepEqual(bob.result(digest), ann.result(digest))
    // And passed on: every chunk of it is proven by the digest.
    await cem.fetch({ what: 'result', from: 'bob', digest })
    assert.deepEqual(cem.result(digest), ann.result(digest))
  })

  it('is read only where it is not what the own averages amount to', async (test) => {
    const swarm = await setUp(test)
    const { ann, bob, net } = swarm
    await averageAt(swarm)
    const digest = await ann.assemble()
    await bob.fetch(reducedFrom('ann', 0))
    // A wrong average that has not been checked.
    bob.store.addAverage(
      ROSTER,
      1,
      encodeFloat32(new Float32Array(bob.store.chunkOf(swarm.models[0]!, 1).length)),
    )
    net.asked.length = 0
    assert.equal((await bob.fetch({ what: 'result', from: 'ann', digest })).problem, undefined)
    assert.deepEqual(
      net.asked.flatMap(({ request }) => (request.type === 'piece' ? request.indexes : [])),
      [1, 2],
    )
    assert.deepEqual(bob.result(digest), ann.result(digest))
  })

  it('is not there where it is not', async (test) => {
    const { bob } = await setUp(test)
    const fetched = await bob.fetch({ what: 'result', from: 'ann', digest: 'ef'.repeat(32) })
    assert.deepEqual(told(fetched), { arrived: [], problem: 'none' })
  })

  it('is refused with a byte changed, or with leaves of another', async (test) => {
    const swarm = await setUp(test)
    const { ann, bob, net, digestOf } = swarm
    await averageAt(swarm)
    const digest = await ann.assemble()
    const other = await ann.serve({ type: 'leaves', digest: digestOf.ann })
    net.lies((_from, _request, reply) => (reply.type === 'leaves' ? other : reply))
    assert.equal((await bob.fetch({ what: 'result', from: 'ann', digest })).problem, 'false')
    net.lies((_from, _request, reply) =>
      reply.type === 'chunk'
        ? { ...reply, data: reply.data.map((byte, at) => (at === 9 ? byte ^ 1 : byte)) }
        : reply,
    )
    assert.equal((await bob.fetch({ what: 'result', from: 'ann', digest })).problem, 'false')
    assert.equal(bob.result(digest), undefined)
    // What was right stays; the next holder is asked for the rest only.
    net.lies((_from, _request, reply) => reply)
    net.asked.length = 0
    assert.equal((await bob.fetch({ what: 'result', from: 'ann', digest })).problem, undefined)
    assert.ok(net.asked.every(({ request }) => request.type === 'piece'))
    assert.deepEqual(bob.result(digest), ann.result(digest))
  })
})

describe('what a member sends', () => {
  const chunkWith = (change: (data: Uint8Array) => Uint8Array) => (reply: ShardReply) =>
    reply.type === 'chunk' ? { ...reply, data: change(Uint8Array.from(reply.data)) } : reply
  const leavesWith = (change: (leaves: Uint8Array) => Uint8Array) => (reply: ShardReply) =>
    reply.type === 'leaves' ? { ...reply, leaves: change(Uint8Array.from(reply.leaves)) } : reply

  for (const [title, lie] of [
    ['a piece with a bit changed', chunkWith((data) => data.map((byte, at) => (at === 5 ? byte ^ 1 : byte)))],
    ['a piece cut short', chunkWith((data) => data.subarray(4))],
    ['no bytes at all', chunkWith(() => new Uint8Array(0))],
    ['leaves of another model', leavesWith((leaves) => leaves.reverse())],
    ['a leaf too few', leavesWith((leaves) => leaves.subarray(32))],
    [
      'a summary where the rule has none',
      (reply) => (reply.type === 'leaves' ? { ...reply, summary: new Uint8Array(8) } : reply),
    ],
  ] as readonly (readonly [string, (reply: ShardReply) => ShardReply])[]) {
    it(`is false with ${title}`, async (test) => {
      const swarm = await setUp(test)
      swarm.net.lies((_from, _request, reply) => lie(reply))
      assert.deepEqual(told(await swarm.ann.fetch(piecesOf(swarm, 'bob', [0]))), {
        ...{ arrived: [], problem: 'false' },
      })
      assert.equal(swarm.ann.store.hasPiece(swarm.digestOf.bob, 0), false)
    })
  }

  it('is false with another piece than the one asked for', async (test) => {
    const swarm = await setUp(test)
    const { ann, bob, digestOf } = swarm
    const other = await bob.serve({ type: 'piece', digest: digestOf.bob, indexes: [1] })
    swarm.net.lies((_from, _request, reply) => (reply.type === 'chunk' ? other : reply))
    assert.equal((await ann.fetch(piecesOf(swarm, 'bob', [0]))).problem, 'false')
  })

  it('keeps the true pieces beside a false one', async (test) => {
    const swarm = await setUp(test)
    swarm.net.lies((_from, _request, reply) =>
      chunkWith((data) => data.map((byte, at) => (at === 1024 ? byte ^ 1 : byte)))(reply),
    )
    assert.deepEqual(told(await swarm.ann.fetch(piecesOf(swarm, 'bob', ALL))), {
      ...{ arrived: [0, 2], problem: 'false' },
    })
  })

  it('is false with a NaN, even one that was committed to', async (test) => {
    const models = [1, 2, 6].map((base) => ramp(LENGTH, base))
    models[1]![300] = NaN
    const swarm = await setUp(test, { models })
    assert.deepEqual(told(await swarm.ann.fetch(piecesOf(swarm, 'bob', ALL))), {
      ...{ arrived: [0, 2], problem: 'false' },
    })
  })

  it('is false with a NaN in an average', async (test) => {
    const swarm = await setUp(test)
    await averageAt(swarm)
    const bad = Float32Array.of(...Array<number>(255).fill(1), Infinity)
    swarm.net.lies((_from, { type }, reply) =>
      type === 'average' ? { type: 'chunk', index: 0, data: encodeFloat32(bad) } : reply,
    )
    assert.deepEqual(told(await swarm.bob.fetch(reducedFrom('ann', 0))), {
      ...{ arrived: [], problem: 'false' },
    })
  })

  it('is none while it has not frozen that model, and unreachable when it is gone', async (test) => {
    const swarm = await setUp(test)
    const { ann, net } = swarm
    const unknown = { ...piecesOf(swarm, 'bob', [0]), digest: 'ef'.repeat(32) }
    assert.deepEqual(told(await ann.fetch(unknown)), { arrived: [], problem: 'none' })
    net.down.add('bob')
    assert.deepEqual(told(await ann.fetch(piecesOf(swarm, 'bob', [0]))), {
      ...{ arrived: [], problem: 'unreachable' },
    })
  })
})
