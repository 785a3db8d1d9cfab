import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { createClaims } from '../../node/peer/merge/claims.js'
import { createMerges, type MergedPeriod, type Merges } from '../../node/peer/merge/merges.js'
import { createSnapshots } from '../../node/peer/snapshots.js'
import { limits } from '../../protocols/limits.js'
import { parseRunConfiguration, runIdOf } from '../../protocols/run/index.js'
import type { Statistics, Trainer } from '../../protocols/training/contract.js'
import { signaturesOf } from '../harness/swarm/merging.js'
import { createMergeNetwork, layoutOf, ramp, stillClock, TIMING } from './merge-network.js'

const LENGTH = 300
const layout = layoutOf(LENGTH)
const IDS = ['ann', 'bob', 'cem']

/** Of two channels: mean, variance, mean, variance. Of the data of all: see below. */
const STATISTICS: Readonly<Record<string, Statistics>> = {
  ann: { count: 100, values: Float32Array.of(0, 1, 5, 0) },
  bob: { count: 100, values: Float32Array.of(4, 1, 5, 0) },
  cem: { count: 200, values: Float32Array.of(2, 3, 5, 0) },
  dee: { count: 900, values: Float32Array.of(9, 9, 9, 9) },
}

interface MemberOf {
  readonly id: string
  readonly merges: Merges
  readonly merged: MergedPeriod[]
  readonly abandoned: { readonly period: number; readonly reason: string }[]
  /** Models that statistics were taken of. */
  readonly estimated: Float32Array[]
  /** Periods merged at each moment when nobody needed this peer any more. */
  readonly settledAfter: number[]
}

const setUp = (
  test: TestContext,
  {
    run = {},
    normalised = false,
    ids = IDS,
    here = () => ids,
    estimate = (id) => Promise.resolve(STATISTICS[id]!),
    freeze = (_id, now) => now(),
  }: {
    run?: object
    normalised?: boolean
    ids?: readonly string[]
    /** Those whom this peer sees now. @default all */
    here?: (id: string) => readonly string[]
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
    const claims = createClaims()
    net.add(id, {
      snapshots,
      hear: (from, message) => merges.hear(from, message),
      serve: (request, from) => merges.serve(request, from),
    })
    return { id, merges, merged, abandoned, estimated, settledAfter }
  }
  const members = ids.map(addMember)
  const allMerged = (periods: number) => (): boolean =>
    members.every(({ merged }) => merged.length === periods)
  return {
    ...{ clock, net, members, addMember, allMerged, claimed, configuration },
    ...{ ann: members[0]!, bob: members[1]!, cem: members[2]! },
  }
}

describe('the merge of a period', () => {
  it('is one of weights, with a certificate that holds', async (test) => {
    const { clock, members, ann, bob, allMerged, configuration } = setUp(test)
    bob.merges.call()
    assert.equal(bob.merges.isActive, true)
    await clock.until(allMerged(1))
    for (const { merges, merged } of members) {
      const [{ period, outcome, weights, statistics }] = merged as [MergedPeriod]
      // (1 + 2 + 3) / 3
      assert.deepEqual([...weights], [...ramp(LENGTH, 2)])
      assert.deepEqual(
        { period, id: outcome.mergeId, statistics },
        { period: 1, id: '1.1', statistics: null },
      )
      assert.equal(outcome.certificate!.run, runIdOf(configuration))
      assert.deepEqual([merges.periodsDone, merges.isActive, merges.phase], [1, false, 'merged'])
      assert.equal(outcome.digest, ann.merged[0]!.outcome.digest)
    }
  })

  it('counts examples where the run says so', async (test) => {
    const { clock, ann, allMerged } = setUp(test, { run: { finalMerge: { weights: 'samples' } } })
    ann.merges.call()
    await clock.until(allMerged(1))
    // (1·1 + 2·2 + 3·3) / 6, and a 6th of it is no float32: about.
    ann.merged[0]!.weights.forEach((value, index) => {
      assert.ok(Math.abs(value - (14 / 6 + index / 1024)) < 1e-6)
    })
  })

  it('notes its words under the run: a folder may serve for another', async (test) => {
    const { clock, ann, allMerged, claimed, configuration } = setUp(test)
    ann.merges.call()
    await clock.until(allMerged(1))
    assert.ok(claimed.length > 0)
    for (const slot of claimed) assert.equal(slot.split(' ')[0], runIdOf(configuration))
  })
})

describe('the statistics of a merged model', () => {
  it('are merged too: those of the data of all, over the model of all', async (test) => {
    const { clock, members, ann, cem, allMerged } = setUp(test, { normalised: true })
    cem.merges.call()
    await clock.until(allMerged(1))
    for (const { merged, merges, estimated } of members) {
      const { weights, statistics, outcome } = merged[0]!
      assert.equal(estimated.length, 1)
      assert.deepEqual([...estimated[0]!], [...ramp(LENGTH, 2)])
      assert.deepEqual([...weights], [...ramp(LENGTH, 2)])
      // Shares 1/4, 1/4, 1/2. Mean 0 + 1 + 1; within 1/4 + 1/4 + 3/2, between (4 + 4) / 4 + 0.
      assert.deepEqual([...statistics!.values], [2, 4, 5, 0])
      assert.deepEqual([outcome.mergeId, statistics!.outcome.mergeId], ['1.1', '2.1'])
      assert.notEqual(statistics!.outcome.certificate!.digest, outcome.certificate!.digest)
      assert.equal(statistics!.outcome.digest, ann.merged[0]!.statistics!.outcome.digest)
      assert.deepEqual([merges.periodsDone, merges.isActive], [1, false])
    }
  })

  it('are none when the members could not agree, and the period ends all the same', async (test) => {
    // Of two thirds there is nothing.
    const estimate = (id: string) =>
      id === 'ann' ? Promise.resolve(STATISTICS.ann!) : new Promise<Statistics>(() => {})
    const { clock, members, ann, allMerged } = setUp(test, { normalised: true, estimate })
    ann.merges.call()
    await clock.until(allMerged(1))
    for (const { merged, merges, abandoned } of members) {
      const [{ statistics, weights }] = merged as [MergedPeriod]
      assert.equal(statistics, null)
      assert.deepEqual([...weights], [...ramp(LENGTH, 2)])
      assert.deepEqual([merges.periodsDone, merges.isActive], [1, false])
      assert.deepEqual(abandoned, [])
    }
  })

  it('are part of the period: a call that comes before they are there is none for the next', async (test) => {
    let release = (): void => {}
    const gate = new Promise<void>((resolve) => (release = resolve))
    const { clock, members, ann, allMerged } = setUp(test, {
      ...{ normalised: true, run: { periods: 2 } },
      estimate: (id) => gate.then(() => STATISTICS[id]!),
    })
    ann.merges.call()
    await clock.until(() => members.every(({ estimated }) => estimated.length > 0))
    assert.deepEqual([ann.merges.isActive, ann.merges.periodsDone], [true, 0])
    ann.merges.call()
    release()
    await clock.until(allMerged(1))
    await clock.pass(1_000)
    assert.ok(allMerged(1)())
    assert.equal(ann.merges.isActive, false)
  })

  it('are read by a peer that took no part, after the model', async (test) => {
    const { clock, ann, allMerged, addMember, net } = setUp(test, { normalised: true })
    ann.merges.call()
    await clock.until(allMerged(1))
    const late = addMember('dee')
    const call = net.said.find(({ message }) => message.type === 'call')!
    late.merges.hear('ann', call.message)
    await clock.until(() => late.merged.length > 0)
    const { outcome, statistics } = late.merged[0]!
    assert.equal(outcome.digest, ann.merged[0]!.outcome.digest)
    assert.deepEqual([...statistics!.values], [2, 4, 5, 0])
  })
})

describe('the statistics of a merged model, while members come and go,', () => {
  it('are merged by those who are left when one has died since it gave its model', async (test) => {
    let here: readonly string[] = IDS
    const { clock, net, ann, bob } = setUp(test, { normalised: true, here: () => here })
    net.loses((_from, { type }) => {
      if (type === 'result') {
        here = ['ann', 'bob']
        net.down.add('cem')
      }
      return false
    })
    ann.merges.call()
    await clock.until(() => [ann, bob].every(({ merged }) => merged.length > 0))
    for (const { merged, merges } of [ann, bob]) {
      assert.deepEqual(merged[0]!.outcome.roster, IDS)
      assert.deepEqual(merged[0]!.statistics!.outcome.roster, ['ann', 'bob'])
      assert.equal(merges.isActive, false)
    }
  })

  it('are none for a peer that read the model when all others were about to leave', async (test) => {
    let isAlone = false
    const { clock, net, ann, allMerged, addMember } = setUp(test, {
      ...{ normalised: true, here: (id) => (id === 'dee' && isAlone ? ['dee'] : IDS) },
    })
    ann.merges.call()
    await clock.until(allMerged(1))
    const call = net.said.find(({ message }) => message.type === 'call')!
    net.loses((_from, { mergeId }) => mergeId.startsWith('2.'))
    net.lies((_from, _request, reply) => {
      isAlone = true
      return reply
    })
    const dee = addMember('dee')
    dee.merges.hear('ann', call.message)
    await clock.until(() => dee.merged.length > 0)
    assert.equal(dee.merged[0]!.statistics, null)
    assert.equal(dee.merged[0]!.outcome.digest, ann.merged[0]!.outcome.digest)
    assert.equal(dee.merges.isActive, false)
  })

  it('are merged by those whose models are in it, however many have joined since', async (test) => {
    const ids = [...IDS, 'dee']
    let here: readonly string[] = ids
    const { clock, net, ann, bob, cem } = setUp(test, { normalised: true, ids, here: () => here })
    net.down.add('dee')
    net.loses((_from, { type }) => {
      // Now three of seven.
      if (type === 'result') here = [...ids, 'eve', 'fay', 'gus']
      return false
    })
    ann.merges.call()
    await clock.until(() => [ann, bob, cem].every(({ merged }) => merged.length > 0))
    for (const { merged, merges } of [ann, bob, cem]) {
      assert.deepEqual(merged[0]!.statistics!.outcome.roster, IDS)
      assert.equal(merges.isActive, false)
    }
  })

  it('are called for at last by a peer that could not read those of others', async (test) => {
    // It hears of statistics, and of votes for them, before it has the weights.
    const { clock, net, ann, addMember, allMerged } = setUp(test, { normalised: true })
    const dee = addMember('dee')
    net.down.add('dee')
    ann.merges.call()
    await clock.until(allMerged(1))
    net.down.delete('dee')
    const said = net.said.slice()
    const hear = (mergeId: string, types: readonly string[]): void => {
      for (const { from, message } of said)
        if (message.mergeId === mergeId && types.includes(message.type)) dee.merges.hear(from, message)
    }
    net.loses(() => true)
    const statistics = ann.merged[0]!.statistics!.outcome.digest
    net.lies((_from, request, reply) =>
      'digest' in request && request.digest === statistics ? { type: 'none' } : reply,
    )
    hear('1.1', ['call'])
    hear('2.1', ['call', 'roster', 'result'])
    await clock.settle()
    assert.equal(dee.merges.phase, 'reading')
    hear('1.1', ['roster', 'result'])
    await clock.until(() => dee.merged.length > 0)
    assert.equal(dee.merged[0]!.statistics, null)
    // It tries once more to read them.
    await clock.until(() => !dee.merges.isActive)
    assert.equal(dee.merged.length, 1)
  })
})

describe('a member that is late', () => {
  it('does not commit to its model where statistics are asked for', async (test) => {
    const estimates = Promise.withResolvers<void>()
    let freezeLate = (): void => {}
    const { clock, ann, cem, members, allMerged } = setUp(test, {
      normalised: true,
      estimate: (id) => estimates.promise.then(() => STATISTICS[id]!),
      freeze: (id, now) => (id === 'cem' ? void (freezeLate = now) : now()),
    })
    ann.merges.call()
    await clock.until(() => cem.estimated.length > 0)
    assert.equal(cem.merges.phase, 'freezing')
    freezeLate()
    await clock.settle()
    assert.equal(cem.merges.phase, 'freezing')
    estimates.resolve()
    await clock.until(allMerged(1))
    for (const { merged } of members)
      assert.deepEqual(merged[0]!.statistics!.outcome.roster, ['ann', 'bob', 'cem'])
  })

  it('may read the statistics before the model', async (test) => {
    const { clock, net, ann, addMember, allMerged } = setUp(test, { normalised: true })
    const dee = addMember('dee')
    net.down.add('dee')
    ann.merges.call()
    await clock.until(allMerged(1))
    net.down.delete('dee')
    const said = net.said.slice()
    const hear = (mergeId: string, types: readonly string[]): void => {
      for (const { from, message } of said)
        if (message.mergeId === mergeId && types.includes(message.type)) dee.merges.hear(from, message)
    }
    net.loses((_from, { mergeId }) => mergeId.startsWith('1.'))
    hear('1.1', ['call'])
    hear('2.1', ['call', 'roster', 'result'])
    await clock.pass(1_000)
    assert.equal(dee.merged.length, 0)
    net.loses(() => false)
    await clock.until(() => dee.merged.length === 1)
    assert.equal(dee.merges.isActive, false)
    assert.deepEqual(dee.merged[0]!.statistics!.values, ann.merged[0]!.statistics!.values)
  })
})

describe('a run that says who may call', () => {
  const run = { finalMerge: { callers: ['bob'] } }

  it('has its statistics merged without the caller too', async (test) => {
    const { clock, ann, bob, cem, net } = setUp(test, { normalised: true, run })
    net.loses((from, { mergeId }) => from === 'bob' && mergeId === '2.1')
    bob.merges.call()
    await clock.until(() => ann.merged.length > 0 && cem.merged.length > 0)
    for (const { merged } of [ann, cem]) {
      const { outcome, statistics } = merged[0]!
      assert.deepEqual(outcome.roster, IDS)
      assert.deepEqual(statistics!.outcome.roster, ['ann', 'cem'])
    }
  })
})

describe('a member that the call does not name', () => {
  it('knows that the merge is under way when the caller goes in the midst, and reads the result', async (test) => {
    let freezeCem = (): void => assert.fail('nobody has asked')
    const { clock, net, members, ann, cem, addMember } = setUp(test, {
      run: { finalMerge: { callers: ['ann'] } },
      freeze: (id, now) => (id === 'cem' ? void (freezeCem = now) : now()),
    })
    const dee = addMember('dee')
    assert.equal(dee.merges.isUnderWay(performance.now()), false)
    ann.merges.call()
    await clock.until(() => cem.merges.phase === 'freezing')
    net.down.add('ann')
    await clock.pass(TIMING.repeatMs)
    assert.equal(dee.merges.isActive, false)
    assert.equal(dee.merges.isUnderWay(performance.now()), true)
    freezeCem()
    await clock.until(() => dee.merged.length > 0)
    assert.equal(dee.merged[0]!.outcome.digest, members[1]!.merged[0]?.outcome.digest)
    assert.equal(dee.merges.isUnderWay(performance.now()), false)
  })
})

describe('two periods', () => {
  for (const { normalised, mergeIds } of [
    { normalised: false, mergeIds: ['1.1', '2.1'] },
    { normalised: true, mergeIds: ['1.1', '3.1'] },
  ]) {
    it(`are merged one after the other ${normalised ? 'with' : 'without'} statistics`, async (test) => {
      const { clock, members, ann, bob, allMerged } = setUp(test, { normalised, run: { periods: 2 } })
      ann.merges.call()
      await clock.until(allMerged(1))
      bob.merges.call()
      await clock.until(allMerged(2))
      for (const { merged, merges, settledAfter } of members) {
        assert.deepEqual(settledAfter, [2])
        assert.deepEqual(
          merged.map(({ period, outcome }) => [period, outcome.mergeId]),
          [
            [1, mergeIds[0]],
            [2, mergeIds[1]],
          ],
        )
        assert.deepEqual([...merged[1]!.weights], [...ramp(LENGTH, 12)])
        assert.equal(merged[1]!.statistics !== null, normalised)
        assert.equal(merges.periodsDone, 2)
      }
    })
  }

  it('are not thrown back by a result of the first that comes after that of the second', async (test) => {
    const ids = [...IDS, 'dee']
    const { clock, net, members, ann, bob } = setUp(test, { run: { periods: 3 }, ids })
    const dee = members[3]!
    bob.merges.call()
    for (let turn = 0; turn < 2; turn++) await setImmediate()
    net.down.add('dee')
    await clock.until(() => dee.abandoned.length > 0 && ann.merged.length === 1)
    net.loses((_from, { mergeId }) => mergeId.startsWith('1.'))
    net.down.delete('dee')
    bob.merges.call()
    await clock.until(() => members.every(({ merged }) => merged.at(-1)?.period === 2))
    net.loses(() => false)
    await clock.pass(20_000)
    assert.deepEqual(
      dee.merged.map(({ period }) => period),
      [2],
    )
    assert.equal(dee.merges.periodsDone, 2)
  })

  it('are not mixed up by statistics that come when the others have gone on', async (test) => {
    const late = Promise.withResolvers<Statistics>()
    let isFirst = true
    const { clock, cem, ann, members, allMerged } = setUp(test, {
      ...{ run: { periods: 2 }, normalised: true },
      estimate(id) {
        if (id !== 'cem' || !isFirst) return Promise.resolve(STATISTICS[id]!)
        isFirst = false
        return late.promise
      },
    })
    ann.merges.call()
    await clock.until(allMerged(1))
    assert.equal(cem.merged[0]!.statistics, null)
    ann.merges.call()
    for (let turn = 0; turn < 6; turn++) await setImmediate()
    late.resolve(STATISTICS.cem!)
    await clock.until(allMerged(2))
    for (const { merged } of members) assert.deepEqual(merged[1]!.outcome.roster, IDS)
  })

  it('leave one that was skipped to the others, and its peer free for the next', async (test) => {
    const frozen: string[] = []
    const { clock, net, members, ann, bob, cem } = setUp(test, {
      run: { periods: 2 },
      freeze(id, now) {
        frozen.push(id)
        now()
      },
    })
    net.loses((_from, { type }) => type === 'commitment')
    bob.merges.call()
    await clock.until(() => members.every(({ abandoned }) => abandoned.length === 1))
    net.loses(() => false)
    ann.merges.skip()
    frozen.length = 0
    bob.merges.call()
    await clock.until(() => [bob, cem].every(({ merged }) => merged.length === 1))
    await clock.pass(20_000)
    assert.deepEqual(frozen, ['bob', 'cem'])
    assert.deepEqual([ann.merged.length, ann.abandoned.length, ann.merges.isActive], [0, 1, false])
    cem.merges.call()
    await clock.until(() => members.every(({ merged }) => merged.at(-1)?.period === 2))
    for (const { merged } of members) assert.deepEqual(merged.at(-1)!.outcome.roster, IDS)
  })

  it('do not begin with one that was skipped before anything of it was heard', async (test) => {
    const { clock, ann, bob, cem } = setUp(test, { run: { periods: 2 } })
    ann.merges.skip()
    bob.merges.call()
    await clock.until(() => [bob, cem].every(({ merged }) => merged.length === 1))
    assert.equal(ann.merges.phase, 'idle')
    assert.equal(ann.merges.isActive, false)
  })

  it('go on where one was skipped', async (test) => {
    const { clock, members, ann } = setUp(test, { run: { periods: 2 } })
    for (const { merges } of members) merges.skip()
    ann.merges.call()
    await clock.until(() => members.every(({ merged }) => merged.length === 1))
    for (const { merged } of members) {
      assert.deepEqual([merged[0]!.period, merged[0]!.outcome.mergeId], [2, '2.1'])
    }
  })
})

describe('a merge that fails', () => {
  it('says in which period, and can be called for again', async (test) => {
    const { clock, net, ann, allMerged } = setUp(test)
    net.down.add('bob').add('cem')
    ann.merges.call()
    await clock.until(() => ann.abandoned.length > 0)
    assert.equal(ann.abandoned[0]!.period, 1)
    assert.deepEqual([ann.merges.isActive, ann.merges.periodsDone], [false, 0])
    net.down.clear()
    ann.merges.call()
    await clock.until(allMerged(1))
  })
})

describe('a call that names more members than a merge can have', () => {
  it('is given up at once by its caller', async (test) => {
    const crowd = Array.from({ length: limits.mergeMembersMax }, (_, i) => `m${i}`)
    const { clock, ann } = setUp(test, { here: () => ['ann', ...crowd] })
    ann.merges.call()
    await clock.settle()
    assert.equal(ann.merges.isActive, false)
    assert.deepEqual(ann.abandoned, [{ period: 1, reason: '251 members are here, and a merge can have 250' }])
  })
})

describe('a call that the run does not allow', () => {
  it('is followed by nobody', async (test) => {
    const { clock, members, ann, bob, allMerged } = setUp(test, { run: { finalMerge: { callers: ['bob'] } } })
    ann.merges.call()
    await clock.pass(1_000)
    assert.ok(members.every(({ merges, abandoned }) => !merges.isActive && abandoned.length === 0))
    bob.merges.call()
    await clock.until(allMerged(1))
  })
})
