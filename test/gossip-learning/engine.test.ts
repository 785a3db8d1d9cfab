import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { GossipEffect, GossipLearningConfig } from '../../protocols/gossip-learning/index.js'
import { engineOf, find, head, kinds, start, trained } from './engine-of.js'

describe('the asynchronous engine', () => {
  it('trains, publishes, asks its neighbours and trains on without waiting', () => {
    const engine = engineOf()
    assert.deepEqual(engine.handle(start, 0), [{ type: 'train', weights: 'initial', steps: 10 }])
    const effects = engine.handle(trained('t1'), 10)
    assert.deepEqual(kinds(effects), ['publish', 'roundEnded', 'pull', 'pull', 'train'])
    assert.deepEqual(find(effects, 'publish')?.head, {
      version: 1,
      round: 1,
      samples: 320,
      degree: 2,
      finished: false,
      loss: 0.5,
    })
  })

  it('publishes the trained weights, and mixes them only then', () => {
    const engine = engineOf()
    engine.handle(start, 0)
    engine.handle(trained('t1'), 10)
    engine.handle({ type: 'pulled', from: 'bob', head: head(), weights: 'b1' }, 15)
    const effects = engine.handle(trained('t2'), 20)
    assert.equal(find(effects, 'publish')?.weights, 't2')
    // own degree 2, bob's 2: 1/(1 + 2) for bob, the rest for me
    assert.deepEqual(find(effects, 'mix')?.shares, [
      { from: 'me', weights: 't2', weight: 1 - 1 / 3 },
      { from: 'bob', weights: 'b1', weight: 1 / 3 },
    ])
    const after = engine.handle({ type: 'mixed', weights: 'm2' }, 21)
    assert.equal(find(after, 'train')?.weights, 'm2')
    assert.deepEqual(find(after, 'roundEnded')?.mixedFrom, ['bob'])
  })

  it('names the own weights of the time when a snapshot was announced, so that it can be brought up to date', () => {
    const engine = engineOf({ catchUp: 0.75, rounds: 9 })
    engine.handle(start, 0)
    engine.handle(trained('t1'), 10)
    engine.handle({ type: 'head', from: 'bob', head: head() }, 12)
    engine.handle(trained('t2'), 20)
    engine.handle({ type: 'pulled', from: 'bob', head: head(), weights: 'b1' }, 25)
    const mix = find(engine.handle(trained('t3'), 30), 'mix')!
    // bob's share 1/3, damped by 1 − 0.75/3 = 3/4
    assert.deepEqual(mix.shares, [
      { from: 'me', weights: 't3', weight: 0.75 },
      { from: 'bob', weights: 'b1', weight: 0.25, since: 't1' },
    ])
    assert.deepEqual(mix.catchUp, { now: 't3', fraction: 0.75 })
  })

  it('mixes a snapshot as it is when it was announced too long ago', () => {
    const engine = engineOf({ catchUp: 0.75, rounds: 9 })
    engine.handle(start, 0)
    engine.handle(trained('t1'), 10)
    engine.handle({ type: 'head', from: 'bob', head: head() }, 12)
    for (let round = 2; round <= 5; round++) engine.handle(trained(`t${round}`), 10 * round)
    engine.handle({ type: 'pulled', from: 'bob', head: head(), weights: 'b1' }, 55)
    assert.equal(find(engine.handle(trained('t6'), 60), 'mix')?.shares[1]?.since, undefined)
  })

  it('asks a partner whose newest snapshot is here only when its next head comes', () => {
    const engine = engineOf({ rounds: 9 })
    engine.handle(start, 0)
    engine.handle(trained('t1'), 10)
    engine.handle({ type: 'pulled', from: 'bob', head: head(), weights: 'b1' }, 11)
    engine.handle(trained('t2'), 20)
    const next = engine.handle({ type: 'mixed', weights: 'm2' }, 21)
    assert.equal(
      next.find((effect) => effect.type === 'pull' && effect.from === 'bob'),
      undefined,
    )
    assert.deepEqual(engine.handle({ type: 'head', from: 'bob', head: head({ version: 2 }) }, 22), [
      { type: 'pull', from: 'bob', newerThan: 1 },
    ])
  })

  it('asks it every round where rounds are shorter than the time between two heads', () => {
    // Three members: a head of each every 30 ms at most; rounds take 29 ms, then 30.
    const engine = engineOf({ rounds: 9, headMsPerMember: 10 })
    const asksBob = (mixedMs: number): boolean =>
      engine
        .handle({ type: 'mixed', weights: 'm' }, mixedMs)
        .some((effect) => effect.type === 'pull' && effect.from === 'bob')
    engine.handle(start, 0)
    engine.handle(trained('t1'), 29)
    engine.handle({ type: 'pulled', from: 'bob', head: head(), weights: 'b1' }, 40)
    engine.handle(trained('t2'), 58)
    assert.equal(asksBob(60), true)
    engine.handle({ type: 'pulled', from: 'bob', head: head({ version: 2 }), weights: 'b2' }, 70)
    engine.handle(trained('t3'), 90)
    assert.equal(asksBob(91), false)
  })

  it('does not chase a partner that publishes faster than it can be mixed', () => {
    const engine = engineOf({ rounds: 9 })
    engine.handle(start, 0)
    engine.handle(trained('t1'), 10)
    let pulls = 1
    for (let version = 1; version <= 6; version++) {
      engine.handle({ type: 'pulled', from: 'bob', head: head({ version }), weights: `b${version}` }, 11)
      pulls += engine.handle({ type: 'head', from: 'bob', head: head({ version: version + 1 }) }, 12).length
    }
    assert.equal(pulls, 2)
  })

  it('mixes a snapshot once, and an older one of the same sender never', () => {
    const engine = engineOf()
    engine.handle(start, 0)
    engine.handle({ type: 'pulled', from: 'bob', head: head({ version: 5 }), weights: 'b5' }, 1)
    engine.handle({ type: 'pulled', from: 'bob', head: head({ version: 4 }), weights: 'b4' }, 2)
    const first = find(engine.handle(trained('t1'), 10), 'mix')
    assert.deepEqual(
      first?.shares.map(({ weights }) => weights),
      ['t1', 'b5'],
    )
    engine.handle({ type: 'mixed', weights: 'm1' }, 11)
    engine.handle({ type: 'pulled', from: 'bob', head: head({ version: 5 }), weights: 'b5' }, 12)
    assert.equal(find(engine.handle(trained('t2'), 20), 'mix'), undefined)
  })

  it('keeps only the newest snapshot of each sender', () => {
    const engine = engineOf()
    engine.handle(start, 0)
    engine.handle({ type: 'pulled', from: 'bob', head: head({ version: 1 }), weights: 'b1' }, 1)
    engine.handle({ type: 'pulled', from: 'bob', head: head({ version: 2 }), weights: 'b2' }, 2)
    engine.handle({ type: 'pulled', from: 'ann', head: head({ version: 9 }), weights: 'a9' }, 3)
    const mix = find(engine.handle(trained('t1'), 10), 'mix')
    assert.deepEqual(
      mix?.shares.map(({ weights }) => weights),
      ['t1', 'a9', 'b2'],
    )
  })

  it('asks a member again only when the last pull from there has ended', () => {
    const engine = engineOf()
    engine.handle(start, 0)
    const pullsOf = (effects: GossipEffect<string>[]) =>
      effects.flatMap((effect) => (effect.type === 'pull' ? [effect.from] : []))
    assert.deepEqual(pullsOf(engine.handle(trained('t1'), 10)), ['ann', 'bob'])
    engine.handle({ type: 'pullEnded', from: 'ann' }, 11)
    assert.deepEqual(pullsOf(engine.handle(trained('t2'), 20)), ['ann'])
  })

  it('stops after its rounds, and says in its last head that it has finished', () => {
    const engine = engineOf({ rounds: 1 })
    engine.handle(start, 0)
    for (const from of ['ann', 'bob'])
      engine.handle({ type: 'head', from, head: head({ finished: true }) }, 5)
    const effects = engine.handle(trained('t1'), 10)
    assert.deepEqual(kinds(effects), ['publish', 'roundEnded', 'finished'])
    assert.equal(find(effects, 'publish')?.head.finished, true)
    assert.deepEqual(engine.handle(trained('t2'), 20), [])
  })

  it('goes on mixing at its pace when it has finished and a neighbour has not, and publishes what it mixed', () => {
    const engine = engineOf({ rounds: 1 })
    engine.handle(start, 0)
    // Its round took 100 ms.
    assert.equal(find(engine.handle(trained('t1'), 100), 'setDeadline')?.atMs, 200)
    assert.deepEqual(kinds(engine.handle({ type: 'deadline' }, 200)), ['pull', 'pull', 'setDeadline'])
    engine.handle({ type: 'pulled', from: 'bob', head: head(), weights: 'b1' }, 25)
    assert.deepEqual(kinds(engine.handle({ type: 'deadline' }, 30)), ['mix'])
    const mixed = engine.handle({ type: 'mixed', weights: 'm1' }, 31)
    assert.deepEqual(kinds(mixed), ['publish', 'setDeadline'])
    assert.deepEqual(find(mixed, 'publish')?.head, {
      version: 2,
      round: 1,
      samples: 320,
      degree: 2,
      finished: true,
      loss: 0.5,
    })
    assert.equal(engine.state.round, 1)
    for (const [index, from] of ['ann', 'bob'].entries()) {
      engine.handle({ type: 'head', from, head: head({ version: 9 + index, finished: true }) }, 32)
    }
    engine.handle({ type: 'deadline' }, 41)
    assert.deepEqual(kinds(engine.handle({ type: 'deadline' }, 51)), [])
  })

  it('gives the mixed model when it is frozen after it has finished', () => {
    const engine = engineOf({ rounds: 1 })
    engine.handle(start, 0)
    engine.handle(trained('t1'), 10)
    engine.handle({ type: 'pulled', from: 'bob', head: head(), weights: 'b1' }, 15)
    engine.handle({ type: 'deadline' }, 20)
    engine.handle({ type: 'mixed', weights: 'm1' }, 21)
    assert.equal(find(engine.handle({ type: 'freeze' }, 22), 'frozen')?.weights, 'm1')
    assert.deepEqual(engine.handle({ type: 'deadline' }, 31), [])
  })

  it('ignores heads and snapshots of strangers and of itself', () => {
    const engine = engineOf()
    engine.handle(start, 0)
    engine.handle({ type: 'pulled', from: 'eve', head: head(), weights: 'e1' }, 1)
    engine.handle({ type: 'head', from: 'eve', head: head() }, 1)
    engine.handle({ type: 'head', from: 'me', head: head({ version: 99 }) }, 1)
    assert.equal(find(engine.handle(trained('t1'), 10), 'mix'), undefined)
  })

  it('forgets what a member sent when it is gone', () => {
    const engine = engineOf()
    engine.handle(start, 0)
    engine.handle({ type: 'pulled', from: 'bob', head: head(), weights: 'b1' }, 1)
    engine.handle({ type: 'members', members: ['ann', 'me'] }, 2)
    assert.equal(find(engine.handle(trained('t1'), 10), 'mix'), undefined)
  })
})

describe('an engine that starts late', () => {
  const late = { ...start, late: true }

  it('asks the next one when the one it asked has left', () => {
    const engine = engineOf()
    for (const from of ['ann', 'bob']) engine.handle({ type: 'head', from, head: head({ round: 1 }) }, 0)
    engine.handle(late, 1)
    engine.handle({ type: 'members', members: ['bob', 'me'] }, 2)
    const effects = engine.handle({ type: 'pulled', from: 'ann', head: head(), weights: 'a1' }, 3)
    assert.deepEqual(effects, [{ type: 'pull', from: 'bob', newerThan: -1 }])
  })

  it('freezes what it joined with, not its initial weights', () => {
    const engine = engineOf()
    engine.handle({ type: 'head', from: 'ann', head: head({ round: 1 }) }, 0)
    engine.handle(late, 1)
    assert.deepEqual(engine.handle({ type: 'freeze' }, 2), [])
    const effects = engine.handle({ type: 'pulled', from: 'ann', head: head(), weights: 'a1' }, 3)
    assert.deepEqual(effects, [{ type: 'frozen', weights: 'a1', round: 1, samples: 0 }])
    assert.equal(find(engine.handle({ type: 'resume' }, 4), 'train')?.weights, 'a1')
  })

  it('does not spin when it joins with a finished model', () => {
    const engine = engineOf({ rounds: 3 })
    engine.handle({ type: 'head', from: 'ann', head: head({ round: 3, finished: true }) }, 0)
    engine.handle(late, 1)
    const effects = engine.handle({ type: 'pulled', from: 'ann', head: head({ round: 3 }), weights: 'a' }, 5)
    // It has not trained, and so does not know how long a round takes: one second.
    assert.equal(find(effects, 'setDeadline')?.atMs, 5 + 1000)
    assert.equal(find(effects, 'publish')?.head.loss, null)
  })

  it('does not ask for the snapshot again that it began from, nor mix it', () => {
    const engine = engineOf({ rounds: 9 })
    const seven = head({ version: 7, round: 4 })
    engine.handle({ type: 'head', from: 'ann', head: seven }, 0)
    engine.handle(late, 1)
    engine.handle({ type: 'pulled', from: 'ann', head: seven, weights: 'a7' }, 2)
    engine.handle({ type: 'pulled', from: 'ann', head: seven, weights: 'a7' }, 3)
    assert.equal(engine.state.inboxSize, 0)
    const pulls = engine.handle(trained('t5'), 10).filter(({ type }) => type === 'pull')
    assert.deepEqual(pulls, [{ type: 'pull', from: 'bob', newerThan: -1 }])
  })

  it('is not lured by a round that the run does not have', () => {
    const engine = engineOf({ rounds: 9 })
    engine.handle({ type: 'head', from: 'bob', head: head({ round: 2 ** 50 }) }, 0)
    engine.handle({ type: 'head', from: 'ann', head: head({ round: 4 }) }, 0)
    assert.deepEqual(engine.handle(late, 1), [{ type: 'pull', from: 'ann', newerThan: -1 }])
  })

  it('begins from the snapshot of the member that is furthest on, in its round', () => {
    const engine = engineOf({ rounds: 9 })
    engine.handle({ type: 'head', from: 'ann', head: head({ round: 4 }) }, 0)
    engine.handle({ type: 'head', from: 'bob', head: head({ round: 6 }) }, 0)
    assert.deepEqual(engine.handle(late, 1), [{ type: 'pull', from: 'bob', newerThan: -1 }])
    const effects = engine.handle({ type: 'pulled', from: 'bob', head: head({ round: 6 }), weights: 'b6' }, 2)
    assert.deepEqual(effects, [{ type: 'train', weights: 'b6', steps: 10 }])
    assert.equal(engine.state.round, 6)
  })

  it('asks the next one when the first fails, and begins alone when all have failed', () => {
    const engine = engineOf()
    engine.handle({ type: 'head', from: 'ann', head: head({ round: 1 }) }, 0)
    engine.handle({ type: 'head', from: 'bob', head: head({ round: 1 }) }, 0)
    assert.deepEqual(kinds(engine.handle(late, 1)), ['pull'])
    assert.deepEqual(engine.handle({ type: 'pullEnded', from: 'ann' }, 2), [
      { type: 'pull', from: 'bob', newerThan: -1 },
    ])
    assert.deepEqual(engine.handle({ type: 'pullEnded', from: 'bob' }, 3), [
      { type: 'train', weights: 'initial', steps: 10 },
    ])
  })
})

describe('the engine in mode rounds', () => {
  const lockstep = () => {
    const engine = engineOf({ mode: 'rounds' })
    engine.handle(start, 0)
    return engine
  }

  it('waits for the snapshots of its neighbours of the same round', () => {
    const engine = lockstep()
    assert.deepEqual(kinds(engine.handle(trained('t1'), 10)), ['publish', 'setDeadline'])
    assert.deepEqual(kinds(engine.handle({ type: 'head', from: 'ann', head: head() }, 11)), ['pull'])
    assert.deepEqual(kinds(engine.handle({ type: 'head', from: 'bob', head: head() }, 11)), ['pull'])
    assert.deepEqual(engine.handle({ type: 'pulled', from: 'ann', head: head(), weights: 'a1' }, 12), [])
    const effects = engine.handle({ type: 'pulled', from: 'bob', head: head(), weights: 'b1' }, 13)
    assert.deepEqual(kinds(effects), ['clearDeadline', 'mix'])
    assert.equal(find(effects, 'mix')?.shares.length, 3)
  })

  it('pulls at once from a neighbour that was faster', () => {
    const engine = lockstep()
    engine.handle({ type: 'head', from: 'ann', head: head() }, 5)
    assert.equal(find(engine.handle(trained('t1'), 10), 'pull')?.from, 'ann')
  })

  it('goes on without a silent neighbour when the deadline has passed, and does not wait for it again', () => {
    const engine = lockstep()
    engine.handle({ type: 'head', from: 'ann', head: head() }, 5)
    engine.handle(trained('t1'), 10)
    engine.handle({ type: 'pulled', from: 'ann', head: head(), weights: 'a1' }, 12)
    assert.equal(find(engine.handle({ type: 'deadline' }, 500), 'mix')?.shares.length, 2)
    engine.handle({ type: 'mixed', weights: 'm1' }, 501)

    engine.handle({ type: 'head', from: 'ann', head: head({ version: 2, round: 2 }) }, 505)
    engine.handle(trained('t2'), 510)
    const effects = engine.handle(
      { type: 'pulled', from: 'ann', head: head({ version: 2, round: 2 }), weights: 'a2' },
      512,
    )
    assert.deepEqual(kinds(effects), ['clearDeadline', 'mix'])
  })

  it('still mixes a late answer, one round later', () => {
    const engine = lockstep()
    engine.handle({ type: 'head', from: 'ann', head: head() }, 5)
    engine.handle({ type: 'head', from: 'bob', head: head() }, 5)
    engine.handle(trained('t1'), 10)
    engine.handle({ type: 'pulled', from: 'ann', head: head(), weights: 'a1' }, 12)
    engine.handle({ type: 'deadline' }, 500)
    engine.handle({ type: 'mixed', weights: 'm1' }, 501)
    engine.handle({ type: 'pulled', from: 'bob', head: head(), weights: 'b1' }, 502)
    engine.handle(trained('t2'), 510)
    const effects = engine.handle({ type: 'deadline' }, 1000)
    assert.deepEqual(
      find(effects, 'mix')?.shares.map(({ weights }) => weights),
      ['t2', 'b1'],
    )
  })

  it('pulls again when what came is of an older round than the one it waits for', () => {
    const engine = lockstep()
    engine.handle({ type: 'head', from: 'ann', head: head({ version: 1, round: 0 }) }, 1)
    engine.handle({ type: 'head', from: 'ann', head: head({ version: 2, round: 1 }) }, 5)
    assert.deepEqual(kinds(engine.handle(trained('t1'), 10)), ['publish', 'pull', 'setDeadline'])
    const effects = engine.handle(
      { type: 'pulled', from: 'ann', head: head({ version: 1, round: 0 }), weights: 'a0' },
      11,
    )
    assert.deepEqual(effects, [{ type: 'pull', from: 'ann', newerThan: 1 }])
  })

  it('learns its deadline: the median wait and six deviations, within bounds', () => {
    const engine = engineOf({
      mode: 'rounds',
      deadlines: { initialMs: 1000, minMs: 20, maxMs: 5000, deviations: 6 },
    })
    engine.handle(start, 0)
    const waits = [
      [30, 50],
      [40, 40],
    ]
    let nowMs = 0
    const deadlines = waits.map(([annMs, bobMs], index) => {
      const version = index + 1
      const heads = head({ version, round: version })
      for (const from of ['ann', 'bob']) engine.handle({ type: 'head', from, head: heads }, nowMs)
      const set = find(engine.handle(trained('t'), nowMs), 'setDeadline')!.atMs - nowMs
      engine.handle({ type: 'pulled', from: 'ann', head: heads, weights: 'a' }, nowMs + annMs!)
      engine.handle({ type: 'pulled', from: 'bob', head: heads, weights: 'b' }, nowMs + bobMs!)
      nowMs += 100
      engine.handle({ type: 'mixed', weights: 'm' }, nowMs)
      return set
    })
    // First nothing is known: 1000. Then 30 and 50: median 40, deviations 10 and 10, 40 + 6·10 = 100.
    assert.deepEqual(deadlines, [1000, 100])
  })

  it('waits for a neighbour although a pull of the round before ends without anything', () => {
    const engine = engineOf({ mode: 'rounds', rounds: 9 })
    engine.handle(start, 0)
    engine.handle({ type: 'head', from: 'ann', head: head() }, 1)
    engine.handle({ type: 'head', from: 'bob', head: head() }, 1)
    engine.handle(trained('t1'), 10)
    engine.handle({ type: 'pulled', from: 'ann', head: head(), weights: 'a1' }, 11)
    // Bob's answer hangs; the round goes on without it, and then he announces the next one.
    engine.handle({ type: 'deadline' }, 10_010)
    engine.handle({ type: 'mixed', weights: 'm1' }, 10_011)
    engine.handle({ type: 'head', from: 'bob', head: head({ version: 2, round: 2 }) }, 10_020)
    engine.handle(trained('t2'), 10_030)
    const effects = engine.handle({ type: 'pullEnded', from: 'bob' }, 10_031)
    assert.deepEqual(effects, [{ type: 'pull', from: 'bob', newerThan: -1 }])
  })

  it('does not wait for a neighbour that has left', () => {
    const engine = lockstep()
    engine.handle({ type: 'head', from: 'ann', head: head() }, 5)
    engine.handle(trained('t1'), 10)
    engine.handle({ type: 'pulled', from: 'ann', head: head(), weights: 'a1' }, 12)
    const effects = engine.handle({ type: 'members', members: ['ann', 'me'] }, 20)
    assert.deepEqual(kinds(effects), ['clearDeadline', 'mix'])
  })
})

describe('freezing for the final merge', () => {
  it('gives the model as it is and holds what training brings until it is told to go on', () => {
    const engine = engineOf()
    engine.handle(start, 0)
    assert.deepEqual(engine.handle({ type: 'freeze' }, 5), [
      { type: 'frozen', weights: 'initial', round: 0, samples: 0 },
    ])
    assert.deepEqual(engine.handle(trained('t1'), 10), [])
    assert.deepEqual(engine.handle({ type: 'freeze' }, 11), [])
    assert.equal(find(engine.handle({ type: 'resume' }, 20), 'train')?.weights, 't1')
  })

  it('ends a mix that is under way, and its round, before it freezes', () => {
    const engine = engineOf()
    engine.handle(start, 0)
    engine.handle({ type: 'pulled', from: 'bob', head: head(), weights: 'b1' }, 5)
    engine.handle(trained('t1'), 10)
    assert.deepEqual(engine.handle({ type: 'freeze' }, 11), [])
    const effects = engine.handle({ type: 'mixed', weights: 'm1' }, 12)
    assert.deepEqual(kinds(effects), ['roundEnded', 'frozen'])
    assert.equal(find(effects, 'frozen')?.weights, 'm1')
    assert.deepEqual(kinds(engine.handle({ type: 'resume' }, 20)), ['pull', 'train'])
  })

  it('lets a peer that was waiting for its neighbours mix when it goes on', () => {
    const engine = engineOf({ mode: 'rounds' })
    engine.handle(start, 0)
    for (const from of ['ann', 'bob']) engine.handle({ type: 'head', from, head: head() }, 1)
    engine.handle(trained('t1'), 10)
    engine.handle({ type: 'freeze' }, 11)
    for (const from of ['ann', 'bob'])
      engine.handle({ type: 'pulled', from, head: head(), weights: from }, 12)
    assert.equal(find(engine.handle({ type: 'resume' }, 20), 'mix')?.shares.length, 3)
  })

  it('waits on, with a deadline, when it resumes and somebody is still missing', () => {
    const engine = engineOf({
      mode: 'rounds',
      deadlines: { initialMs: 1000, minMs: 20, maxMs: 5000, deviations: 6 },
    })
    engine.handle(start, 0)
    engine.handle({ type: 'head', from: 'ann', head: head() }, 1)
    engine.handle(trained('t1'), 10)
    engine.handle({ type: 'freeze' }, 11)
    assert.deepEqual(engine.handle({ type: 'resume' }, 500), [{ type: 'setDeadline', atMs: 1500 }])
  })

  it('freezes right after the start when the merge began before it', () => {
    const engine = engineOf()
    assert.deepEqual(engine.handle({ type: 'freeze' }, 0), [])
    assert.deepEqual(engine.handle(start, 5), [{ type: 'frozen', weights: 'initial', round: 0, samples: 0 }])
    assert.deepEqual(kinds(engine.handle({ type: 'resume' }, 9)), ['pull', 'pull', 'train'])
  })

  it('does not take the time for which it was frozen for a long round', () => {
    const engine = engineOf({ rounds: 1 })
    engine.handle(start, 0)
    engine.handle({ type: 'freeze' }, 50)
    engine.handle(trained('t1'), 80)
    // The round took 80 ms, and so does a turn.
    assert.equal(find(engine.handle({ type: 'resume' }, 60_000), 'setDeadline')?.atMs, 60_080)
  })
})

describe('mixing weights', () => {
  const sharesWith = (mixing: GossipLearningConfig['mixing'], samples: number) => {
    const engine = engineOf({ mixing })
    engine.handle(start, 0)
    engine.handle({ type: 'pulled', from: 'ann', head: head({ samples, degree: 9 }), weights: 'a' }, 1)
    return find(engine.handle(trained('t1'), 10), 'mix')!.shares.map(({ weight }) => weight)
  }

  it('follow the larger degree by default', () => {
    assert.deepEqual(sharesWith('metropolis-hastings', 320), [1 - 1 / 10, 1 / 10])
  })
  it('can be uniform', () => {
    assert.deepEqual(sharesWith('uniform', 320), [1 / 2, 1 / 2])
  })
  it('can go by age, of which nobody gets more than twice the own one', () => {
    // own 320 samples, ann 160: 160/480
    assert.deepEqual(sharesWith('age', 160), [1 - 1 / 3, 1 / 3])
    // ann claims a million: counted as 640 of 960
    assert.deepEqual(sharesWith('age', 1e6), [1 - 640 / 960, 640 / 960])
  })
})
