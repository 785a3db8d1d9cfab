/** Peers of one process that merge by push-sum: what they say and pull passes from one to the other as function calls. */
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { createPushSumMerger, type PushSumMerger } from '../../node/peer/merge/push-sum-merger.js'
import { NetworkError, type Network, type PullSumOptions } from '../../node/network/index.js'
import type { MergeOutcome } from '../../protocols/final-merge/index.js'
import type { PushSumTiming } from '../../protocols/final-merge/push-sum/index.js'
import { createTopology } from '../../protocols/topology/index.js'
import {
  chunkCount,
  decodeFloat32Into,
  digestOfLeaves,
  type PushSumMessage,
} from '../../protocols/wire/index.js'
import { layoutOf, stillClock } from './merge-network.js'

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

export interface SetUp {
  readonly models: readonly Float32Array[]
  readonly topology?: string
  /** @default anybody */
  readonly callers?: readonly string[]
  readonly samples?: (id: string) => number
  /** Whether it arrives. */
  readonly hears?: (from: string, to: string, message: PushSumMessage) => boolean
  readonly pulls?: (from: string, to: string) => boolean
  readonly gossips?: (from: string, to: string) => boolean
}

/** Peers a, b, c, … in the order of their models. */
export const setUpPushSum = (test: TestContext, options: SetUp) => {
  const { models, topology = 'ring', callers } = options
  const clock = stillClock(test)
  const layout = layoutOf(models[0]!.length)
  const peers: TestPeer[] = []
  const peerOf = (id: string): TestPeer => {
    const peer = peers.find((one) => one.id === id)!
    if (peer.isDead) throw new NetworkError('UNREACHABLE', `${id} is dead`)
    return peer
  }
  const isDead = (id: string): boolean => peers.find((one) => one.id === id)?.isDead ?? false
  /** Of all peers, also of those that were stopped. */
  const said: { readonly from: string; readonly message: PushSumMessage }[] = []

  const networkOf = (self: string): Network =>
    ({
      async publishMerge(message) {
        await setImmediate()
        for (const other of peers) {
          if (isDead(self)) return
          if (other.id !== self && !other.isDead && (options.gossips?.(self, other.id) ?? true))
            other.merger.hear(self, message)
        }
      },
      async tell(to, message) {
        said.push({ from: self, message })
        await setImmediate()
        if (!isDead(self) && (options.hears?.(self, to, message) ?? true))
          peerOf(to).merger.hearNeighbour(self, message)
      },
      async pullSum({ from, mergeId, newerThan }: PullSumOptions) {
        // As long as a turn of the event loop, or peers that do not end would stand still in time.
        await setImmediate()
        if (!(options.pulls?.(from, self) ?? true)) throw new NetworkError('TIMED_OUT', 'lost')
        const reply = await peerOf(from).merger.serve({ type: 'sum', mergeId, newerThan }, self)
        if (reply.type === 'none') return null
        assert.equal(reply.type, 'sum')
        if (reply.type !== 'sum') return null
        assert.equal(reply.layout, layout.fingerprint)
        const sum = new Float32Array(layout.length)
        const digest = digestOfLeaves(reply.leaves)
        for (let index = 0; index < chunkCount(reply.bytes); index++) {
          const chunk = await peerOf(from).merger.serve({ type: 'piece', digest, indexes: [index] }, self)
          if (chunk.type !== 'chunk') throw new NetworkError('SNAPSHOT_GONE', 'replaced')
          decodeFloat32Into(chunk.data, sum, index * 65_536)
        }
        return { label: reply.label, sum }
      },
    }) as Partial<Network> as Network

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
  }
  return {
    ...{ peers, said, ids: peers.map(({ id }) => id) },
    settle: () => clock.settle(),
    pass: (ms: number) => clock.pass(ms),
    until: (holds: () => boolean) => clock.until(holds),
  }
}
