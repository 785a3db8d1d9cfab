import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { createLingering } from '../../node/peer/lingering.js'
import { stillClock } from './merge-network.js'

const setUp = (test: TestContext) => {
  const clock = stillClock(test)
  const lingering = createLingering()
  let isOver = false
  return {
    ...{ clock, lingering },
    begin: () => void lingering.over({ repeatMs: 1_000, mostMs: 120_000 }).then(() => (isOver = true)),
    passes: async (ms: number): Promise<boolean> => {
      await clock.pass(ms)
      return isOver
    },
  }
}

describe('a peer that has the result', () => {
  it('goes soon after all have it', async (test) => {
    const { clock, lingering, begin, passes } = setUp(test)
    begin()
    assert.equal(await passes(1_000), false)
    lingering.settled()
    await clock.settle()
    assert.equal(await passes(499), false)
    assert.equal(await passes(1), true)
  })

  it('goes soon when all have it already', async (test) => {
    const { clock, lingering, begin, passes } = setUp(test)
    lingering.settled()
    begin()
    await clock.settle()
    assert.equal(await passes(500), true)
  })

  it('stays while one that has not got it still asks, and a while longer', async (test) => {
    const { lingering, begin, passes } = setUp(test)
    lingering.asked()
    begin()
    for (let times = 0; times < 20; times++) {
      assert.equal(await passes(4_000), false)
      lingering.asked()
    }
    assert.equal(await passes(4_999), false)
    assert.equal(await passes(1), true)
  })

  it('goes at last though somebody asks for ever', async (test) => {
    const { lingering, begin, passes } = setUp(test)
    begin()
    for (let times = 0; times < 119; times++) {
      lingering.asked()
      assert.equal(await passes(1_000), false)
    }
    assert.equal(await passes(1_000), true)
  })

  it('stays a while longer where words are repeated rarely, and when somebody asks though all who were called have it', async (test) => {
    const clock = stillClock(test)
    const lingering = createLingering()
    let isOver = false
    void lingering.over({ repeatMs: 6_000, mostMs: 120_000 }).then(() => (isOver = true))
    await clock.pass(29_900)
    assert.equal(isOver, false)
    lingering.settled()
    await clock.settle()
    for (let times = 0; times < 10; times++) {
      lingering.asked()
      await clock.pass(400)
    }
    assert.equal(isOver, false)
    await clock.pass(100)
    assert.equal(isOver, true)
  })
})
