/** Peers of one process that merge by push-sum, by their mergers alone. */
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { createPushSumMerger, type PushSumMerger } from '../../node/peer/merge/push-sum-merger.js'
import type { MergeOutcome } from '../../protocols/final-merge/index.js'
import type { PushSumTiming } from '../../protocols/final-merge/push-sum/index.js'
import { createTopology } from '../../protocols/topology/index.js'
import { layoutOf, stillClock } from './merge-network.js'
import { createPushSumNetwork, type Ways } from './push-sum-network.js'

export const TIMING: PushSumTiming = {
  repeatMs: 200,
  patienceMs: 400,
  lagMs: 2_000,
  writeOffMs: 5_000,
  deadlineMs: 20_000,
}

export interface TestPeer {
  readonly id: string
  readonly merger: PushSumMerger
  readonly weights: Float32Array
  readonly merged: {
    readonly outcome: MergeOutcome
    readonly weights: Float32Array
    readonly error: number
  }[]
  readonly abandoned: { readonly reason: string; readonly missing: readonly string[] }[]
  /** Times that its model was asked for. */
  freezes: number
  /** Neither hears nor answers any more. */
  isDead: boolean
  readonly stop: () => void
}

export interface SetUp extends Ways {
  readonly models: readonly Float32Array[]
  readonly topology?: string
  /** @default anybody */
  readonly callers?: readonly string[]
  readonly samples?: (id: string) => number
}

/** Peers a, b, c, … in the order of their models. */
export const setUpPushSum = (test: TestContext, options: SetUp) => {
  const { models, topology = 'ring', callers } = options
  const clock = stillClock(test)
  const layout = layoutOf(models[0]!.length)
  const peers: TestPeer[] = []
  const isDead = (id: string): boolean => peers.find((one) => one.id === id)?.isDead ?? false
  const { networkOf, add, said } = createPushSumNetwork(layout, { ...options, isDead })

  for (const [index, weights] of models.entries()) {
    const id = String.fromCharCode('a'.charCodeAt(0) + index)
    const stopping = new AbortController()
    test.after(() => stopping.abort())
    const merger = createPushSumMerger({
      ...{ self: id, runId: 'run', layout, tolerance: 1e-4, timing: TIMING, merges: 3 },
      signatures: {
        sign: () => new TextEncoder().encode(id),
        verify: (signer, _bytes, signature) => new TextDecoder().decode(signature) === signer,
      },
      mayCall: (caller) => callers?.includes(caller) ?? true,
      isOpen: callers === undefined,
      network: networkOf(id),
      topology: createTopology(topology, 1),
      shareOf: () => options.samples?.(id) ?? 1,
      next: () => peer.merged.length + 1,
      signal: stopping.signal,
      freeze() {
        peer.freezes += 1
        merger.frozen({ weights, samples: 1 })
      },
      onMerged: (_merge, outcome, result, error) => peer.merged.push({ outcome, weights: result, error }),
      onAbandoned: (_merge, reason, missing) => peer.abandoned.push({ reason, missing }),
      fail: (error) => assert.fail(error as Error),
    })
    const peer: TestPeer = {
      ...{ id, merger, weights, merged: [], abandoned: [], freezes: 0, isDead: false },
      stop: () => stopping.abort(),
    }
    peers.push(peer)
    add(id, merger)
  }
  return {
    ...{ peers, said, ids: peers.map(({ id }) => id) },
    settle: () => clock.settle(),
    pass: (ms: number) => clock.pass(ms),
    until: (holds: () => boolean) => clock.until(holds),
  }
}
