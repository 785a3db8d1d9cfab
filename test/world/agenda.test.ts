import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createRandom } from '../../protocols/random.js'
import { createAgenda } from '../harness/index.js'

const drain = (agenda: ReturnType<typeof createAgenda>) => {
  while (agenda.step());
}

describe('the agenda', () => {
  it('does what is due first, and what was planned first among what is due together', () => {
    const agenda = createAgenda()
    const done: string[] = []
    for (const [afterMs, name] of [
      [5, 'c'],
      [1, 'a'],
      [5, 'd'],
      [1, 'b'],
      [7, 'e'],
    ] as const) {
      agenda.plan(afterMs, () => done.push(`${name}@${agenda.nowMs}`))
    }
    drain(agenda)
    assert.deepEqual(done, ['a@1', 'b@1', 'c@5', 'd@5', 'e@7'])
  })

  it('keeps that order for thousands of actions with many ties', () => {
    const agenda = createAgenda()
    const random = createRandom('agenda')
    const planned = Array.from({ length: 5000 }, (_, index) => ({ atMs: random.below(50), index }))
    const done: { atMs: number; index: number }[] = []
    for (const action of planned) agenda.plan(action.atMs, () => done.push(action))
    assert.equal(agenda.size, 5000)
    drain(agenda)
    // A stable sort: ties stay in the order of planning.
    assert.deepEqual(
      done,
      [...planned].sort((a, b) => a.atMs - b.atMs),
    )
  })

  it('counts from now, and takes the past for now', () => {
    const agenda = createAgenda()
    const done: number[] = []
    agenda.plan(10, () => {
      agenda.plan(5, () => done.push(agenda.nowMs))
      agenda.plan(-3, () => done.push(agenda.nowMs))
    })
    drain(agenda)
    assert.deepEqual(done, [10, 15])
  })

  it('does not do what was called off, nor moves the clock there', () => {
    const agenda = createAgenda()
    let done = 0
    agenda.plan(1, () => (done += 1))
    const planned = agenda.planWith(50, () => (done += 10))
    planned.cancel()
    drain(agenda)
    assert.equal(done, 1)
    assert.equal(agenda.nowMs, 1)
    assert.equal(agenda.step(), false)
  })

  it('waits with an action, and with everything after it, for what the action needs', async () => {
    const agenda = createAgenda()
    const done: string[] = []
    let resolve = (): void => {}
    const ready = new Promise<void>((settle) => (resolve = settle))
    agenda.planWith(5, () => done.push('needs'), ready)
    agenda.plan(4, () => done.push('before'))
    agenda.plan(6, () => done.push('after'))
    assert.equal(agenda.waitsFor, undefined)
    agenda.step()
    assert.equal(agenda.waitsFor, ready)
    assert.throws(() => agenda.step(), /waits for a result/)
    assert.deepEqual(done, ['before'])
    resolve()
    await ready
    assert.equal(agenda.waitsFor, undefined)
    drain(agenda)
    assert.deepEqual(done, ['before', 'needs', 'after'])
  })

  it('throws what the result failed with, at the time when it was due', async () => {
    const agenda = createAgenda()
    const ready = Promise.reject(new Error('the thread died'))
    agenda.planWith(5, () => assert.fail('done in spite of its failure'), ready)
    agenda.plan(1, () => {})
    await ready.catch(() => {})
    agenda.step()
    assert.throws(() => agenda.step(), /the thread died/)
    assert.equal(agenda.nowMs, 5)
  })

  it('no longer waits for what was called off', () => {
    const agenda = createAgenda()
    agenda.planWith(5, () => {}, new Promise(() => {})).cancel()
    assert.equal(agenda.waitsFor, undefined)
    assert.equal(agenda.step(), false)
  })
})
