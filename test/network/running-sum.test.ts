import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { describeSnapshot, type NetworkHandlers, type PulledSum } from '../../node/network/index.js'
import { createServing } from '../../node/peer/merge/push-sum-serving.js'
import type { PushSumMessage, ShardReply } from '../../protocols/wire/index.js'
import { codeOf, createSwarm, layoutOf, runOf, weightsOf, type TestPeer } from './support.js'

/** 2.29 chunks of 256 KiB, so 3, the last one cut. */
const LENGTH = 150_001
const layout = layoutOf(LENGTH)

describe('three nodes in a push-sum merge', () => {
  let swarm: ReturnType<typeof createSwarm>
  let alice: TestPeer
  let bob: TestPeer
  let carol: TestPeer
  /** What was said to alice. */
  const heard: { readonly from: string; readonly message: PushSumMessage }[] = []
  let onHeard: () => void = () => {}
  /** What alice answers; what bob and carol are lent. */
  let answer: NetworkHandlers['shard'] = () => ({ type: 'none' })

  const pull = (peer: TestPeer, newerThan = 0): Promise<PulledSum | null> =>
    peer.network.pullSum({ from: alice.id, mergeId: '1.1', newerThan, layout })

  /** Alice serves version 2, until `change` makes another of it. */
  const serveSum = (vector: Float32Array, change: (reply: ShardReply) => ShardReply = (reply) => reply) => {
    const serving = createServing('session', layout)
    serving.give(1, { sum: { sum: vector, weight: 0.75 }, version: 2, epoch: 3 })
    answer = async (request, from) => {
      if (request.type === 'sum')
        return request.newerThan >= 2
          ? { type: 'none' }
          : change(await serving.manifest(from, { segment: 1, after: 0 }))
      return request.type === 'piece' ? serving.piece(from, request) : { type: 'none' }
    }
    return serving
  }

  beforeEach(async () => {
    swarm = createSwarm()
    heard.length = 0
    answer = () => ({ type: 'none' })
    const run = runOf(layout)
    const handlers = {
      onHeads: () => {},
      onMerge: () => {},
      onAdmitted: () => {},
      onDisconnected: () => {},
      onRefused: () => {},
      onMembers: () => {},
      snapshot: () => null,
      status: () => new Uint8Array(),
      mergeCall: () => ({ type: 'refused', code: 'NO', message: 'no' }),
      members: () => [],
      shard: (request, from) => answer(request, from),
      onPushSum(from, message) {
        heard.push({ from, message })
        onHeard()
      },
    } satisfies NetworkHandlers as NetworkHandlers
    alice = await swarm.start({ run, handlers })
    bob = await swarm.start({ run })
    carol = await swarm.start({ run })
    await bob.network.dial(alice.address)
    await carol.network.dial(alice.address)
  })
  afterEach(() => swarm.stop())

  it('bring a running sum over bit for bit, to both neighbours at once', async () => {
    const vector = weightsOf(LENGTH)
    serveSum(vector)
    for (const pulled of await Promise.all([pull(bob), pull(carol)])) {
      assert.deepEqual(pulled?.label, {
        ...{ session: 'session', segment: 1, after: 0, version: 2, weight: 0.75, epoch: 3 },
      })
      assert.ok(Buffer.from(pulled.sum.buffer).equals(Buffer.from(vector.buffer)))
    }
  })

  it('give null when there is nothing newer', async () => {
    serveSum(weightsOf(LENGTH))
    assert.equal(await pull(bob, 2), null)
    assert.deepEqual(bob.network.stats().refused, {})
  })

  it('go on with what was begun when there is a newer version', async () => {
    const vector = weightsOf(LENGTH)
    const serving = serveSum(vector, (reply) => {
      // As soon as the manifest is out.
      serving.give(1, { sum: { sum: new Float32Array(LENGTH), weight: 1 }, version: 3, epoch: 3 })
      return reply
    })
    const pulled = await pull(bob)
    assert.equal(pulled?.label.version, 2)
    assert.deepEqual(pulled.sum, vector)
  })

  it('say so when the running sum is no longer served half way', async () => {
    const serving = serveSum(weightsOf(LENGTH), (reply) => {
      serving.clear()
      return reply
    })
    assert.equal(await codeOf(pull(bob)), 'SNAPSHOT_GONE')
  })

  it('refuse a NaN, and pull again afterwards', async () => {
    const vector = weightsOf(LENGTH)
    vector[100_000] = NaN
    serveSum(vector)
    assert.equal(await codeOf(pull(bob)), 'NOT_FINITE')
    serveSum(weightsOf(LENGTH))
    assert.ok(await pull(bob))
  })

  const lies: readonly (readonly [string, string, (sum: ShardReply & { type: 'sum' }) => ShardReply])[] = [
    ['of another layout', 'FOREIGN_LAYOUT', (sum) => ({ ...sum, layout: 'cd'.repeat(32) })],
    ['of four bytes too many', 'OUT_OF_RANGE', (sum) => ({ ...sum, bytes: sum.bytes + 4 })],
    ['with too few leaves', 'MALFORMED', (sum) => ({ ...sum, leaves: sum.leaves.subarray(32) })],
    ['that is not newer', 'OUT_OF_RANGE', (sum) => ({ ...sum, label: { ...sum.label, version: 1 } })],
    ['that is something else', 'MALFORMED', () => ({ type: 'sketch', values: new Uint8Array(8) })],
  ]
  for (const [title, code, lie] of lies) {
    it(`refuse a running sum ${title}`, async () => {
      serveSum(weightsOf(LENGTH), (reply) => (reply.type === 'sum' ? lie(reply) : reply))
      assert.equal(await codeOf(pull(bob, 1)), code)
    })
  }

  it('refuse chunks that are not of the leaves', async () => {
    const { leaves } = await describeSnapshot(weightsOf(LENGTH, 'others'))
    const honest = serveSum(weightsOf(LENGTH), (reply) =>
      reply.type === 'sum' ? { ...reply, leaves } : reply,
    )
    const give = answer
    // Whatever digest is asked for, the chunks of its own.
    const { digest } = await describeSnapshot(weightsOf(LENGTH))
    answer = (request, from) =>
      request.type === 'piece' ? honest.piece(from, { ...request, digest }) : give(request, from)
    assert.equal(await codeOf(pull(bob)), 'DIGEST_MISMATCH')
  })

  it('hear what neighbours say, in order and by name', async () => {
    const call = (members: readonly string[]): PushSumMessage => ({ type: 'call', mergeId: '1.1', members })
    const all = new Promise<void>((resolve) => {
      onHeard = () => heard.length === 3 && resolve()
    })
    await bob.network.tell(alice.id, call(['a']))
    await bob.network.tell(alice.id, call(['a', 'b']))
    await carol.network.tell(alice.id, call(['c']))
    await all
    assert.deepEqual(
      heard.filter(({ from }) => from === bob.id).map(({ message }) => message),
      [call(['a']), call(['a', 'b'])],
    )
    assert.deepEqual(heard.find(({ from }) => from === carol.id)?.message, call(['c']))
  })

  it('hear a word larger than a request may be', async () => {
    // 250 members of 52 characters: 13 KB.
    const members = Array.from({ length: 250 }, (_, i) => `${i}`.padStart(52, 'x'))
    const one = new Promise<void>((resolve) => (onHeard = resolve))
    await bob.network.tell(alice.id, { type: 'call', mergeId: '1.1', members })
    await one
    assert.deepEqual(heard[0]?.message, { type: 'call', mergeId: '1.1', members })
  })
})
