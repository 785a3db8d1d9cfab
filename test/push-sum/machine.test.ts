import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  createPushSum,
  PROJECTIONS,
  type Consensus,
  type ParcelLabel,
  type PushSumEffect,
  type PushSumEvent,
  type StateMessage,
} from '../../protocols/final-merge/push-sum/index.js'
import { rosterDigest } from '../../protocols/final-merge/roster.js'

const timing = { repeatMs: 10, patienceMs: 100, lagMs: 300, writeOffMs: 1_000, deadlineMs: 5_000 }

const valuesOf = (estimate: number): number[] => [
  Math.abs(estimate),
  ...Array.from({ length: PROJECTIONS }, () => estimate),
]

const consensusOf = (members: readonly string[], over: Partial<Consensus> = {}): Consensus => ({
  epoch: 1,
  view: rosterDigest(['a', 'b', 'c']),
  contributions: members.map((member) => ({ member, share: 1, kept: 1 })),
  low: valuesOf(4),
  high: valuesOf(4),
  ...over,
})

const stateOf = (over: Partial<StateMessage> = {}): StateMessage => ({
  ...{ type: 'state', mergeId: 'm', session: 's', gone: [], done: false, edges: [] },
  consensus: consensusOf([]),
  ...over,
})

const labelOf = (over: Partial<ParcelLabel> = {}): ParcelLabel => ({
  ...{ session: 's', segment: 1, after: 0, version: 1, weight: 0.5, epoch: 1 },
  ...over,
})

/** Peer b between a and c. */
const machineOf = (neighbours: readonly string[] = ['a', 'c']) => {
  const machine = createPushSum({
    ...{ self: 'b', mergeId: 'm', session: 'mine', neighbours, tolerance: 1e-3, timing },
  })
  const said: StateMessage[] = []
  const handle = (event: PushSumEvent, nowMs = 0): PushSumEffect[] => {
    const effects = machine.handle(event, nowMs)
    for (const effect of effects) {
      if (effect.type === 'say' && effect.message.type === 'state') said.push(effect.message)
    }
    return effects
  }
  const hear = (from: string, over: Partial<StateMessage>, nowMs = 0): PushSumEffect[] =>
    handle({ type: 'message', from, message: stateOf(over) }, nowMs)
  const edge = (offers: number, taken: number | null) => ({ edges: [{ with: 'b', offers, taken }] })
  return { machine, said, handle, hear, edge }
}

/** Called and frozen, with its values in the first epoch; nobody has been heard. */
const summing = (neighbours?: readonly string[]) => {
  const all = machineOf(neighbours)
  all.handle({ type: 'call', members: ['a', 'b', 'c'] })
  all.handle({ type: 'frozen', share: 1 })
  all.handle({ type: 'projected', epoch: 1, values: valuesOf(4) })
  return all
}

const typesOf = (effects: readonly PushSumEffect[]): string[] => effects.map(({ type }) => type)

describe('the push-sum machine', () => {
  it('freezes at the first word about the merge, passes the call on, and asks its neighbours', () => {
    const { handle, machine } = machineOf()
    const call = { type: 'call', mergeId: 'm', members: ['a', 'b', 'c'] } as const
    assert.deepEqual(typesOf(handle({ type: 'message', from: 'a', message: call })), [
      ...['say', 'freeze', 'setTick'],
    ])
    assert.equal(machine.phase, 'freezing')
    assert.deepEqual(handle({ type: 'frozen', share: 1 }).slice(-2), [
      { type: 'pull', from: 'a', newerThan: 0 },
      { type: 'pull', from: 'c', newerThan: 0 },
    ])
  })

  it('gives no mass to a neighbour before that one has had an answer', () => {
    const { hear, edge, handle } = summing()
    assert.deepEqual(typesOf(hear('a', edge(0, null))), [])
    assert.deepEqual(typesOf(hear('a', edge(0, 0))), [])
    // c is silent: after its patience b splits for a alone.
    const effects = handle({ type: 'tick' }, 100)
    assert.deepEqual(
      effects.find(({ type }) => type === 'split'),
      { type: 'split', epoch: 1, segment: 1, version: 1, readers: ['a'] },
    )
  })

  const bothRead = () => {
    const all = summing()
    all.hear('a', all.edge(0, 0))
    all.hear('c', all.edge(0, 0))
    for (const from of ['a', 'c']) all.handle({ type: 'pullEnded', from, answered: true })
    all.handle({ type: 'split', version: 1, weight: 1 / 3, values: valuesOf(4) })
    all.handle({ type: 'tick' }, 10)
    return all
  }

  it('offers a version to its readers, serves it, and waits for something to come before the next', () => {
    const { said, handle } = bothRead()
    assert.deepEqual(said.at(-1)!.edges, [
      { with: 'a', offers: 1, taken: 0 },
      { with: 'c', offers: 1, taken: 0 },
    ])
    assert.deepEqual(handle({ type: 'asked', from: 'a', version: 0 }), [
      { type: 'serve', to: 'a', segment: 1, after: 0 },
    ])
    assert.deepEqual(handle({ type: 'asked', from: 'a', version: 1 }), [
      { type: 'serve', to: 'a', segment: null, after: 0 },
    ])
    assert.deepEqual(handle({ type: 'asked', from: 'stranger', version: 0 }), [
      { type: 'serve', to: 'stranger', segment: null, after: 0 },
    ])
    assert.ok(!typesOf(handle({ type: 'tick' }, 110)).includes('split'))
  })

  it('absorbs a version once: duplicates, old ones and gaps change nothing', () => {
    const { handle } = bothRead()
    const pulled = (over: Partial<ParcelLabel>) =>
      typesOf(handle({ type: 'pulled', from: 'a', label: labelOf(over) }, 11))
    assert.ok(pulled({ version: 2 }).includes('absorb'))
    assert.ok(!pulled({ version: 2 }).includes('absorb'))
    assert.ok(!pulled({ version: 1 }).includes('absorb'))
    assert.ok(!pulled({ version: 9, weight: 0.1 }).includes('absorb'), 'weight never shrinks')
    assert.ok(!pulled({ version: 9, weight: NaN }).includes('absorb'))
    assert.ok(!pulled({ segment: 2, after: 3, version: 4 }).includes('absorb'), 'version 3 is missing')
    assert.ok(!pulled({ session: 'other', version: 9 }).includes('absorb'))
    assert.ok(pulled({ version: 3 }).includes('absorb'))
    assert.ok(pulled({ segment: 2, after: 3, version: 4, weight: 0.1 }).includes('absorb'))
  })

  it('takes part in an epoch before it absorbs mass of it', () => {
    const { handle } = bothRead()
    const effects = handle({ type: 'pulled', from: 'a', label: labelOf({ epoch: 4 }) }, 11)
    assert.deepEqual(effects.slice(0, 2), [
      { type: 'project', epoch: 4 },
      { type: 'absorb', from: 'a', isNewSegment: true },
    ])
  })

  it('contributes the estimates of all mass that nobody has said to have taken', () => {
    const { handle, hear, said, edge } = bothRead()
    // Version 1, of estimate 4, is not taken; the estimate has moved to 6 since.
    handle({ type: 'pulled', from: 'a', label: labelOf({ epoch: 2 }) }, 11)
    handle({ type: 'projected', epoch: 2, values: valuesOf(6) }, 12)
    assert.deepEqual(said.at(-1)!.consensus.low, valuesOf(4))
    assert.deepEqual(said.at(-1)!.consensus.high, valuesOf(6))
    hear('a', edge(1, 1), 13)
    hear('c', edge(1, 1), 13)
    hear('c', { consensus: consensusOf([], { epoch: 3 }) }, 14)
    handle({ type: 'projected', epoch: 3, values: valuesOf(6) }, 15)
    assert.deepEqual(said.at(-1)!.consensus.low, valuesOf(6))
  })

  it('merges when all members are in an epoch and near enough', () => {
    const { hear, machine } = summing()
    hear('a', { consensus: consensusOf(['a'], { high: valuesOf(4.001) }) })
    assert.equal(machine.phase, 'summing')
    const effects = hear('a', { consensus: consensusOf(['a', 'c']) })
    const { error, ...outcome } = effects.find((effect) => effect.type === 'merged')!
    // Widths of 0.001 over a norm of 4.
    assert.ok(Math.abs(error - 0.00025) < 1e-12)
    assert.deepEqual(outcome, {
      ...{ type: 'merged', iterations: 0, members: ['a', 'b', 'c'], share: 3, weight: 3 },
    })
  })

  it('does not merge when they are too far apart, and enters the next epoch', () => {
    const { hear, handle, machine } = summing()
    hear('a', { consensus: consensusOf(['a', 'c'], { high: valuesOf(4.1) }) })
    assert.equal(machine.phase, 'summing')
    assert.ok(handle({ type: 'tick' }, 10).some((effect) => effect.type === 'project' && effect.epoch === 2))
  })

  it('does not put numbers of peers together that expect other members', () => {
    const { hear, machine } = summing()
    hear('a', { consensus: consensusOf(['a', 'c'], { view: rosterDigest(['a', 'c']) }) })
    assert.equal(machine.phase, 'summing')
  })

  it('does not merge before it knows who is expected', () => {
    const { hear, handle, machine } = machineOf(['a'])
    hear('a', {})
    handle({ type: 'frozen', share: 1 })
    handle({ type: 'projected', epoch: 1, values: valuesOf(4) })
    hear('a', { consensus: consensusOf(['a'], { view: rosterDigest(['a', 'b']) }) })
    assert.equal(machine.phase, 'summing')
  })

  it('ends with those that have ended, and tells so whoever has not', () => {
    const { hear, machine } = summing()
    hear('a', { done: true, consensus: consensusOf(['a', 'b', 'c'], { epoch: 7 }) })
    assert.equal(machine.phase, 'merged')
    assert.deepEqual(hear('c', { done: true }), [])
    const [tell] = hear('c', {})
    assert.ok(tell?.type === 'tell' && tell.to === 'c')
    assert.ok(tell.message.type === 'state' && tell.message.done)
  })

  it('keeps its own model when the others have merged without it', () => {
    const { hear, machine } = summing()
    hear('a', { done: true, consensus: consensusOf(['a', 'c']) })
    assert.equal(machine.phase, 'abandoned')
  })

  it('ignores another merge, its own echo, and numbers that are none', () => {
    const { hear, machine } = summing()
    hear('a', { mergeId: 'other', done: true, consensus: consensusOf(['a', 'b', 'c']) })
    hear('b', { done: true, consensus: consensusOf(['a', 'b', 'c']) })
    const bad = { contributions: [{ member: 'a', share: NaN, kept: 1 }] }
    for (const over of [{ low: [] }, { epoch: 0.5 }, { low: valuesOf(NaN) }, { low: valuesOf(9) }, bad]) {
      hear('a', { done: true, consensus: consensusOf(['a', 'b', 'c'], over) })
    }
    assert.equal(machine.phase, 'summing')
  })

  it('begins a new running sum when its readers change, and serves the old one to those it was for', () => {
    const { hear, handle, edge } = bothRead()
    handle({ type: 'pulled', from: 'c', label: labelOf() }, 11)
    // a has taken nothing of two versions: it gets no third.
    handle({ type: 'tick' }, 120)
    handle({ type: 'split', version: 2, weight: 0.4, values: valuesOf(4) }, 121)
    hear('c', edge(2, 2), 122)
    handle({ type: 'pulled', from: 'c', label: labelOf({ version: 2 }) }, 123)
    const split = handle({ type: 'tick' }, 230).find(({ type }) => type === 'split')
    assert.deepEqual(split, { type: 'split', epoch: 1, segment: 2, version: 3, readers: ['c'] })
    handle({ type: 'split', version: 3, weight: 0.1, values: valuesOf(4) }, 231)
    assert.deepEqual(handle({ type: 'asked', from: 'a', version: 0 }, 232), [
      { type: 'serve', to: 'a', segment: 1, after: 0 },
    ])
    assert.deepEqual(handle({ type: 'asked', from: 'c', version: 2 }, 232), [
      { type: 'serve', to: 'c', segment: 2, after: 2 },
    ])
    // Once a has it, nobody needs the old one, and a is a reader again.
    assert.ok(typesOf(hear('a', edge(0, 2), 233)).includes('release'))
  })

  it('gives up at the deadline and reports the last error it knows', () => {
    const { handle, hear } = summing()
    hear('a', { consensus: consensusOf(['a', 'c'], { high: valuesOf(8) }) })
    // Widths of 4 over a norm of 4.
    assert.deepEqual(handle({ type: 'tick' }, 5_000)[0], {
      ...{ type: 'abandoned', reason: 'the estimates were not near enough in time', error: 1 },
    })
  })
})
