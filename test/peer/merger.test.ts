import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import type { Network } from '../../node/network/index.js'
import { createMerger, mergeTimingFor } from '../../node/peer/merger.js'
import { createSnapshots } from '../../node/peer/snapshots.js'
import type { MergeTiming } from '../../protocols/final-merge/index.js'
import { limits } from '../../protocols/limits.js'
import type { Trainer } from '../../protocols/training/contract.js'
import type { MergeMessage } from '../../protocols/wire/index.js'

const FLOAT_BYTES = 4
const TIMING: MergeTiming = { commitMs: 100_000, pullMs: 100_000, agreeMs: 100_000, repeatMs: 1_000 }

const settled = () => new Promise(setImmediate)

/** A merger whose pulls stay under way until they are let through. */
const setUp = (
  test: TestContext,
  { parameters = 2, timing = () => TIMING }: { parameters?: number; timing?: () => MergeTiming } = {},
) => {
  test.mock.timers.enable({ apis: ['setTimeout'] })
  let nowMs = 0
  test.mock.method(performance, 'now', () => nowMs)
  const stopping = new AbortController()
  test.after(() => stopping.abort())
  /** Who was asked, and how to let it answer. */
  const asked: { readonly from: string; readonly answer: () => void }[] = []
  const network = {
    publishMerge: () => Promise.resolve(),
    pull: ({ from }: { readonly from: string }) =>
      new Promise((resolve) => {
        asked.push({ from, answer: () => resolve({ weights: new Float32Array(2) }) })
      }),
  } as unknown as Network
  const merger = createMerger({
    self: 'self',
    trainer: {} as Trainer,
    network,
    snapshots: createSnapshots(),
    // As large as it claims to be: the weights themselves are small.
    layout: { entries: [], length: parameters, fingerprint: 'f'.repeat(64) },
    timing,
    signal: stopping.signal,
    freeze: () => {},
    onMerged: () => {},
    onAbandoned: () => {},
    fail: (error) => assert.fail(String(error)),
  })
  const freeze = async (): Promise<void> => {
    merger.frozen({ weights: new Float32Array(2), round: 1, samples: 1 })
    await settled()
  }
  const hear = (from: string, mergeId = 'final'): void => {
    const message: MergeMessage = { type: 'commitment', mergeId, digest: 'd'.repeat(64), samples: 1 }
    merger.hear(from, message)
  }
  const passTo = async (ms: number): Promise<void> => {
    const elapsedMs = ms - nowMs
    nowMs = ms
    test.mock.timers.tick(elapsedMs)
    await settled()
  }
  return { merger, asked, freeze, hear, passTo }
}

describe('the models of a merge', () => {
  it('fit the memory allowed, those on their way among them', async (test) => {
    // Three fit, four do not: the own one and two others.
    const parameters = Math.floor(limits.mergeBytesMax / (3.5 * FLOAT_BYTES))
    const { merger, asked, freeze, hear, passTo } = setUp(test, { parameters })
    merger.call(['self', 'a', 'b', 'c', 'd'])
    await freeze()
    for (const from of ['a', 'b', 'c', 'd']) hear(from)
    await settled()
    assert.deepEqual(
      asked.map(({ from }) => from),
      ['a', 'b'],
    )
    for (const { answer } of asked) answer()
    await settled()
    await passTo(1_000)
    assert.equal(asked.length, 2)
  })

  it('are all asked for when they just fit', async (test) => {
    const parameters = limits.mergeBytesMax / (4 * FLOAT_BYTES)
    const { merger, asked, freeze, hear } = setUp(test, { parameters })
    merger.call(['self', 'a', 'b', 'c'])
    await freeze()
    for (const from of ['a', 'b']) hear(from)
    // Arrived and under way: no model counts twice.
    asked[0]!.answer()
    await settled()
    hear('c')
    await settled()
    assert.deepEqual(
      asked.map(({ from }) => from),
      ['a', 'b', 'c'],
    )
  })
})

describe('the time for the pulls of a merge', () => {
  it('goes by the members known when the merge begins, not before or after', async (test) => {
    let members = 1
    // 100 ms for the commitments, and 100 per member for the pulls.
    const timing = () => ({ ...TIMING, commitMs: 100, pullMs: 100 * members, repeatMs: 50 })
    const { merger, freeze, hear, passTo } = setUp(test, { timing })
    members = 2
    hear('a', 'another merge')
    members = 3
    merger.call(['self', 'a', 'b'])
    members = 9
    await freeze()
    for (const from of ['a', 'b']) hear(from)
    assert.equal(merger.phase, 'pulling')
    // 100 + 3 · 100 ms.
    for (let ms = 50; ms < 400; ms += 50) await passTo(ms)
    assert.equal(merger.phase, 'pulling')
    await passTo(400)
    assert.equal(merger.phase, 'gathering')
  })

  it('grows with the models and their number, up to two whole exchanges', () => {
    const pullMs = (parameters: number, members: number) => mergeTimingFor({ parameters, members }).pullMs
    // 10 s, and 4 bytes · 1,000,000 · 5 at 1 MB per second.
    assert.equal(pullMs(1_000_000, 5), 10_000 + 20_000)
    assert.equal(pullMs(1_000_000, 50), 2 * limits.exchangeTimeoutMs)
  })
})
