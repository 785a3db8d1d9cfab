import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import type { Statistics } from '../../protocols/training/contract.js'
import { ramp } from './merge-network.js'
import { IDS, LENGTH, setUpMerges, STATISTICS } from './merges-of-members.js'

describe('two periods', () => {
  for (const { normalised, mergeIds } of [
    { normalised: false, mergeIds: ['1.1', '2.1'] },
    { normalised: true, mergeIds: ['1.1', '3.1'] },
  ]) {
    it(`are merged one after the other ${normalised ? 'with' : 'without'} statistics`, async (test) => {
      const { clock, members, ann, bob, allMerged } = setUpMerges(test, { normalised, run: { periods: 2 } })
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
    const { clock, net, members, ann, bob } = setUpMerges(test, { run: { periods: 3 }, ids })
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
    const { clock, cem, ann, members, allMerged } = setUpMerges(test, {
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
    const { clock, net, members, ann, bob, cem } = setUpMerges(test, {
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
    ann.merges.skip(1)
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

  it('have the statistics of the second for one that has missed the first, whom it sees then or not', async (test) => {
    const ids = [...IDS, 'dee']
    let isAlone = false
    const { clock, net, members, ann, bob } = setUpMerges(test, {
      ...{ run: { periods: 2 }, normalised: true, ids },
      here: (id) => (id === 'dee' && isAlone ? ['dee'] : ids),
      freeze(id, now) {
        isAlone ||= id === 'dee'
        now()
      },
    })
    const dee = members[3]!
    net.down.add('dee')
    ann.merges.call()
    await clock.until(() => members.slice(0, 3).every(({ merged }) => merged.length === 1))
    net.loses((_from, { mergeId }) => mergeId.startsWith('1.') || mergeId.startsWith('2.'))
    net.down.delete('dee')
    bob.merges.call()
    await clock.until(() => members.every(({ merged }) => merged.at(-1)?.period === 2))
    assert.equal(dee.merged.length, 1)
    for (const { merged } of members) {
      assert.deepEqual(merged.at(-1)!.outcome.roster, ids)
      assert.deepEqual(merged.at(-1)!.statistics!.outcome.roster, ids)
    }
  })

  it('do not begin with one that was skipped before anything of it was heard', async (test) => {
    const { clock, ann, bob, cem } = setUpMerges(test, { run: { periods: 2 } })
    ann.merges.skip(1)
    bob.merges.call()
    await clock.until(() => [bob, cem].every(({ merged }) => merged.length === 1))
    assert.equal(ann.merges.phase, 'idle')
    assert.equal(ann.merges.isActive, false)
  })

  it('go on where one was skipped', async (test) => {
    const { clock, members, ann } = setUpMerges(test, { run: { periods: 2 } })
    for (const { merges } of members) merges.skip(1)
    ann.merges.call()
    await clock.until(() => members.every(({ merged }) => merged.length === 1))
    for (const { merged } of members) {
      assert.deepEqual([merged[0]!.period, merged[0]!.outcome.mergeId], [2, '2.1'])
    }
  })
})
