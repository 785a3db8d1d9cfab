import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { peerNames, worldSchema } from '../harness/index.js'
import { createCuts } from '../harness/world/partitions.js'

const NAMES = peerNames(4)
const cutsOf = (...partitions: unknown[]) => createCuts(worldSchema.parse({ partitions }).partitions, NAMES)
/** Pairs of indices that cannot talk at this time, as `from>to`. */
const blockedAt = (nowMs: number, cuts: ReturnType<typeof cutsOf>) =>
  NAMES.flatMap((_, from) =>
    NAMES.flatMap((_, to) => (from !== to && cuts.blocked(from, to, nowMs) ? [`${from}>${to}`] : [])),
  )

describe('a partition', () => {
  it('cuts both ways from its beginning until just before its end', () => {
    const cuts = cutsOf({ fromMs: 10, untilMs: 20, from: ['p00'], to: ['p02'] })
    assert.deepEqual(blockedAt(9.9, cuts), [])
    assert.deepEqual(blockedAt(10, cuts), ['0>2', '2>0'])
    assert.deepEqual(blockedAt(19.9, cuts), ['0>2', '2>0'])
    assert.deepEqual(blockedAt(20, cuts), [])
  })

  it('cuts one way only where it says so', () => {
    const cuts = cutsOf({ fromMs: 0, untilMs: 9, from: ['p00'], to: ['p02'], bothWays: false })
    assert.deepEqual(blockedAt(5, cuts), ['0>2'])
  })

  it('takes a share for the first peers, and the rest for the others', () => {
    const cuts = cutsOf({ fromMs: 0, untilMs: 9, from: 0.25, bothWays: false })
    assert.deepEqual(blockedAt(5, cuts), ['0>1', '0>2', '0>3'])
    const reversed = cutsOf({ fromMs: 0, untilMs: 9, from: 'rest', to: ['p03'], bothWays: false })
    assert.deepEqual(blockedAt(5, reversed), ['0>3', '1>3', '2>3'])
  })

  it('makes those behind it unheard of once it has lasted as long as a member may be silent', () => {
    const cuts = cutsOf({ fromMs: 100, untilMs: 200, from: ['p00', 'p01'], bothWays: false })
    const unheard = (peer: number, nowMs: number) => [...(cuts.unheardBy(peer, nowMs, 30) ?? [])]
    assert.deepEqual(unheard(2, 129), [])
    assert.deepEqual(unheard(2, 130), [0, 1])
    assert.deepEqual(unheard(0, 130), [])
    assert.deepEqual(unheard(2, 200), [])
    assert.equal(cuts.unheardBy(2, 150, 30), cuts.unheardBy(3, 150, 30))
    assert.deepEqual(cuts.changesMs(30), [130, 200])
    // Too short for anyone to notice.
    assert.deepEqual(cuts.changesMs(100), [])
  })

  it('adds up with another', () => {
    const cuts = cutsOf(
      { fromMs: 0, untilMs: 100, from: ['p00'], to: ['p03'], bothWays: false },
      { fromMs: 0, untilMs: 50, from: ['p01'], to: ['p03'], bothWays: false },
    )
    assert.deepEqual([...cuts.unheardBy(3, 40, 10)!], [0, 1])
    assert.deepEqual([...cuts.unheardBy(3, 60, 10)!], [0])
  })

  it('that names a stranger is refused', () => {
    assert.throws(() => cutsOf({ fromMs: 0, untilMs: 9, from: ['p77'] }), {
      code: 'BAD_VALUE',
      message: /"p77".*p00 to p03\. Nothing was started\./,
    })
  })
})
