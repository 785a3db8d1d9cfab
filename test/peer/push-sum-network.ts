/** What peers of one process say and pull in a push-sum merge passes from one to the other as function calls. */
import assert from 'node:assert/strict'
import { setImmediate } from 'node:timers/promises'
import { NetworkError, type Network, type PullSumOptions } from '../../node/network/index.js'
import type { Layout } from '../../protocols/model/index.js'
import {
  chunkCount,
  decodeFloat32Into,
  digestOfLeaves,
  type MergeMessage,
  type PushSumMessage,
  type ShardReply,
  type ShardRequest,
} from '../../protocols/wire/index.js'

/** What the others reach of a peer. */
export interface Reached {
  hear(from: string, message: MergeMessage): void
  hearNeighbour(from: string, message: PushSumMessage): void
  serve(request: ShardRequest, from: string): ShardReply | Promise<ShardReply>
}

/** Whether it arrives. @default always */
export interface Ways {
  readonly hears?: (from: string, to: string, message: PushSumMessage) => boolean
  readonly pulls?: (from: string, to: string) => boolean
  readonly gossips?: (from: string, to: string) => boolean
}

/** @param isDead neither hears nor answers any more. */
export const createPushSumNetwork = (
  layout: Layout,
  { hears, pulls, gossips, isDead = () => false }: Ways & { readonly isDead?: (id: string) => boolean } = {},
) => {
  const reached = new Map<string, Reached>()
  const said: { readonly from: string; readonly message: PushSumMessage }[] = []
  const targetOf = (id: string): Reached => {
    if (isDead(id)) throw new NetworkError('UNREACHABLE', `${id} is dead`)
    return reached.get(id)!
  }

  const networkOf = (self: string): Network =>
    ({
      async publishMerge(message) {
        await setImmediate()
        for (const [id, other] of reached) {
          if (isDead(self)) return
          if (id !== self && !isDead(id) && (gossips?.(self, id) ?? true)) other.hear(self, message)
        }
      },
      async tell(to, message) {
        said.push({ from: self, message })
        await setImmediate()
        if (!isDead(self) && (hears?.(self, to, message) ?? true)) targetOf(to).hearNeighbour(self, message)
      },
      async pullSum({ from, mergeId, newerThan }: PullSumOptions) {
        // As long as a turn of the event loop, or peers that do not end would stand still in time.
        await setImmediate()
        if (!(pulls?.(from, self) ?? true)) throw new NetworkError('TIMED_OUT', 'lost')
        const reply = await targetOf(from).serve({ type: 'sum', mergeId, newerThan }, self)
        if (reply.type === 'none') return null
        assert.equal(reply.type, 'sum')
        if (reply.type !== 'sum') return null
        assert.equal(reply.layout, layout.fingerprint)
        const sum = new Float32Array(layout.length)
        const digest = digestOfLeaves(reply.leaves)
        for (let index = 0; index < chunkCount(reply.bytes); index++) {
          const chunk = await targetOf(from).serve({ type: 'piece', digest, indexes: [index] }, self)
          if (chunk.type !== 'chunk') throw new NetworkError('SNAPSHOT_GONE', 'replaced')
          decodeFloat32Into(chunk.data, sum, index * 65_536)
        }
        return { label: reply.label, sum }
      },
    }) as Partial<Network> as Network

  return {
    networkOf,
    add: (id: string, what: Reached) => void reached.set(id, what),
    /** Of all peers, also of those that were stopped. */
    said,
  }
}
