import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { MergedPeriod } from '../../node/peer/merge/merges.js'
import { limits } from '../../protocols/limits.js'
import { parseRunConfiguration, runIdOf } from '../../protocols/run/index.js'
import { ramp, TIMING } from './merge-network.js'
import { LENGTH, setUpMerges } from './merges-of-members.js'

describe('the merge of a period', () => {
  it('is one of weights, with a certificate that holds', async (test) => {
    const { clock, members, ann, bob, allMerged, configuration } = setUpMerges(test)
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
    const { clock, ann, allMerged } = setUpMerges(test, { run: { finalMerge: { weights: 'samples' } } })
    ann.merges.call()
    await clock.until(allMerged(1))
    // (1·1 + 2·2 + 3·3) / 6, and a 6th of it is no float32: about.
    ann.merged[0]!.weights.forEach((value, index) => {
      assert.ok(Math.abs(value - (14 / 6 + index / 1024)) < 1e-6)
    })
  })

  it('notes its words under the run: a folder may serve for another', async (test) => {
    const { clock, ann, allMerged, claimed, configuration } = setUpMerges(test)
    ann.merges.call()
    await clock.until(allMerged(1))
    assert.ok(claimed.length > 0)
    for (const slot of claimed) assert.equal(slot.split(' ')[0], runIdOf(configuration))
  })
})

describe('the calls of a member that knows of earlier ones from its folder', () => {
  it('come after the newest of them, though it took no part in those before', async (test) => {
    const run = runIdOf(parseRunConfiguration({}))
    const commitments = [`${run} commitment 1.2`, `${run} commitment 2.6`, 'other commitment 1.7']
    const { clock, ann, allMerged } = setUpMerges(test, {
      claims: () => [...commitments, `${run} roster 1.8 1`].map((slot) => [slot, 'said before']),
    })
    ann.merges.call()
    await clock.until(allMerged(1))
    assert.equal(ann.merged[0]!.outcome.mergeId, '1.3')
  })
})

describe('a member that the call does not name', () => {
  it('knows that the merge is under way when the caller goes in the midst, and reads the result', async (test) => {
    let freezeCem = (): void => assert.fail('nobody has asked')
    const { clock, net, members, ann, cem, addMember } = setUpMerges(test, {
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

describe('a merge that fails', () => {
  it('says in which period, and can be called for again', async (test) => {
    const { clock, net, ann, allMerged } = setUpMerges(test)
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
    const { clock, ann } = setUpMerges(test, { here: () => ['ann', ...crowd] })
    ann.merges.call()
    await clock.settle()
    assert.equal(ann.merges.isActive, false)
    assert.deepEqual(ann.abandoned, [{ period: 1, reason: '251 members are here, and a merge can have 250' }])
  })
})

describe('a call that the run does not allow', () => {
  it('is followed by nobody', async (test) => {
    const { clock, members, ann, bob, allMerged } = setUpMerges(test, {
      run: { finalMerge: { callers: ['bob'] } },
    })
    ann.merges.call()
    await clock.pass(1_000)
    assert.ok(members.every(({ merges, abandoned }) => !merges.isActive && abandoned.length === 0))
    bob.merges.call()
    await clock.until(allMerged(1))
  })
})
