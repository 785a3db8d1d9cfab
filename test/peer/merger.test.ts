import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import type { Network, PulledSnapshot } from '../../node/network/index.js'
import { createClaims } from '../../node/peer/merge/claims.js'
import { createMerger, type Merger } from '../../node/peer/merge/merger.js'
import type { Subject } from '../../node/peer/merge/subject.js'
import { mergeTimingFor } from '../../node/peer/merge/timing.js'
import { createSnapshots } from '../../node/peer/snapshots.js'
import { averagingRule } from '../../protocols/averaging/index.js'
import {
  allToAll,
  callBytes,
  reduceScatter,
  type MergeOutcome,
  type MergeTiming,
} from '../../protocols/final-merge/index.js'
import { limits } from '../../protocols/limits.js'
import type { Layout } from '../../protocols/model/index.js'
import type { Trainer } from '../../protocols/training/contract.js'
import type { MergeMessage } from '../../protocols/wire/index.js'
import { signaturesOf } from '../harness/swarm/merging.js'
import { createMergeNetwork, layoutOf, ramp, stillClock, TIMING } from './merge-network.js'

const FLOAT_BYTES = 4
/** Three chunks of 1024 bytes, the last one cut. */
const LENGTH = 600
const MEMBERS = ['ann', 'bob', 'cem']

interface Ended {
  readonly merge: number
  readonly outcome?: MergeOutcome
  readonly weights?: Float32Array
  readonly reason?: string
}

interface MemberOf {
  readonly id: string
  readonly merger: Merger
  readonly ended: Ended[]
  /** Merges for which the vector was asked for. */
  readonly frozenFor: number[]
  /** Merges whose subject was asked for. */
  readonly begun: number[]
}

interface Options {
  readonly method?: Subject['method']
  readonly merges?: number
  readonly layout?: Layout
  readonly timing?: (members: number) => MergeTiming
  /** Of merge 1; the next one merges 10 more, and so on. @default the index of the member, from 1 */
  readonly vectorOf?: (id: string, merge: number) => Float32Array
  readonly freezes?: boolean
  /** @default anyone may */
  readonly mayCall?: (id: string) => boolean
  /** @default those whom a call names */
  readonly here?: readonly string[]
  readonly pull?: Network['pull']
}

const plain = (method: Subject['method'], layout: Layout): Subject => ({
  ...{ method, layout, weighting: 'uniform' },
  rule: { name: 'mean', sharded: averagingRule('mean').sharded! },
})

/** Members of one run that merge with each other. */
const setUp = (test: TestContext, ids: readonly string[] = MEMBERS, options: Options = {}) => {
  const { method = reduceScatter, layout = layoutOf(LENGTH), merges = 1, freezes = true } = options
  const clock = stillClock(test)
  const net = createMergeNetwork()
  const stopping = new AbortController()
  test.after(() => stopping.abort())
  const vectorOf = options.vectorOf ?? ((id, merge) => ramp(LENGTH, 10 * (merge - 1) + ids.indexOf(id) + 1))
  const mix: Trainer['mix'] = ({ contributions }) => {
    const out = new Float32Array(layout.length)
    for (const { weights, weight } of contributions)
      weights.forEach((value, index) => (out[index]! += weight * value))
    return Promise.resolve(out)
  }

  const addMember = (id: string): MemberOf => {
    const network = { ...net.networkOf(id), ...(options.pull && { pull: options.pull }) }
    const ended: Ended[] = []
    const frozenFor: number[] = []
    const begun: number[] = []
    const snapshots = createSnapshots()
    const merger: Merger = createMerger({
      ...{ self: id, runId: 'run', merges, snapshots, network, signal: stopping.signal },
      trainer: { mix } as Trainer,
      signatures: signaturesOf(id),
      claim: (slot, value) => claims.claim(slot, value),
      mayCall: options.mayCall ?? (() => true),
      isOpen: options.mayCall === undefined,
      ...(options.here && { members: () => options.here! }),
      next: () => ended.filter(({ outcome }) => outcome).length + 1,
      subjectOf(merge) {
        begun.push(merge)
        return plain(method, layout)
      },
      timing: (_subject, count) => options.timing?.(count) ?? TIMING,
      freeze(merge) {
        frozenFor.push(merge)
        if (freezes) merger.frozen({ weights: vectorOf(id, merge), samples: 100 })
      },
      onMerged: (merge, outcome, weights) => ended.push({ merge, outcome, weights }),
      onAbandoned: (merge, { reason }) => ended.push({ merge, reason }),
      onAccused: (other, fault) => assert.fail(`${other}: ${fault}`),
      fail: (error) => assert.fail(String(error)),
    })
    const claims = createClaims()
    net.add(id, {
      snapshots,
      hear: (from, message) => merger.hear(from, message),
      serve: (request) => merger.serve(request),
    })
    return {
      ...{ id, merger, ended, frozenFor, begun },
    }
  }
  const members = ids.map(addMember)
  return { clock, net, members, addMember, ann: members[0]!, bob: members[1]!, cem: members[2]! }
}

const callFrom = (caller: string, mergeId: string, members: readonly string[]): MergeMessage => ({
  ...{ type: 'call', mergeId, members, caller },
  signature: signaturesOf(caller).sign(callBytes({ run: 'run', mergeId, members })),
})

/** Base 1, 2 and 3: their mean has base 2, and so on for the next merge. */
const MEAN = ramp(LENGTH, 2)

for (const method of [reduceScatter, allToAll]) {
  describe(`the members of a run that merge by ${method.name}`, () => {
    it('get one model with one digest when one of them calls', async (test) => {
      const { clock, members, bob } = setUp(test, MEMBERS, { method })
      bob.merger.call(1, MEMBERS)
      await clock.until(() => members.every(({ ended }) => ended.length > 0))
      for (const { ended, merger } of members) {
        const [{ outcome, weights }] = ended as [Ended]
        assert.equal(outcome?.digest, bob.ended[0]!.outcome!.digest)
        assert.deepEqual(outcome.roster, MEMBERS)
        assert.deepEqual([...weights!], [...MEAN])
        assert.equal(merger.phase, 'merged')
        assert.equal(merger.isActive, false)
      }
    })

    it('give up when most of them do not answer, and are free again', async (test) => {
      const { clock, net, ann } = setUp(test, MEMBERS, { method })
      net.down.add('bob').add('cem')
      ann.merger.call(1, MEMBERS)
      assert.equal(ann.merger.isActive, true)
      await clock.until(() => ann.ended.length > 0)
      assert.ok(ann.ended[0]!.reason)
      assert.equal(ann.merger.isActive, false)
    })
  })
}

describe('a merge that was given up', () => {
  it('can be called for once more, and is then that of all', async (test) => {
    const { clock, net, members, ann, bob } = setUp(test)
    net.down.add('bob').add('cem')
    ann.merger.call(1, MEMBERS)
    await clock.until(() => ann.ended.length > 0)
    net.down.clear()
    ann.merger.call(1, MEMBERS)
    await clock.until(() => members.every(({ ended }) => ended.at(-1)?.outcome))
    assert.equal(ann.ended[1]!.outcome!.mergeId, '1.2')
    assert.deepEqual([...bob.ended[0]!.weights!], [...MEAN])
    // In between it may have trained: it is frozen anew.
    assert.deepEqual([ann.frozenFor, bob.frozenFor], [[1, 1], [1]])
  })
})

describe('one merge after the other', () => {
  const both = async (test: TestContext) => {
    const swarm = setUp(test, MEMBERS, { merges: 2 })
    const { clock, members, ann, cem } = swarm
    ann.merger.call(1, MEMBERS)
    await clock.until(() => members.every(({ ended }) => ended.length === 1))
    cem.merger.call(2, MEMBERS)
    await clock.until(() => members.every(({ ended }) => ended.length === 2))
    return swarm
  }

  it('has ids, models and a result of its own', async (test) => {
    const { members } = await both(test)
    for (const { ended, frozenFor } of members) {
      assert.deepEqual(
        ended.map(({ merge, outcome }) => [merge, outcome?.mergeId]),
        [
          [1, '1.1'],
          [2, '2.1'],
        ],
      )
      assert.deepEqual(frozenFor, [1, 2])
      assert.deepEqual([...ended[1]!.weights!], [...ramp(LENGTH, 12)])
    }
  })

  it('still serves the result of the one before, to those that are late', async (test) => {
    const { ann } = await both(test)
    const digestOf = (index: number) => ann.ended[index]!.outcome!.digest
    for (const index of [0, 1]) {
      const reply = await ann.merger.serve({ type: 'piece', digest: digestOf(index), indexes: [2] })
      // 600 − 2 · 256 elements.
      assert.equal(reply.type === 'chunk' && reply.data.byteLength, 88 * FLOAT_BYTES)
      assert.equal((await ann.merger.serve({ type: 'leaves', digest: digestOf(index) })).type, 'leaves')
    }
    assert.equal((await ann.merger.serve({ type: 'leaves', digest: 'ab'.repeat(32) })).type, 'none')
  })

  it('reads the result of a merge that it took no part in', async (test) => {
    const { clock, members, addMember, ann } = setUp(test, MEMBERS)
    ann.merger.call(1, MEMBERS)
    await clock.until(() => members.every(({ ended }) => ended.length === 1))
    const dee = addMember('dee')
    // One late word about the merge is enough: it asks for the rest.
    dee.merger.hear('ann', callFrom('ann', '1.1', MEMBERS))
    await clock.until(() => dee.ended.length > 0)
    assert.equal(dee.ended[0]!.outcome!.digest, ann.ended[0]!.outcome!.digest)
    assert.deepEqual([...dee.ended[0]!.weights!], [...MEAN])
    assert.deepEqual(dee.frozenFor, [])
  })
})

describe('words about merges', () => {
  const commitment = (mergeId: string): MergeMessage => ({
    ...{ type: 'commitment', mergeId, digest: 'd'.repeat(64), samples: 1 },
  })

  it('begin the next one, and no other', async (test) => {
    const { clock, ann } = setUp(test, MEMBERS, { merges: 9 })
    for (const mergeId of ['final', '2.1', '10.1']) ann.merger.hear('bob', commitment(mergeId))
    await clock.settle()
    assert.deepEqual(ann.begun, [])
    ann.merger.hear('bob', commitment('1.1'))
    ann.merger.hear('cem', commitment('1.1'))
    await clock.settle()
    assert.deepEqual(ann.begun, [1])
    assert.equal(ann.merger.isActive, false)
  })

  it('begin one further on when they are a call by one whom the run lists, up to two ahead', (test) => {
    const { bob } = setUp(test, MEMBERS, { merges: 9, mayCall: (id) => id === 'ann' })
    const forged = { ...callFrom('bob', '2.1', MEMBERS), caller: 'ann' } as MergeMessage
    for (const call of [
      callFrom('ann', '4.1', MEMBERS),
      callFrom('cem', '2.1', MEMBERS),
      forged,
      callFrom('ann', '10.1', MEMBERS),
    ])
      bob.merger.hear('cem', call)
    assert.deepEqual(bob.frozenFor, [])
    assert.equal(bob.merger.merge, 1)
    // Whoever passes it on: it is signed by the caller.
    bob.merger.hear('cem', callFrom('ann', '3.1', MEMBERS))
    assert.deepEqual(bob.frozenFor, [3])
    assert.equal(bob.merger.merge, 3)
  })

  it('begin one further on, where anyone may call, when a third of the members here call for it', (test) => {
    const here = [...MEMBERS, 'dee', 'eli', 'fay', 'gus']
    const { bob } = setUp(test, MEMBERS, { merges: 9, here })
    // Three of seven: 7 / 3 = 2.3. A member that says it again is no second one.
    for (const from of ['ann', 'cem', 'ann']) bob.merger.hear(from, callFrom('ann', '3.1', here))
    assert.deepEqual(bob.frozenFor, [])
    bob.merger.hear('dee', callFrom('dee', '3.2', here))
    assert.deepEqual(bob.frozenFor, [3])
  })

  it('of strangers begin none further on, whomever they name and however many they are', (test) => {
    const crowd = Array.from({ length: 9 }, (_, i) => `z${i}`)
    const { bob, ann } = setUp(test, MEMBERS, { merges: 3, here: [...MEMBERS, 'dee'] })
    for (const named of [['z0'], ['bob', 'z0'], [...MEMBERS, 'z0'], [...MEMBERS, 'dee', 'z0'], crowd])
      for (const from of ['z0', ...crowd, 'dee']) bob.merger.hear(from, callFrom('z0', '3.1', named))
    // Nor does a member's call that does not name it, or names too few.
    for (const named of [
      ['ann', 'bob', 'cem'],
      ['dee', 'bob'],
    ])
      for (const from of ['dee', 'cem']) bob.merger.hear(from, callFrom('dee', '3.1', named))
    assert.deepEqual(bob.begun, [])
    bob.merger.call(1, MEMBERS)
    ann.merger.hear('bob', callFrom('bob', '1.1', MEMBERS))
    assert.deepEqual([bob.merger.merge, ann.merger.merge], [1, 1])
  })

  it('do not take a peer out of the merge that it is in', (test) => {
    const { bob } = setUp(test, MEMBERS, { merges: 9, freezes: false })
    bob.merger.hear('ann', callFrom('ann', '1.1', MEMBERS))
    bob.merger.hear('ann', callFrom('ann', '2.1', MEMBERS))
    assert.deepEqual(bob.frozenFor, [1])
    assert.equal(bob.merger.merge, 1)
  })
})

describe('the models of an all-to-all merge', () => {
  /** One peer whose pulls stay under way until they are let through. */
  const pulling = async (
    test: TestContext,
    { parameters, others }: { parameters: number; others: string },
  ) => {
    const asked: { readonly from: string; readonly answer: () => void }[] = []
    const { clock, ann } = setUp(test, ['ann'], {
      method: allToAll,
      // As large as it claims to be: the weights themselves are small.
      layout: { entries: [], length: parameters, fingerprint: 'f'.repeat(64) },
      pull: ({ from }) =>
        new Promise((resolve) => {
          const weights = new Float32Array(new SharedArrayBuffer(8))
          asked.push({ from, answer: () => resolve({ weights } as PulledSnapshot) })
        }),
    })
    const commit = (from: string): void =>
      ann.merger.hear(from, { type: 'commitment', mergeId: '1.1', digest: 'd'.repeat(64), samples: 1 })
    ann.merger.call(1, ['ann', ...others])
    await clock.settle()
    return { clock, asked, commit, from: () => asked.map((one) => one.from).join('') }
  }

  it('fit the memory allowed, those on their way among them', async (test) => {
    // Three fit, four do not: the own one and two others.
    const parameters = Math.floor(limits.mergeBytesMax / (3.5 * FLOAT_BYTES))
    const { clock, asked, commit, from } = await pulling(test, { parameters, others: 'bcde' })
    for (const id of 'bcde') commit(id)
    await clock.settle()
    assert.equal(from(), 'bc')
    for (const { answer } of asked) answer()
    await clock.settle()
    await clock.pass(1_000)
    assert.equal(from(), 'bc')
  })

  it('are all asked for when they just fit', async (test) => {
    const parameters = limits.mergeBytesMax / (4 * FLOAT_BYTES)
    const { clock, asked, commit, from } = await pulling(test, { parameters, others: 'bcd' })
    for (const id of 'bc') commit(id)
    // Arrived and under way: no model counts twice.
    asked[0]!.answer()
    await clock.settle()
    commit('d')
    await clock.settle()
    assert.equal(from(), 'bcd')
  })
})

describe('the time for a merge', () => {
  it('goes by the members named in the call', async (test) => {
    const { clock, ann } = setUp(test, MEMBERS, {
      timing: (members) => ({ ...TIMING, commitMs: 100 * members, repeatMs: 50 }),
      freezes: false,
    })
    // 300 ms
    ann.merger.call(1, MEMBERS)
    await clock.settle()
    await clock.pass(250)
    assert.equal(ann.merger.phase, 'freezing')
    await clock.pass(50)
    assert.equal(ann.merger.phase, 'abandoned')
  })

  it('has as many looks in each repetition as come nearest to one every two seconds', () => {
    const looksOf = (members: number): number => {
      const { repeatMs, lookMs } = mergeTimingFor({ parameters: 1_000, models: 3, members })
      // Two seconds, and a quarter for each member.
      assert.equal(repeatMs, 2_000 + 250 * members)
      return repeatMs / lookMs!
    }
    // 2,750, 3,000, 4,750, 5,000 and 64,500 ms, each by 2,000.
    assert.deepEqual([3, 4, 11, 12, 250].map(looksOf), [1, 2, 2, 3, 32])
  })

  it('grows with the members, and with the models that move, up to two whole exchanges', () => {
    const pullMs = (models: number, members: number) =>
      mergeTimingFor({ parameters: 1_000_000, models, members }).pullMs
    // 10 s, 2 s for each member, and 4 bytes · 1,000,000 · 5 at 1 MB per second.
    assert.equal(pullMs(5, 2), 10_000 + 4_000 + 20_000)
    assert.equal(pullMs(50, 50), 10_000 + 100_000 + 2 * limits.exchangeTimeoutMs)
  })
})
