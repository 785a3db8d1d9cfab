import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  createGossipLearning,
  createSchedule,
  type GossipEffect,
  type GossipLearningConfig,
} from '../../protocols/gossip-learning/index.js'
import { createTopology } from '../../protocols/topology/index.js'
import type { Head } from '../../protocols/wire/types.js'

/** Cases that the swarm test (test/swarm) found. Weights are opaque to the engine, so here they are words. */
const ALL = ['ann', 'bob', 'me']

const engineOf = ({
  schedule = 'every:1',
  ...overrides
}: Partial<Omit<GossipLearningConfig, 'schedule'>> & { schedule?: string } = {}) => {
  const engine = createGossipLearning<string>({
    self: 'me',
    seed: 1,
    topology: createTopology('full', 1),
    schedule: createSchedule(schedule, { rounds: 1 }),
    mode: 'async',
    mixing: 'metropolis-hastings',
    catchUp: 0,
    rounds: 1,
    localSteps: 10,
    ...overrides,
  })
  engine.handle({ type: 'members', members: ALL }, 0)
  return engine
}

const head = (overrides: Partial<Head> = {}): Head => ({
  ...{ version: 1, round: 1, samples: 320, digest: '00'.repeat(32), degree: 2 },
  ...{ finished: false, loss: 1, accuracy: null, ...overrides },
})

const start = { type: 'start', weights: 'initial', late: false } as const
const late = { ...start, late: true } as const
const trained = (weights: string) => ({ type: 'trained', weights, loss: 0.5, samples: 320 }) as const
const kinds = (effects: GossipEffect<string>[]) => effects.map(({ type }) => type)
const pullsOf = (effects: GossipEffect<string>[]) =>
  effects.flatMap((effect) => (effect.type === 'pull' ? [effect.from] : []))

describe('a member that was out of sight for a while', () => {
  it('has a snapshot that was mixed before not mixed a second time', () => {
    const engine = engineOf({ rounds: 9 })
    const pulled = { type: 'pulled', from: 'ann', head: head(), weights: 'a1' } as const
    engine.handle(start, 0)
    engine.handle(pulled, 5)
    assert.ok(kinds(engine.handle(trained('t1'), 10)).includes('mix'))
    engine.handle({ type: 'mixed', weights: 'm1' }, 10)
    engine.handle({ type: 'members', members: ['bob', 'me'] }, 11)
    engine.handle({ type: 'members', members: ALL }, 12)
    engine.handle(pulled, 15)
    assert.equal(engine.state.inboxSize, 0)
    assert.ok(!kinds(engine.handle(trained('t2'), 20)).includes('mix'))
  })

  it('is asked only for what is newer than what was mixed', () => {
    const engine = engineOf({ rounds: 9 })
    engine.handle(start, 0)
    engine.handle({ type: 'pulled', from: 'ann', head: head({ version: 7 }), weights: 'a7' }, 5)
    engine.handle({ type: 'members', members: ['bob', 'me'] }, 6)
    engine.handle({ type: 'members', members: ALL }, 7)
    const asked = engine.handle(trained('t1'), 10)
    assert.deepEqual(
      asked.filter(({ type }) => type === 'pull'),
      [
        { type: 'pull', from: 'ann', newerThan: 7 },
        { type: 'pull', from: 'bob', newerThan: -1 },
      ],
    )
  })
})

describe('a peer that joins late', () => {
  it('begins alone when it hears members again and again but never gets an answer', () => {
    const engine = engineOf({ rounds: 99 })
    let version = 1
    const announce = (from: string) =>
      engine.handle({ type: 'head', from, head: head({ version, round: version++ }) }, 0)
    announce('ann')
    assert.deepEqual(pullsOf(engine.handle(late, 1)), ['ann'])
    // A cut one way: announcements come, answers do not. Eight pulls end without one.
    const order = ['ann', 'bob', 'ann', 'bob', 'ann', 'bob', 'ann', 'bob']
    order.forEach((from, index) => {
      const next = from === 'ann' ? 'bob' : 'ann'
      announce(next)
      const effects = engine.handle({ type: 'pullEnded', from }, 2 + index)
      if (index < 7) assert.deepEqual(pullsOf(effects), [next])
      else assert.deepEqual(kinds(effects), ['train'])
    })
  })

  it('does not wait for ever on a member that serves a round that the run does not have', () => {
    const engine = engineOf({ rounds: 3 })
    engine.handle({ type: 'head', from: 'ann', head: head({ round: 2 }) }, 0)
    engine.handle(late, 1)
    const lie = { type: 'pulled', from: 'ann', head: head({ round: 4 }), weights: 'a' } as const
    assert.deepEqual(kinds(engine.handle(lie, 2)), ['train'])
  })

  it('publishes the finished model that it joined with, so that its neighbours hear that it is done', () => {
    const engine = engineOf({ rounds: 3 })
    engine.handle({ type: 'head', from: 'ann', head: head({ round: 3, finished: true }) }, 0)
    engine.handle(late, 1)
    const effects = engine.handle(
      { type: 'pulled', from: 'ann', head: head({ round: 3, finished: true }), weights: 'a' },
      5,
    )
    const publish = effects.find((effect) => effect.type === 'publish')
    assert.equal(publish?.weights, 'a')
    assert.equal(publish?.head.finished, true)
  })
})

describe('a peer that is restarted', () => {
  it('announces again that it is done, above the versions it used before', () => {
    const engine = engineOf({ rounds: 3, firstVersion: 8 })
    const effects = engine.handle({ ...start, done: { round: 3, samples: 960 } }, 0)
    assert.deepEqual(kinds(effects).slice(0, 2), ['publish', 'finished'])
    const publish = effects.find((effect) => effect.type === 'publish')
    assert.deepEqual([publish?.head.version, publish?.head.round, publish?.head.samples], [8, 3, 960])
  })
})

describe('a finished peer whose neighbour’s last head was lost', () => {
  /** Done, after hearing of both neighbours: bob is done, ann was not yet when she was last heard. */
  const finished = (schedule: string) => {
    const engine = engineOf({ schedule })
    engine.handle(start, 0)
    engine.handle(trained('t1'), 10)
    for (const from of ['ann', 'bob']) {
      const known = head({ finished: from === 'bob' })
      engine.handle({ type: 'head', from, head: known }, 11)
      engine.handle({ type: 'pulled', from, head: known, weights: from }, 12)
    }
    engine.handle({ type: 'deadline' }, 60)
    engine.handle({ type: 'mixed', weights: 'm' }, 60)
    return engine
  }

  /** Who is asked in the next turns, when no answer brings anything. */
  const askedIn = (turns: number, engine: ReturnType<typeof finished>) => {
    const asked: string[] = []
    for (let turn = 1; turn <= turns; turn++) {
      const pulls = pullsOf(engine.handle({ type: 'deadline' }, 60 + 50 * turn))
      for (const from of pulls) engine.handle({ type: 'pullEnded', from }, 61 + 50 * turn)
      asked.push(...pulls)
    }
    return asked
  }

  for (const schedule of ['every:1', 'every:2', 'probability:0.5']) {
    it(`asks that neighbour again and rests once it hears that it is done (${schedule})`, () => {
      const engine = finished(schedule)
      const asked = askedIn(20, engine)
      assert.ok(asked.filter((id) => id === 'ann').length >= 3, asked.join(' '))
      engine.handle({ type: 'head', from: 'ann', head: head({ version: 2, finished: true }) }, 2000)
      engine.handle(
        { type: 'pulled', from: 'ann', head: head({ version: 2, finished: true }), weights: 'a2' },
        2001,
      )
      const last = [
        ...engine.handle({ type: 'deadline' }, 2050),
        ...engine.handle({ type: 'mixed', weights: 'm2' }, 2050),
      ]
      assert.ok(!kinds(last).includes('setDeadline'))
    })
  }

  for (const schedule of ['never', 'probability:0']) {
    it(`rests at once where it asks nobody (${schedule})`, () => {
      const engine = engineOf({ schedule })
      engine.handle(start, 0)
      assert.deepEqual(kinds(engine.handle(trained('t1'), 10)), ['publish', 'roundEnded', 'finished'])
    })
  }
})
