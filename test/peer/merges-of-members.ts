/** Members of one run in one process, each with the merges of its periods. */
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { createClaims } from '../../node/peer/merge/claims.js'
import { createMerges, type MergedPeriod, type Merges } from '../../node/peer/merge/merges.js'
import { createSnapshots } from '../../node/peer/snapshots.js'
import { parseRunConfiguration } from '../../protocols/run/index.js'
import type { Statistics, Trainer } from '../../protocols/training/contract.js'
import type { MergeMessage } from '../../protocols/wire/index.js'
import { signaturesOf } from '../harness/swarm/merging.js'
import { createMergeNetwork, layoutOf, ramp, stillClock, TIMING } from './merge-network.js'

export const LENGTH = 300
const layout = layoutOf(LENGTH)
export const IDS = ['ann', 'bob', 'cem']

/** Of two channels: mean, variance, mean, variance. Of the data of all: see below. */
export const STATISTICS: Readonly<Record<string, Statistics>> = {
  ann: { count: 100, values: Float32Array.of(0, 1, 5, 0) },
  bob: { count: 100, values: Float32Array.of(4, 1, 5, 0) },
  cem: { count: 200, values: Float32Array.of(2, 3, 5, 0) },
  dee: { count: 900, values: Float32Array.of(9, 9, 9, 9) },
}

export interface MemberOf {
  readonly id: string
  readonly merges: Merges
  readonly merged: MergedPeriod[]
  readonly abandoned: { readonly period: number; readonly reason: string }[]
  /** Models that statistics were taken of. */
  readonly estimated: Float32Array[]
  /** Periods merged at each moment when nobody needed this peer any more. */
  readonly settledAfter: number[]
}

/** The three of `IDS`, unless said otherwise, and a network that loses nothing. */
export const setUpMerges = (
  test: TestContext,
  {
    run = {},
    normalised = false,
    ids = IDS,
    here = () => ids,
    claims: known = () => [],
    estimate = (id) => Promise.resolve(STATISTICS[id]!),
    freeze = (_id, now) => now(),
  }: {
    run?: object
    normalised?: boolean
    ids?: readonly string[]
    /** Those whom this peer sees now. @default all */
    here?: (id: string) => readonly string[]
    /** Slots and values of earlier lives. @default none */
    claims?: (id: string) => readonly (readonly [string, string])[]
    estimate?: (id: string) => Promise<Statistics>
    /** Calls `now` when the local model is there. @default at once */
    freeze?: (id: string, now: () => void) => void
  } = {},
) => {
  const clock = stillClock(test)
  const net = createMergeNetwork()
  const stopping = new AbortController()
  test.after(() => stopping.abort())
  const configuration = parseRunConfiguration(run)
  const claimed: string[] = []

  const addMember = (id: string): MemberOf => {
    const settledAfter: number[] = []
    const merged: MergedPeriod[] = []
    const abandoned: { readonly period: number; readonly reason: string }[] = []
    const estimated: Float32Array[] = []
    const snapshots = createSnapshots()
    const trainer: Pick<Trainer, 'statisticsLength' | 'estimateStatistics'> = {
      statisticsLength: normalised ? 4 : 0,
      estimateStatistics(weights) {
        estimated.push(weights)
        return estimate(id)
      },
    }
    const merges: Merges = createMerges({
      ...{ self: id, configuration, layout, snapshots, network: net.networkOf(id), signal: stopping.signal },
      trainer: trainer as Trainer,
      signatures: signaturesOf(id),
      claim(slot, value) {
        claimed.push(slot)
        return claims.claim(slot, value)
      },
      claimed: () => claims.slots(),
      members: () => here(id),
      timing: TIMING,
      // Base 1, 2, 3 in the first period, and 10 more in each further one.
      freeze: () =>
        freeze(id, () =>
          merges.frozen({
            weights: ramp(LENGTH, 1 + IDS.indexOf(id) + 10 * merges.periodsDone),
            samples: 100 * (1 + IDS.indexOf(id)),
          }),
        ),
      onMerged: (period) => merged.push(period),
      onAbandoned: ({ period, reason }) => abandoned.push({ period, reason }),
      onSettled: () => settledAfter.push(merged.length),
      onAccused: (other, fault) => assert.fail(`${other}: ${fault}`),
      fail: (error) => assert.fail(String(error)),
    })
    const claims = createClaims(known(id))
    net.add(id, {
      snapshots,
      hear: (from, message) => merges.hear(from, message),
      serve: (request, from) => merges.serve(request, from),
    })
    return { id, merges, merged, abandoned, estimated, settledAfter }
  }
  const members = ids.map(addMember)
  /** Lets a member hear at last what has been said of this merge, of these kinds. */
  const tell = ({ merges }: MemberOf, mergeId: string, ...kinds: readonly MergeMessage['type'][]): void => {
    for (const { from, message } of net.said.slice())
      if (message.mergeId === mergeId && kinds.includes(message.type)) merges.hear(from, message)
  }
  const allMerged = (periods: number) => (): boolean =>
    members.every(({ merged }) => merged.length === periods)
  return {
    ...{ clock, net, members, addMember, tell, allMerged, claimed, configuration },
    ...{ ann: members[0]!, bob: members[1]!, cem: members[2]! },
  }
}
