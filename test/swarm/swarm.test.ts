import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parse, stringify } from 'yaml'
import { checkScenario } from './check-scenario.js'
import { features, featuresOf } from './features.js'
import { randomScenario } from './random-scenario.js'
import { failureText, tracedCheck } from './report.js'
import type { Invariant } from './invariants/index.js'
import { violated } from './invariants/contract.js'

const seeds = (count: number) => Array.from({ length: count }, (_, index) => index + 1)

describe('the generator of swarms', () => {
  it('comes up with everything within 200 seeds, three times at least', () => {
    const counts = new Map(features.map((name) => [name, 0]))
    for (const seed of seeds(200)) {
      for (const name of featuresOf(randomScenario(seed))) counts.set(name, (counts.get(name) ?? 0) + 1)
    }
    assert.deepEqual(
      [...counts].filter(([, count]) => count < 3),
      [],
    )
  })

  it('gives the same swarm for the same seed, as plain data that YAML carries', () => {
    for (const seed of seeds(50)) {
      const scenario = randomScenario(seed)
      assert.deepEqual(randomScenario(seed), scenario)
      assert.deepEqual(parse(stringify(scenario)), scenario)
    }
    assert.notDeepEqual({ ...randomScenario(2), seed: 1 }, randomScenario(1))
  })
})

describe('generated swarms', () => {
  it('keep every invariant', () => {
    for (const seed of seeds(25)) assert.equal(failureText(checkScenario(randomScenario(seed))), undefined)
  })

  it('replay event for event', () => {
    for (const seed of [1, 16, 85]) {
      const replays = [1, 2].map(() => {
        const lines: string[] = []
        const verdict = tracedCheck(randomScenario(seed), (line) => lines.push(line))
        return { lines, events: verdict.events, trace: verdict.trace }
      })
      assert.ok(replays[0]!.lines.length > 20)
      assert.deepEqual(replays[0], replays[1])
    }
  })
})

describe('a failure', () => {
  const never: Invariant = {
    name: 'never',
    watch: () => ({
      handled(peer, event) {
        if (event.type === 'trained') throw violated('never', peer.id, 'trains')
      },
    }),
  }

  it('says what was violated, by whom and when, in which scenario, and how to replay it', () => {
    const text = failureText(checkScenario(randomScenario(4), { invariants: [never] }))!
    assert.match(text, /^seed 4 failed at \d+\.\d{3} ms, after \d+ events\n {2}never: p\d\d trains\n/)
    assert.match(text, /\npeers: \d+\n/)
    assert.match(text, /\nreplay: npm run test:swarm -- --seed 4 --trace$/)
  })

  it('is also one when something throws', () => {
    const breaks: Invariant = {
      name: 'breaks',
      watch: () => ({
        stepped() {
          throw new TypeError('not a function')
        },
      }),
    }
    const { violation } = checkScenario(randomScenario(4), { invariants: [breaks] })
    assert.equal(violation?.invariant, 'crash')
    assert.equal(violation?.message, 'TypeError: not a function')
  })
})
