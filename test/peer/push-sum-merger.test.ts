import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setUpPushSum, type TestPeer } from './push-sum-peers.js'

const TOLERANCE = 1e-4
/** Mean 4 and −1. */
const MODELS = [
  [1, -4],
  [3, -2],
  [5, 0],
  [7, 2],
].map((values) => Float32Array.from(values))

const isOver = ({ merger, merged, abandoned }: TestPeer): boolean =>
  !merger.isActive && merged.length + abandoned.length > 0

const assertNear = (actual: Float32Array | undefined, expected: readonly number[]): void => {
  assert.ok(actual)
  // The error is estimated to a factor of 3; the norm is about 4.
  const bound = 3 * TOLERANCE * Math.hypot(...expected)
  for (const [i, value] of expected.entries())
    assert.ok(Math.abs(actual[i]! - value) <= bound, `${actual[i]} is not near ${value}`)
}

describe('peers in a ring that merge by push-sum', () => {
  it('all get the average, each to the tolerance', async (test) => {
    const { peers, ids, until } = setUpPushSum(test, { models: MODELS })
    peers[0]!.merger.call(1, ids)
    await until(() => peers.every(isOver))
    for (const { id, merger, merged, freezes } of peers) {
      const [{ weights, error, outcome }] = merged as [(typeof merged)[0]]
      assertNear(weights, [4, -1])
      assert.ok(error <= TOLERANCE)
      const { roster, agreed, missing, certificate, mergeId } = outcome
      assert.deepEqual(
        { roster, agreed, missing, mergeId },
        { roster: ids, agreed: [id], missing: [], mergeId: '1.1' },
      )
      assert.equal(certificate, undefined)
      assert.deepEqual([merger.phase, freezes], ['merged', 1])
    }
  })

  it('average by samples where the run says so', async (test) => {
    // (1·1 + 3·1 + 5·1 + 7·5) / 8 = 5.5; (−4 − 2 + 0 + 10) / 8 = 0.5
    const { peers, ids, until } = setUpPushSum(test, {
      models: MODELS,
      samples: (id) => (id === 'd' ? 5 : 1),
    })
    peers[1]!.merger.call(1, ids)
    await until(() => peers.every(isOver))
    for (const { merged } of peers) assertNear(merged[0]?.weights, [5.5, 0.5])
  })

  it('work on models of several slices and chunks', async (test) => {
    // 32,768 elements a slice, 65,536 a chunk: five slices, three chunks.
    const models = [1, 2, 6].map((value) => new Float32Array(140_000).fill(value))
    const { peers, ids, until } = setUpPushSum(test, { models })
    peers[0]!.merger.call(1, ids)
    await until(() => peers.every(isOver))
    for (const { merged } of peers) {
      const { weights } = merged[0]!
      assert.ok(weights.every((value) => Math.abs(value - 3) < 3 * 3 * TOLERANCE))
    }
  })

  it('lose nothing with pulls that are lost', async (test) => {
    let pulls = 0
    const { peers, ids, until } = setUpPushSum(test, { models: MODELS, pulls: () => ++pulls % 3 !== 0 })
    peers[0]!.merger.call(1, ids)
    await until(() => peers.every(isOver))
    assert.ok(pulls > 20)
    for (const { merged } of peers) assertNear(merged[0]?.weights, [4, -1])
  })

  it('go on without a neighbour that is gone, and say who it was', async (test) => {
    const { peers, ids, until } = setUpPushSum(test, { models: MODELS })
    const [a, b, c, d] = peers as [TestPeer, TestPeer, TestPeer, TestPeer]
    c.isDead = true
    a.merger.call(1, ids)
    for (const { merger } of [a, b, d]) merger.gone('c')
    await until(() => [a, b, d].every(isOver))
    for (const { merged } of [a, b, d]) {
      const { outcome, weights } = merged[0]!
      // c never gave anything: (1 + 3 + 7) / 3, (−4 − 2 + 2) / 3
      assertNear(weights, [11 / 3, -4 / 3])
      assert.deepEqual([outcome.roster, outcome.missing], [['a', 'b', 'd'], ['c']])
    }
  })

  it('tell one that has missed the end', async (test) => {
    let lost = 0
    const { peers, ids, until } = setUpPushSum(test, {
      models: MODELS,
      hears: (_from, to, message) => !(to === 'b' && message.type === 'state' && message.done && lost++ < 4),
    })
    peers[0]!.merger.call(1, ids)
    await until(() => peers.every(isOver))
    assert.equal(lost > 0, true)
    assertNear(peers[1]!.merged[0]?.weights, [4, -1])
  })
})

describe('a push-sum merge that is abandoned', () => {
  it('leaves the model as it was, and is called for anew', async (test) => {
    const { peers, ids, until } = setUpPushSum(test, { models: MODELS })
    const c = peers[2]!
    c.isDead = true
    peers[0]!.merger.call(1, ids)
    const others = peers.filter((peer) => peer !== c)
    await until(() => others.every(isOver))
    for (const [index, { id, merger, weights, abandoned }] of peers.entries()) {
      if (id === 'c') continue
      assert.match(abandoned[0]!.reason, /not near enough in time/)
      assert.equal(merger.phase, 'abandoned')
      assert.deepEqual([...weights], [[1, -4], [3, -2], [], [7, 2]][index])
    }
    c.isDead = false
    others[1]!.merger.call(1, ids)
    await until(() => peers.every(({ merged }) => merged.length > 0))
    for (const { merged } of peers) {
      assertNear(merged[0]?.weights, [4, -1])
      assert.equal(merged[0]?.outcome.mergeId, '1.2')
    }
  })

  it('begins anew for those still in it when one calls again, without freezing twice', async (test) => {
    const gate = { isOpen: false }
    const { peers, ids, until, pass } = setUpPushSum(test, { models: MODELS, pulls: () => gate.isOpen })
    peers[0]!.merger.call(1, ids)
    await pass(500)
    for (const id of ['b', 'c', 'd']) peers[0]!.merger.gone(id)
    assert.match(peers[0]!.abandoned[0]!.reason, /half of the members/)
    gate.isOpen = true
    peers[0]!.merger.call(1, ids)
    await until(() => peers.every(({ merged }) => merged.length > 0))
    assert.deepEqual(
      peers.map(({ freezes, abandoned }) => [freezes, abandoned.length]),
      [
        [2, 1],
        [1, 0],
        [1, 0],
        [1, 0],
      ],
    )
    for (const { merged } of peers) assert.equal(merged[0]?.outcome.mergeId, '1.2')
  })

  it('is given up by one that calls for it when the others are done', async (test) => {
    const { peers, ids, until } = setUpPushSum(test, { models: MODELS })
    const [a, b, c, d] = peers as [TestPeer, TestPeer, TestPeer, TestPeer]
    a.isDead = true
    a.merger.call(1, ids)
    for (const id of ['b', 'c', 'd']) a.merger.gone(id)
    b.merger.call(1, ['b', 'c', 'd'])
    await until(() => [b, c, d].every(({ merged }) => merged.length > 0))
    a.isDead = false
    a.merger.call(1, ids)
    await until(() => a.abandoned.length === 2)
    assert.equal(a.abandoned[1]!.reason, 'the others have merged without this peer')
    assert.deepEqual(
      [b, c, d].map(({ merged }) => merged.length),
      [1, 1, 1],
    )
  })
})

describe('a peer that is stopped in a push-sum merge', () => {
  it('says nothing more, and no result comes', async (test) => {
    const { peers, ids, said, pass, settle } = setUpPushSum(test, { models: MODELS, pulls: () => false })
    peers[0]!.merger.call(1, ids)
    await pass(500)
    for (const { stop } of peers) stop()
    await settle()
    const before = said.length
    assert.ok(before > 0)
    await pass(60_000)
    assert.equal(said.length, before)
    for (const { merged, abandoned } of peers) assert.deepEqual([merged, abandoned], [[], []])
  })
})

describe('where only some may call for a push-sum merge', () => {
  it('nothing begins by word of a neighbour, and all by a signed call that is passed on', async (test) => {
    const { peers, ids, until, pass } = setUpPushSum(test, {
      ...{ models: MODELS, callers: ['b'] },
      // The caller reaches one other by gossip; that one passes its call on.
      gossips: (from, to) => from !== 'b' || to === 'a',
    })
    const [a, b, , d] = peers as [TestPeer, TestPeer, TestPeer, TestPeer]
    a.merger.hearNeighbour('d', { type: 'call', mergeId: '1.1', members: ids })
    a.merger.hear('d', {
      ...{ type: 'call', mergeId: '1.1', members: ids, caller: 'd' },
      signature: new TextEncoder().encode('d'),
    })
    a.merger.hear('d', {
      ...{ type: 'call', mergeId: '1.1', members: ids, caller: 'b' },
      signature: new TextEncoder().encode('d'),
    })
    await pass(100)
    assert.equal(a.merger.isActive, false)
    b.merger.call(1, ids)
    await until(() => peers.every(isOver))
    assertNear(d.merged[0]?.weights, [4, -1])
  })
})
