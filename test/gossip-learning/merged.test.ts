import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { GossipEffect } from '../../protocols/gossip-learning/index.js'
import { engineOf, find, head, kinds, start, trained } from './engine-of.js'

const merged = { type: 'resume', weights: 'merged' } as const
const pullFrom = (effects: GossipEffect<string>[], from: string) =>
  effects.find((effect) => effect.type === 'pull' && effect.from === from)

describe('an engine that goes on from the merged model', () => {
  it('drops the training that was under way at the freeze, and trains on from the merged model', () => {
    const engine = engineOf()
    engine.handle(start, 0)
    engine.handle({ type: 'freeze' }, 5)
    assert.deepEqual(engine.handle(merged, 8), [])
    assert.deepEqual(engine.handle(trained('t1'), 10), [{ type: 'train', weights: 'merged', steps: 10 }])
    assert.deepEqual([engine.state.round, engine.state.samples], [0, 0])
    const effects = engine.handle(trained('t2'), 20)
    assert.equal(find(effects, 'publish')?.weights, 't2')
    assert.equal(find(effects, 'roundEnded')?.round, 1)
  })

  it('drops what was trained while it was frozen', () => {
    const engine = engineOf()
    engine.handle(start, 0)
    engine.handle({ type: 'freeze' }, 5)
    engine.handle(trained('t1'), 10)
    assert.deepEqual(engine.handle(merged, 20), [{ type: 'train', weights: 'merged', steps: 10 }])
    assert.deepEqual([engine.state.round, engine.state.samples], [0, 0])
  })

  it('freezes the merged model when the next merge comes before it has trained', () => {
    const engine = engineOf()
    engine.handle(start, 0)
    engine.handle({ type: 'freeze' }, 5)
    engine.handle(merged, 8)
    assert.equal(find(engine.handle({ type: 'freeze' }, 9), 'frozen')?.weights, 'merged')
    // Still the training from before the first merge.
    assert.deepEqual(engine.handle(trained('t1'), 10), [])
    const again = { type: 'resume', weights: 'merged again' } as const
    assert.equal(find(engine.handle(again, 12), 'train')?.weights, 'merged again')
  })

  it('goes on from the merged model also when the next merge is abandoned', () => {
    const engine = engineOf()
    engine.handle(start, 0)
    engine.handle({ type: 'freeze' }, 5)
    engine.handle(merged, 8)
    engine.handle({ type: 'freeze' }, 9)
    engine.handle(trained('t1'), 10)
    assert.equal(find(engine.handle({ type: 'resume' }, 12), 'train')?.weights, 'merged')
  })

  it('mixes no snapshot that came before, nor asks for one that was announced before', () => {
    const engine = engineOf({ rounds: 9 })
    engine.handle(start, 0)
    engine.handle({ type: 'pulled', from: 'bob', head: head({ version: 3 }), weights: 'b3' }, 1)
    engine.handle({ type: 'head', from: 'ann', head: head({ version: 7 }) }, 2)
    engine.handle({ type: 'freeze' }, 5)
    engine.handle(trained('t1'), 6)
    engine.handle(merged, 8)
    assert.equal(engine.state.inboxSize, 0)
    const effects = engine.handle(trained('t2'), 20)
    assert.equal(find(effects, 'mix'), undefined)
    assert.equal(pullFrom(effects, 'ann'), undefined)
    assert.equal(pullFrom(effects, 'bob'), undefined)
  })

  it('does not mix a snapshot of before that arrives after, but the next one', () => {
    const engine = engineOf({ rounds: 9 })
    engine.handle(start, 0)
    engine.handle(trained('t1'), 5)
    engine.handle({ type: 'head', from: 'bob', head: head({ version: 3 }) }, 6)
    engine.handle({ type: 'freeze' }, 7)
    engine.handle(merged, 8)
    engine.handle({ type: 'pulled', from: 'bob', head: head({ version: 3 }), weights: 'b3' }, 9)
    assert.equal(engine.state.inboxSize, 0)
    engine.handle({ type: 'pulled', from: 'bob', head: head({ version: 4 }), weights: 'b4' }, 10)
    engine.handle(trained('t2'), 11)
    const shares = find(engine.handle(trained('t3'), 20), 'mix')!.shares
    assert.deepEqual(
      shares.map(({ weights }) => weights),
      ['t3', 'b4'],
    )
  })

  it('compares later snapshots with no weights of its own from before', () => {
    const engine = engineOf({ catchUp: 0.75, rounds: 9 })
    engine.handle(start, 0)
    engine.handle(trained('t1'), 10)
    engine.handle({ type: 'freeze' }, 11)
    engine.handle(merged, 12)
    // Its version is 1 still: that of t1, which went into the merge.
    engine.handle({ type: 'head', from: 'bob', head: head() }, 13)
    engine.handle({ type: 'pulled', from: 'bob', head: head(), weights: 'b1' }, 14)
    engine.handle(trained('t2'), 20)
    const mix = find(engine.handle(trained('t3'), 30), 'mix')!
    assert.equal(mix.shares[1]?.since, undefined)
  })

  it('publishes the merged model when it has finished, for those that still train', () => {
    const engine = engineOf({ rounds: 1 })
    engine.handle(start, 0)
    engine.handle(trained('t1'), 10)
    engine.handle({ type: 'freeze' }, 11)
    const effects = engine.handle(merged, 20)
    assert.deepEqual(kinds(effects), ['publish', 'setDeadline'])
    const publish = find(effects, 'publish')!
    assert.equal(publish.weights, 'merged')
    assert.deepEqual([publish.head.version, publish.head.round, publish.head.finished], [2, 1, true])
  })

  it('ends a round that was waiting for neighbours from the merged model', () => {
    const engine = engineOf({ mode: 'rounds' })
    engine.handle(start, 0)
    for (const from of ['ann', 'bob']) engine.handle({ type: 'head', from, head: head() }, 1)
    engine.handle(trained('t1'), 10)
    engine.handle({ type: 'freeze' }, 11)
    for (const from of ['ann', 'bob']) {
      engine.handle({ type: 'pulled', from, head: head(), weights: from }, 12)
    }
    const effects = engine.handle(merged, 20)
    assert.deepEqual(kinds(effects), ['roundEnded', 'train'])
    assert.equal(find(effects, 'roundEnded')?.weights, 'merged')
    assert.equal(find(effects, 'train')?.weights, 'merged')
  })
})

describe('an engine that took no part in the merge', () => {
  it('drops its training all the same', () => {
    const engine = engineOf()
    engine.handle(start, 0)
    assert.deepEqual(engine.handle(merged, 5), [])
    assert.deepEqual(engine.handle(trained('t1'), 10), [{ type: 'train', weights: 'merged', steps: 10 }])
  })

  it('drops a mix that is under way', () => {
    const engine = engineOf()
    engine.handle(start, 0)
    engine.handle({ type: 'pulled', from: 'bob', head: head(), weights: 'b1' }, 5)
    engine.handle(trained('t1'), 10)
    engine.handle(merged, 11)
    const effects = engine.handle({ type: 'mixed', weights: 'm1' }, 12)
    assert.equal(find(effects, 'roundEnded')?.weights, 'merged')
    assert.equal(find(effects, 'train')?.weights, 'merged')
  })

  it('joins as it was about to, and is not frozen for a merge that is over', () => {
    const engine = engineOf()
    engine.handle({ type: 'head', from: 'ann', head: head({ round: 1 }) }, 0)
    engine.handle({ ...start, late: true }, 1)
    engine.handle({ type: 'freeze' }, 2)
    assert.deepEqual(engine.handle(merged, 3), [])
    const effects = engine.handle({ type: 'pulled', from: 'ann', head: head(), weights: 'a1' }, 4)
    assert.deepEqual(effects, [{ type: 'train', weights: 'a1', steps: 10 }])
    assert.equal(engine.state.frozen, false)
  })
})
