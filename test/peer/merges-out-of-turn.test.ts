import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { callBytes } from '../../protocols/final-merge/statement.js'
import { limits } from '../../protocols/limits.js'
import { runIdOf } from '../../protocols/run/index.js'
import type { MergeMessage } from '../../protocols/wire/index.js'
import { signaturesOf } from '../harness/swarm/merging.js'
import { TIMING } from './merge-network.js'
import { IDS, setUpMerges, STATISTICS, type MemberOf } from './merges-of-members.js'

/** `liz` answers nobody, and says only what the test says in her name. */
const WITH_LIZ = [...IDS, 'liz']
/** Three calls have ended by then, each within `commitMs` and what follows. */
const THREE_CALLS_S = 60

/** Whether every one of them has merged a period. */
const haveMerged = (members: readonly MemberOf[]): boolean => members.every(({ merged }) => merged.length > 0)

const outOfTurn = (test: TestContext, options: Parameters<typeof setUpMerges>[1]) => {
  const swarm = setUpMerges(test, options)
  const { clock, configuration, net } = swarm
  const run = runIdOf(configuration)
  net.down.add('liz')
  const callOf = (caller: string, mergeId: string, members: readonly string[]): MergeMessage => ({
    ...{ type: 'call', mergeId, members, caller },
    signature: signaturesOf(caller).sign(callBytes({ run, mergeId, members })),
  })
  /** Once a second these call, unless they are in a merge or have had one, until `holds`. */
  const calling = async (callers: readonly MemberOf[], holds: () => boolean): Promise<void> => {
    for (let second = 0; !holds(); second++) {
      assert.ok(second < THREE_CALLS_S, 'waited in vain')
      for (const { merges } of callers) if (!merges.isActive && merges.periodsDone === 0) merges.call()
      for (let step = 0; step < 10; step++) await clock.pass(100)
    }
  }
  /** So many of the four that one of them is honest say it. */
  const hearFromTwo = ({ id, merges }: MemberOf, message: MergeMessage): void => {
    for (const from of ['liz', id === 'ann' ? 'bob' : 'ann']) merges.hear(from, message)
  }
  return {
    ...{ ...swarm, callOf, calling, hearFromTwo },
    honest: swarm.members.filter(({ id }) => id !== 'liz'),
  }
}

describe('a call for statistics before there are weights', () => {
  const settings = { normalised: true, ids: WITH_LIZ }

  it('does not keep the members from their merge', async (test) => {
    const { honest, callOf, calling } = outOfTurn(test, settings)
    for (const { merges } of honest) merges.hear('liz', callOf('liz', '2.1', WITH_LIZ))
    await calling(honest, () => haveMerged(honest))
    for (const { merged, merges } of honest) {
      assert.deepEqual(merged[0]!.outcome.roster, IDS)
      assert.deepEqual(merged[0]!.statistics!.outcome.roster, IDS)
      assert.deepEqual([merges.periodsDone, merges.isActive], [1, false])
    }
  })

  it('changes as little when it is made ever anew', async (test) => {
    const { honest, callOf, calling, net } = outOfTurn(test, settings)
    const timesOf = (type: string): number => net.said.filter(({ message }) => message.type === type).length
    for (let sequence = 1; sequence <= 20; sequence++) {
      const call = callOf('liz', `2.${sequence}`, WITH_LIZ)
      for (const { merges } of honest) merges.hear('liz', call)
    }
    // Each asks once what became of the weights.
    assert.deepEqual([timesOf('call'), timesOf('ask')], [0, 3])
    assert.ok(honest.every(({ merges }) => !merges.isActive))
    await calling(honest, () => haveMerged(honest))
    for (const { merged } of honest) assert.deepEqual(merged[0]!.outcome.roster, IDS)
  })

  it('does not count against the merge of weights, which is given up as often as any', async (test) => {
    const { honest, callOf, clock, net } = outOfTurn(test, settings)
    const [ann] = honest
    net.down.add('bob').add('cem')
    for (const mergeId of ['2.1', '2.2']) ann!.merges.hear('liz', callOf('liz', mergeId, WITH_LIZ))
    ann!.merges.call()
    await clock.until(() => ann!.abandoned.length > 0)
    assert.deepEqual(
      ann!.abandoned.map(({ period }) => period),
      [1],
    )
  })
})

describe('a newcomer that hears of the statistics first', () => {
  it('asks for the weights, reads them, and is in the statistics that are still to be taken', async (test) => {
    const gate = Promise.withResolvers<void>()
    const { clock, ann, members, addMember, allMerged } = outOfTurn(test, {
      ...{ normalised: true, here: () => [...IDS, 'dee'] },
      estimate: (id) => gate.promise.then(() => STATISTICS[id]!),
    })
    ann.merges.call()
    await clock.until(() => members.every(({ estimated }) => estimated.length > 0))
    const dee = addMember('dee')
    await clock.until(() => dee.estimated.length > 0)
    gate.resolve()
    await clock.until(() => allMerged(1)() && dee.merged.length > 0)
    for (const { merged, merges } of [...members, dee]) {
      assert.deepEqual(merged[0]!.outcome.roster, IDS)
      assert.equal(merged[0]!.outcome.digest, ann.merged[0]!.outcome.digest)
      assert.deepEqual(merged[0]!.statistics!.outcome.roster, [...IDS, 'dee'])
      assert.deepEqual([merges.periodsDone, merges.isActive], [1, false])
    }
  })

  it('reads both when the others are done, though it may not call', async (test) => {
    const { clock, net, ann, addMember, allMerged } = outOfTurn(test, {
      ...{ normalised: true, here: () => [...IDS, 'dee'], run: { finalMerge: { callers: ['ann'] } } },
    })
    ann.merges.call()
    await clock.until(allMerged(1))
    const dee = addMember('dee')
    const word = net.said.findLast(({ message: { mergeId } }) => mergeId === '2.1')!
    dee.merges.hear(word.from, word.message)
    await clock.until(() => dee.merged.length > 0)
    assert.equal(dee.merged[0]!.outcome.digest, ann.merged[0]!.outcome.digest)
    assert.equal(dee.merged[0]!.statistics!.outcome.digest, ann.merged[0]!.statistics!.outcome.digest)
  })

  it('asks again when it is not answered, as often as any that lacks a result', async (test) => {
    const { clock, net, ann, addMember, allMerged } = outOfTurn(test, {
      ...{ normalised: true, here: () => [...IDS, 'dee'] },
    })
    ann.merges.call()
    await clock.until(allMerged(1))
    await clock.pass(TIMING.repeatMs)
    const dee = addMember('dee')
    const word = net.said.findLast(({ message: { mergeId } }) => mergeId === '2.1')!
    let asked = 0
    net.loses((from, { type, mergeId }) => {
      if (from === 'dee' && type === 'ask' && mergeId === '1.1') asked += 1
      return from === 'dee'
    })
    dee.merges.hear(word.from, word.message)
    dee.merges.hear(word.from, word.message)
    assert.equal(asked, 1)
    await clock.pass(4 * TIMING.repeatMs)
    assert.equal(asked, 2)
    net.loses(() => false)
    await clock.until(() => dee.merged.length > 0)
    assert.equal(dee.merged[0]!.outcome.digest, ann.merged[0]!.outcome.digest)
  })

  it('asks no more when nobody answers for long', async (test) => {
    const { clock, net, ann, addMember, allMerged } = outOfTurn(test, {
      ...{ normalised: true, here: () => [...IDS, 'dee'] },
    })
    ann.merges.call()
    await clock.until(allMerged(1))
    const dee = addMember('dee')
    const word = net.said.findLast(({ message: { mergeId } }) => mergeId === '2.1')!
    let asked = 0
    net.loses((from) => {
      if (from === 'dee') asked += 1
      return true
    })
    dee.merges.hear(word.from, word.message)
    // The longest wait: 4 · 2^4 repetitions.
    for (let times = 0; times < limits.mergeAsksMax + 5; times++) await clock.pass(64 * TIMING.repeatMs)
    assert.equal(asked, limits.mergeAsksMax)
    assert.equal(dee.merges.isActive, false)
  })
})

describe('a merge that a later one has followed', () => {
  const settings = { run: { periods: 2 }, ids: WITH_LIZ }

  it('is not gone back to when the later one is given up: that one is called for again', async (test) => {
    const { clock, net, honest, callOf, calling, hearFromTwo } = outOfTurn(test, settings)
    net.loses((_from, { type, mergeId }) => type === 'commitment' && mergeId === '2.1')
    for (const member of honest) {
      const word = { type: 'commitment', mergeId: '1.1', digest: 'd'.repeat(64), samples: 1 } as const
      member.merges.hear('liz', word)
      hearFromTwo(member, callOf('liz', '2.1', WITH_LIZ))
    }
    await clock.until(() => honest.every(({ abandoned }) => abandoned.length > 0))
    await calling(honest, () => haveMerged(honest))
    for (const { merged, abandoned, merges } of honest) {
      assert.deepEqual(
        abandoned.map(({ period }) => period),
        [2],
      )
      assert.deepEqual([merged[0]!.period, merged[0]!.outcome.mergeId], [2, '2.2'])
      assert.deepEqual(merged[0]!.outcome.roster, IDS)
      assert.equal(merges.periodsDone, 2)
    }
  })

  it('freezes nothing and gives nothing up, whoever calls for it once more', async (test) => {
    const frozen: string[] = []
    const { clock, net, cem, callOf, hearFromTwo } = outOfTurn(test, {
      ...settings,
      freeze(id, now) {
        frozen.push(id)
        now()
      },
    })
    net.down.add('ann').add('bob')
    cem.merges.hear('ann', callOf('ann', '1.1', ['ann', 'bob', 'liz']))
    hearFromTwo(cem, callOf('ann', '2.1', WITH_LIZ))
    await clock.settle()
    cem.merges.hear('bob', callOf('bob', '1.2', WITH_LIZ))
    await clock.until(() => cem.abandoned.length > 0)
    await clock.pass(2 * TIMING.commitMs)
    assert.deepEqual(frozen, ['cem'])
    assert.deepEqual(
      cem.abandoned.map(({ period }) => period),
      [2],
    )
  })

  it('is not called for any more by a peer that waited for others to end theirs', async (test) => {
    const { clock, net, cem, callOf, hearFromTwo } = outOfTurn(test, settings)
    net.down.add('ann').add('bob')
    const others = ['ann', 'bob', 'liz']
    cem.merges.hear('ann', callOf('ann', '1.1', others))
    for (const from of others) {
      const word = { type: 'commitment', mergeId: '1.1', digest: 'd'.repeat(64), samples: 1 } as const
      cem.merges.hear(from, word)
    }
    cem.merges.call()
    await clock.pass(1_000)
    assert.equal(cem.merges.isActive, false)
    hearFromTwo(cem, callOf('ann', '2.1', WITH_LIZ))
    await clock.until(() => cem.abandoned.length > 0)
    await clock.pass(2 * TIMING.commitMs)
    assert.ok(net.said.every(({ message }) => message.type !== 'call' || message.mergeId === '2.1'))
    assert.equal(cem.abandoned.length, 1)
  })

  it('is that of all still, when one who may call has spoken of a later one alone, or a stranger has', async (test) => {
    const { honest, callOf, calling } = outOfTurn(test, settings)
    for (const { merges } of honest) {
      merges.hear('liz', callOf('liz', '2.1', WITH_LIZ))
      merges.hear('zoe', callOf('zoe', '2.1', ['zoe']))
      merges.hear('zoe', callOf('zoe', '2.1', [...WITH_LIZ, 'zoe']))
    }
    await calling(honest, () => haveMerged(honest))
    for (const { merged } of honest) {
      assert.deepEqual([merged[0]!.period, merged[0]!.outcome.mergeId], [1, '1.1'])
      assert.deepEqual(merged[0]!.outcome.roster, IDS)
    }
  })

  it('still answers those who have not got its result', async (test) => {
    const { clock, net, ann, bob, members, addMember } = outOfTurn(test, { run: { periods: 3 } })
    ann.merges.call()
    await clock.until(() => members.every(({ merged }) => merged.length === 1))
    bob.merges.call()
    await clock.until(() => members.every(({ merged }) => merged.length === 2))
    const before = net.said.length
    const dee = addMember('dee')
    const call = net.said.find(({ message }) => message.type === 'call')!
    dee.merges.hear(call.from, call.message)
    await clock.until(() => dee.merged.length > 0)
    assert.equal(dee.merged[0]!.outcome.digest, ann.merged[0]!.outcome.digest)
    assert.ok(net.said.length > before)
  })
})
