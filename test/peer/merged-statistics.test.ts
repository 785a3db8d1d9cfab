import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import type { MergedPeriod } from '../../node/peer/merge/merges.js'
import type { Statistics } from '../../protocols/training/contract.js'
import type { MergeMessage } from '../../protocols/wire/index.js'
import { ramp } from './merge-network.js'
import { IDS, LENGTH, setUpMerges, STATISTICS } from './merges-of-members.js'

/** The three have merged model and statistics while a fourth was away, who is back now and has heard nothing. */
const mergedWithoutDee = async (test: TestContext) => {
  const { clock, net, ann, addMember, tell, allMerged } = setUpMerges(test, { normalised: true })
  const dee = addMember('dee')
  net.down.add('dee')
  ann.merges.call()
  await clock.until(allMerged(1))
  net.down.delete('dee')
  const hear = (mergeId: string, ...kinds: readonly MergeMessage['type'][]): void =>
    tell(dee, mergeId, ...kinds)
  return { clock, net, ann, dee, hear }
}

describe('the statistics of a merged model', () => {
  it('are merged too: those of the data of all, over the model of all', async (test) => {
    const { clock, members, ann, cem, allMerged } = setUpMerges(test, { normalised: true })
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
    const { clock, members, ann, allMerged } = setUpMerges(test, { normalised: true, estimate })
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
    const { clock, members, ann, allMerged } = setUpMerges(test, {
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
    const { clock, ann, allMerged, addMember, tell } = setUpMerges(test, { normalised: true })
    ann.merges.call()
    await clock.until(allMerged(1))
    const late = addMember('dee')
    tell(late, '1.1', 'call')
    await clock.until(() => late.merged.length > 0)
    const { outcome, statistics } = late.merged[0]!
    assert.equal(outcome.digest, ann.merged[0]!.outcome.digest)
    assert.deepEqual([...statistics!.values], [2, 4, 5, 0])
  })
})

describe('the statistics of a merged model, while members come and go,', () => {
  it('are merged by those who are left when one has died since it gave its model', async (test) => {
    let here: readonly string[] = IDS
    const { clock, net, ann, bob } = setUpMerges(test, { normalised: true, here: () => here })
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
    const { clock, net, ann, allMerged, addMember, tell } = setUpMerges(test, {
      ...{ normalised: true, here: (id) => (id === 'dee' && isAlone ? ['dee'] : IDS) },
    })
    ann.merges.call()
    await clock.until(allMerged(1))
    net.loses((_from, { mergeId }) => mergeId.startsWith('2.'))
    net.lies((_from, _request, reply) => {
      isAlone = true
      return reply
    })
    const dee = addMember('dee')
    tell(dee, '1.1', 'call')
    await clock.until(() => dee.merged.length > 0)
    assert.equal(dee.merged[0]!.statistics, null)
    assert.equal(dee.merged[0]!.outcome.digest, ann.merged[0]!.outcome.digest)
    assert.equal(dee.merges.isActive, false)
  })

  it('are merged by those whose models are in it, however many have joined since', async (test) => {
    const ids = [...IDS, 'dee']
    let here: readonly string[] = ids
    const { clock, net, ann, bob, cem } = setUpMerges(test, { normalised: true, ids, here: () => here })
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

  it('are none for a peer that read the model, and can read them from nobody', async (test) => {
    const { clock, net, ann, dee, hear } = await mergedWithoutDee(test)
    net.loses(() => true)
    const statistics = ann.merged[0]!.statistics!.outcome.digest
    net.lies((_from, request, reply) =>
      'digest' in request && request.digest === statistics ? { type: 'none' } : reply,
    )
    hear('1.1', 'call', 'roster', 'result')
    await clock.until(() => dee.estimated.length > 0)
    hear('2.1', 'call', 'roster', 'result')
    await clock.settle()
    assert.deepEqual([dee.merges.phase, dee.merged.length], ['reading', 0])
    await clock.until(() => dee.merged.length > 0)
    assert.equal(dee.merged[0]!.statistics, null)
    assert.equal(dee.merged[0]!.outcome.digest, ann.merged[0]!.outcome.digest)
    assert.equal(dee.merges.isActive, false)
  })
})

describe('a member that is late', () => {
  it('does not commit to its model where statistics are asked for', async (test) => {
    const estimates = Promise.withResolvers<void>()
    let freezeLate = (): void => {}
    const { clock, ann, cem, members, allMerged } = setUpMerges(test, {
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

  it('may hear of the statistics before the model', async (test) => {
    const { clock, net, ann, dee, hear } = await mergedWithoutDee(test)
    net.loses((_from, { mergeId }) => mergeId.startsWith('1.'))
    hear('1.1', 'call')
    hear('2.1', 'call', 'roster', 'result')
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
    const { clock, ann, bob, cem, net } = setUpMerges(test, { normalised: true, run })
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
