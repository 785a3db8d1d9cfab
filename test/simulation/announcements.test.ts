import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Head } from '../../protocols/wire/index.js'
import { simulate, type Scenario, type Simulation } from '../harness/index.js'

type Timeouts = NonNullable<NonNullable<Scenario['world']>['timeouts']>

/** Three peers with rounds of 10 ms, and one with rounds of 100 ms, for which they go on mixing. @returns what p03 hears of p00. */
const heardOfP00 = (timeouts: Timeouts, mode: 'async' | 'rounds' = 'async') => {
  const heads: { readonly atMs: number; readonly head: Head }[] = []
  const simulation: Simulation = simulate({
    ...{ seed: 1, peers: 4, topology: 'full', rounds: 20, mode },
    world: {
      ...{ links: { latencyMs: 1 }, timeouts },
      devices: { stepMs: 10, speed: { trace: [1, 1, 1, 0.1] } },
    },
    observer: {
      handled(peer, event) {
        if (event.type === 'head' && event.from === 'p00' && peer.id === 'p03')
          heads.push({ atMs: simulation.nowMs, head: event.head })
      },
    },
  })
  simulation.run()
  return { heads, trace: simulation.trace }
}

describe('announcements in a simulation', () => {
  it('tell of every snapshot, where nothing else is said', () => {
    const { heads } = heardOfP00({})
    // 10 ms a round, and 1 ms on the way.
    assert.deepEqual(
      heads.slice(0, 20).map(({ atMs, head }) => [Math.round(atMs), head.round]),
      Array.from({ length: 20 }, (_, i) => [10 * (i + 1) + 1, i + 1]),
    )
  })

  it('are as rare as those of peers, where that is asked for', () => {
    const { heads } = heardOfP00({ headMsPerMember: 21 })
    const finishing = heads.findIndex(({ head }) => head.finished)
    // 84 ms for four members: round 1; 9 and 17, the newest then; the last round at once; then what it mixes.
    assert.deepEqual(
      heads.slice(0, finishing + 1).map(({ atMs, head }) => [Math.round(atMs), head.round]),
      [
        [11, 1],
        [95, 9],
        [179, 17],
        [201, 20],
      ],
    )
    const after = heads.slice(finishing)
    assert.ok(after.length > 10)
    after.slice(1).forEach(({ atMs }, i) => assert.ok(atMs - after[i]!.atMs >= 84 - 1e-6))
  })

  it('are not put off where each is waited for', () => {
    assert.deepEqual(heardOfP00({ headMsPerMember: 20 }, 'rounds'), heardOfP00({}, 'rounds'))
  })
})
