import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parse, stringify } from 'yaml'
import { thirdOf } from '../../protocols/final-merge/index.js'
import { createToyTraining, lies, simulate, type MergeScenario } from '../harness/index.js'
import { checkMerge } from './check.js'
import { createTally, failureOf } from './report.js'
import { randomMerge } from './scenario.js'

const seeds = (count: number) => Array.from({ length: count }, (_, index) => index + 1)

describe('the generator of merges', () => {
  it('gives the same merge for the same seed, as plain data that YAML carries', () => {
    for (const seed of seeds(50)) {
      assert.deepEqual(randomMerge(seed), randomMerge(seed))
      assert.deepEqual(parse(stringify(randomMerge(seed))), randomMerge(seed))
    }
  })

  it('comes up with every lie, with merges in which nobody lies, and with two liars, always fewer than a third', () => {
    const merges = seeds(400).map(randomMerge)
    const told = merges.flatMap(({ liars = [] }) => liars.map(({ does }) => does))
    for (const lie of lies) assert.ok(told.includes(lie), lie)
    const counts = new Set(merges.map(({ liars = [] }) => liars.length))
    assert.deepEqual([...counts].sort(), [0, 1, 2])
    for (const { peers, liars = [] } of merges) assert.ok(liars.length < thirdOf(peers))
  })
})

describe('generated merges', () => {
  it('end as promised', () => {
    for (const seed of seeds(20)) assert.equal(failureOf(checkMerge(randomMerge(seed)))?.text, undefined)
  })
  it('ends where one who had given up reads the result, and never hears that a member is done', () => {
    assert.equal(failureOf(checkMerge(randomMerge(744)))?.text, undefined)
  })

  it('replay line for line', () => {
    const lines = [1, 2].map(() => {
      const printed: string[] = []
      checkMerge(randomMerge(12), (line) => printed.push(line))
      return printed
    })
    assert.ok(lines[0]!.length > 5)
    assert.deepEqual(lines[0], lines[1])
  })
})

describe('a failure', () => {
  it('says what does not hold, in which scenario, and how to replay it', () => {
    const verdict = { ...checkMerge(randomMerge(1)), violations: ['p00 hangs while voted'] }
    const { text } = failureOf(verdict)!
    assert.match(text, /^seed 1 failed\n {2}p00 hangs while voted\n\nseed: 1\n/)
    assert.match(text, /\nreplay: npm run test:merges -- --seed 1 --trace$/)
  })

  it('is counted beside results, attempts and bytes', () => {
    const tally = createTally()
    const verdict = checkMerge(randomMerge(1))
    tally.add({ ...verdict, merged: 3, unmerged: 1, attempts: 4, bytesPerPeer: 1500, accused: true })
    tally.add({ ...verdict, merged: 1, unmerged: 0, attempts: 2, bytesPerPeer: 500, accused: false })
    // (4 + 2) / (3 + 1) and (1500 + 500) / 2
    assert.deepEqual(tally.summary().json, {
      ...{ results: 4, abandonments: 1, attemptsPerResult: 1.5, kilobytesPerPeer: 1 },
      seedsWithAccusations: 1,
    })
  })
})

describe('what a merge of larger models costs', () => {
  const PEERS = 8
  const DIMENSIONS = 100_000

  /** Bytes that one peer sends for it, in models: with the merge less without. */
  const modelsSent = (merge: MergeScenario): number => {
    const [without, withIt] = [false, merge].map((merges) => {
      const training = createToyTraining({ peers: PEERS, dimensions: DIMENSIONS, seed: 1 })
      const simulation = simulate({
        seed: 1,
        peers: PEERS,
        topology: 'ring',
        rounds: 1,
        training,
        merge: merges,
      })
      simulation.run()
      if (merges) for (const peer of simulation.peers) assert.ok(simulation.merged(peer))
      return simulation.peers.reduce((sum, _, index) => sum + simulation.swarm.bytesSentBy(index), 0)
    })
    return (withIt! - without!) / PEERS / (4 * DIMENSIONS)
  }

  it('is about two models sent per peer, however many they are', () => {
    // (n − 1) / n each to scatter and to gather, 1 / n for the witnesses, audits, and words
    const sent = modelsSent({})
    assert.ok(sent > 1.75 && sent < 2.5, `${sent}`)
  })

  it('is n − 1 models when everyone pulls everything', () => {
    const sent = modelsSent({ method: 'all-to-all' })
    assert.ok(sent > 7 && sent < 7.5, `${sent}`)
  })
})
