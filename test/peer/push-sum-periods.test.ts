import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import type { MergedPeriod, Merges } from '../../node/peer/merge/merges.js'
import { createPushSumMerges } from '../../node/peer/merge/push-sum-merges.js'
import { createSnapshots } from '../../node/peer/snapshots.js'
import { parseRunConfiguration } from '../../protocols/run/index.js'
import type { Trainer } from '../../protocols/training/contract.js'
import { signaturesOf } from '../harness/swarm/merging.js'
import { layoutOf, stillClock } from './merge-network.js'
import { createPushSumNetwork } from './push-sum-network.js'
import { TIMING } from './push-sum-peers.js'

const TOLERANCE = 1e-4
/** The first local models: mean 4 and −1. */
const FIRST: Readonly<Record<string, readonly [number, number]>> = {
  ...{ ann: [1, -4], bob: [3, -2], cem: [5, 0], dee: [7, 2] },
}
const IDS = Object.keys(FIRST)
/** What each learns in the second period, both entries alike: mean 1. */
const LEARNED: Readonly<Record<string, number>> = { ann: -3, bob: -1, cem: 1, dee: 7 }

interface MemberOf {
  readonly id: string
  readonly merges: Merges
  readonly merged: MergedPeriod[]
}

/** Four peers in a ring, whose runs have two periods; each trains on from what it merged. */
const setUp = (test: TestContext) => {
  const clock = stillClock(test)
  const layout = layoutOf(2)
  const net = createPushSumNetwork(layout)
  const stopping = new AbortController()
  test.after(() => stopping.abort())
  const configuration = parseRunConfiguration({
    ...{ topology: 'ring', periods: 2 },
    finalMerge: { method: 'push-sum', tolerance: TOLERANCE },
  })

  const addMember = (id: string): MemberOf => {
    const merged: MergedPeriod[] = []
    const localModel = (): Float32Array => {
      const from = merged.at(-1)?.weights
      return from ? from.map((value) => value + LEARNED[id]!) : Float32Array.from(FIRST[id]!)
    }
    const deps = {
      ...{ self: id, configuration, layout, snapshots: createSnapshots(), network: net.networkOf(id) },
      ...{ trainer: {} as Trainer, signatures: signaturesOf(id), claim: () => true, timing: undefined },
      ...{ members: () => IDS, signal: stopping.signal },
      freeze: () => merges.frozen({ weights: localModel(), samples: 1 }),
      onMerged: (period: MergedPeriod) => void merged.push(period),
      onAbandoned: ({ reason }: { readonly reason: string }) => assert.fail(reason),
      onAccused: (other: string) => assert.fail(other),
      fail: (error: unknown) => assert.fail(String(error)),
    }
    const merges: Merges = createPushSumMerges(deps, TIMING)
    net.add(id, merges)
    return { id, merges, merged }
  }
  const members = IDS.map(addMember)
  const merge = async (caller: number, periods: number): Promise<void> => {
    members[caller]!.merges.call()
    await clock.until(() => members.every(({ merged }) => merged.length === periods))
  }
  return { members, merge, pass: (ms: number) => clock.pass(ms) }
}

const assertNear = (actual: Float32Array, expected: readonly number[]): void => {
  // The error is estimated to a factor of 3; in the second period that of the first is in the models too.
  const bound = 2 * 3 * TOLERANCE * Math.hypot(...expected)
  expected.forEach((value, i) =>
    assert.ok(Math.abs(actual[i]! - value) <= bound, `${actual[i]} is not near ${value}`),
  )
}

describe('a run of two periods that merges by push-sum', () => {
  it('merges again what its peers have made of the first result', async (test) => {
    const { members, merge } = setUp(test)
    await merge(0, 1)
    for (const { merged, merges } of members) {
      assertNear(merged[0]!.weights, [4, -1])
      assert.deepEqual([merges.periodsDone, merges.isActive], [1, false])
    }
    // Another may call for the second.
    await merge(2, 2)
    for (const { merged, merges } of members) {
      // 4 + 1 and −1 + 1. Of the first models once more it would be 4 and −1 again.
      assertNear(merged[1]!.weights, [5, 0])
      assert.deepEqual([merges.periodsDone, merges.isActive], [2, false])
    }
  })

  it('gives each period an outcome of its own, to the tolerance and without a certificate', async (test) => {
    const { members, merge } = setUp(test)
    await merge(1, 1)
    await merge(1, 2)
    for (const { id, merged } of members) {
      for (const { error } of merged) assert.ok(error! <= TOLERANCE)
      assert.deepEqual(
        merged.map(({ period, statistics, outcome }) => ({
          ...{ period, statistics, mergeId: outcome.mergeId, certificate: outcome.certificate },
          ...{ roster: outcome.roster, agreed: outcome.agreed, missing: outcome.missing },
        })),
        [1, 2].map((period) => ({
          ...{ period, statistics: null, mergeId: `${period}.1`, certificate: undefined },
          ...{ roster: IDS, agreed: [id], missing: [] },
        })),
      )
    }
  })

  it('does not begin the second by what is still said of the first', async (test) => {
    const { members, merge, pass } = setUp(test)
    await merge(3, 1)
    await pass(TIMING.deadlineMs)
    for (const { merged, merges } of members) assert.deepEqual([merged.length, merges.isActive], [1, false])
  })
})
