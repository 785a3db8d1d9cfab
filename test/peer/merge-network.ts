/** Peers of one process that merge: words and parts of models pass from one to the other as function calls. */
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { NetworkError, type Network } from '../../node/network/index.js'
import type { Snapshots } from '../../node/peer/snapshots.js'
import type { MergeTiming } from '../../protocols/final-merge/index.js'
import { createLayout, type Layout } from '../../protocols/model/index.js'
import type { MergeMessage, ShardReply, ShardRequest } from '../../protocols/wire/index.js'

/** Turns of the event loop in which everything that was begun has ended: hashing, sketching, a few replies. */
const TURNS = 30
/** Steps of the clock until a test that waits has failed. */
const STEPS_MAX = 600

export const TIMING: MergeTiming = { commitMs: 5_000, pullMs: 10_000, agreeMs: 5_000, repeatMs: 200 }

export const layoutOf = (length: number): Layout =>
  createLayout([{ name: 'w', shape: [length], kind: 'kernel' }])

/** Different everywhere, and different for every `base`. */
export const ramp = (length: number, base: number): Float32Array =>
  Float32Array.from({ length }, (_, index) => base + index / 1024)

/** What the others reach of a peer. */
export interface Reached {
  hear?(from: string, message: MergeMessage): void
  serve?(request: ShardRequest, from: string): ShardReply | Promise<ShardReply>
  readonly snapshots?: Snapshots
}

/** A clock that stands still until the test moves it. */
export const stillClock = (test: TestContext) => {
  test.mock.timers.enable({ apis: ['setTimeout'] })
  let nowMs = 0
  test.mock.method(performance, 'now', () => nowMs)
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < TURNS; turn++) await setImmediate()
  }
  const pass = async (ms: number): Promise<void> => {
    nowMs += ms
    test.mock.timers.tick(ms)
    await settle()
  }
  return {
    settle,
    pass,
    /** Lets time pass, 100 ms after the other, until this holds. */
    async until(holds: () => boolean): Promise<void> {
      await settle()
      for (let step = 0; !holds(); step++) {
        assert.ok(step < STEPS_MAX, 'waited in vain')
        await pass(100)
      }
    },
  }
}

export const createMergeNetwork = () => {
  const reached = new Map<string, Reached>()
  const down = new Set<string>()
  const asked: { readonly by: string; readonly from: string; readonly request: ShardRequest }[] = []
  const said: { readonly from: string; readonly message: MergeMessage }[] = []
  let isLost = (_from: string, _message: MergeMessage): boolean => false
  let lie = (_from: string, _request: ShardRequest, reply: ShardReply): ShardReply => reply

  const targetOf = (id: string): Reached => {
    const target = down.has(id) ? undefined : reached.get(id)
    if (!target) throw new NetworkError('UNREACHABLE', `${id} is not there`)
    return target
  }

  return {
    asked,
    said,
    /** Whoever is down hears nothing and answers nobody. */
    down,
    add: (id: string, what: Reached) => void reached.set(id, what),
    /** Words that reach nobody. */
    loses: (which: typeof isLost) => void (isLost = which),
    /** What `from` answers instead. */
    lies: (how: typeof lie) => void (lie = how),
    networkOf(self: string): Network {
      const network: Pick<Network, 'peerId' | 'publishMerge' | 'askShards' | 'pull'> = {
        peerId: self,
        async publishMerge(message) {
          if (down.has(self) || isLost(self, message)) return
          said.push({ from: self, message })
          await setImmediate()
          for (const [id, other] of reached) if (id !== self && !down.has(id)) other.hear?.(self, message)
        },
        async askShards({ from, requests, onReply }) {
          const target = targetOf(from)
          for (const [index, request] of requests.entries()) {
            asked.push({ by: self, from, request })
            const reply = lie(from, request, await target.serve!(request, self))
            onReply(reply as Parameters<typeof onReply>[0], index)
          }
        },
        async pull({ from, request }) {
          const served = targetOf(from).snapshots!.find(request)
          if (!served) return null
          await setImmediate()
          const { head, leaves, bytes } = served
          const shared = new Uint8Array(new SharedArrayBuffer(bytes.byteLength))
          shared.set(bytes)
          return { head, leaves, bytes, weights: new Float32Array(shared.buffer) }
        },
      }
      return network as Network
    },
  }
}
