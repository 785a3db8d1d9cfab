import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import { simulate, type Scenario, type Simulation } from '../harness/index.js'
import { describeEvent } from '../swarm/describe-event.js'

type Incidents = NonNullable<NonNullable<NonNullable<Scenario['world']>['churn']>['events']>

/** Runs to the end; every line of what the engines were told and asked for, and of the trace. */
const told = (scenario: Partial<Scenario>) => {
  const lines: string[] = []
  const simulation: Simulation = simulate({
    ...{ seed: 1, peers: 4, topology: 'full', rounds: 12 },
    ...scenario,
    observer: {
      handled(peer, event, effects) {
        lines.push(`${simulation.nowMs.toFixed(3)} ${peer.id}   ${describeEvent(event, effects)}`)
      },
      noted: (id, text) => lines.push(`${simulation.nowMs.toFixed(3)} ${id} ${text}`),
    },
  })
  simulation.run()
  const of = (pattern: RegExp) => lines.filter((line) => pattern.test(line))
  return { lines, simulation, of }
}

/** Every message takes 2 ms; a round 10 ms; a silent member is dropped after 25 ms. */
const going = (...events: Incidents) => ({
  world: { links: { latencyMs: 2 }, timeouts: { pullMs: 15, memberMs: 25 }, churn: { events } },
})

describe('coming and going in the simulated swarm', () => {
  it('tells everyone at once when somebody leaves, and later when somebody crashes', () => {
    const left = told(going({ atMs: 33, peer: 'p03', does: 'leave' }))
    assert.deepEqual(left.of(/p00 {3}members p00 p01 p02$/), ['33.000 p00   members p00 p01 p02'])
    const crashed = told(going({ atMs: 33, peer: 'p03', does: 'crash' }))
    // 33 + 25
    assert.deepEqual(crashed.of(/p00 {3}members p00 p01 p02$/), ['58.000 p00   members p00 p01 p02'])
    for (const { of } of [left, crashed]) {
      assert.equal(of(/p03 round/).length, 3)
      assert.equal(of(/p0[012] finished 12/).length, 3)
    }
  })

  it('has a latecomer begin from the one that is furthest on', () => {
    const { of } = told(going({ atMs: 45, peer: 'p03', does: 'join' }))
    assert.deepEqual(of(/p00 {3}members/), [
      '0.000 p00   members p00 p01 p02',
      '45.000 p00   members p00 p01 p02 p03',
    ])
    assert.deepEqual(of(/p03 {3}start/), ['45.000 p03   start late → pull p00 newer than -1'])
    // Round 4 of p00 after 2 · 2 ms, and 10 ms of training.
    assert.match(of(/p03 round/)[0]!, /^59\.000 p03 round 5 /)
  })

  it('goes on from the round that was kept, with versions above the old ones', () => {
    const { of } = told(
      going(
        { atMs: 33, peer: 'p03', does: 'crash' },
        { atMs: 40, peer: 'p03', does: 'restart', state: 'kept' },
      ),
    )
    assert.deepEqual(of(/p03 {3}start with/), ['40.000 p03   start with 3 rounds done → train 1'])
    assert.match(of(/p03 {3}trained/)[3]!, /^50\.000 .* publish v4 round 4;/)
    // Back within 25 ms: nobody ever dropped it.
    assert.equal(of(/members p00 p01 p02$/).length, 0)
  })

  it('takes over from another when the state was lost, even twice, and never reuses a version', () => {
    const { of } = told(
      going(
        { atMs: 33, peer: 'p03', does: 'crash' },
        { atMs: 40, peer: 'p03', does: 'restart', state: 'lost' },
        { atMs: 42, peer: 'p03', does: 'crash' },
        { atMs: 48, peer: 'p03', does: 'restart', state: 'lost' },
      ),
    )
    assert.deepEqual(
      of(/p03 {3}start/).map((line) => line.slice(0, 34)),
      [
        '0.000 p03   start → train 1',
        '40.000 p03   start late → pull p00',
        '48.000 p03   start late → pull p00',
      ],
    )
    const versions = of(/p03 .*publish v/).map((line) => Number(/publish v(\d+)/.exec(line)![1]))
    assert.deepEqual(
      versions,
      versions.map((_, index) => index + 1),
    )
  })

  it('gives a process nothing that was meant for the one before it', () => {
    const { of } = told(
      going(
        { atMs: 33, peer: 'p03', does: 'crash' },
        { atMs: 34, peer: 'p03', does: 'restart', state: 'kept' },
      ),
    )
    // What was trained since 30 ms would have been done at 40; the new process trains from 34 to 44.
    assert.deepEqual(
      of(/p03 {3}trained/).map((line) => Number(line.split(' ')[0])),
      [10, 20, 30, 44, 54, 64, 74, 84, 94, 104, 114, 124],
    )
    // Asked at 30 ms, answered at 34: lost with the process.
    assert.equal(of(/^34\.000 p03 {3}pulled/).length, 0)
  })

  it('drops those behind a cut only when it lasts longer than a member may be silent', () => {
    const cut = (untilMs: number) =>
      told({
        world: {
          ...going().world,
          partitions: [{ fromMs: 15, untilMs, from: ['p00'], bothWays: false }],
        },
      })
    assert.equal(cut(40).of(/members p01 p02 p03$/).length, 0)
    const long = cut(60)
    assert.deepEqual(
      long.of(/members p01 p02 p03$/).map((line) => line.slice(0, 10)),
      ['40.000 p01', '40.000 p02', '40.000 p03'],
    )
    // The one behind it hears the others all the time.
    assert.equal(
      long.of(/p00 {3}members/).every((line) => line.endsWith('p00 p01 p02 p03')),
      true,
    )
    assert.equal(long.of(/^60\.000 p01 {3}members p00 p01 p02 p03$/).length, 1)
  })
})

describe('announcements in the simulated swarm', () => {
  it('reach the neighbours and nobody else', () => {
    // On a ring of four, p00 and p02 are no neighbours.
    const { of } = told({ ...going(), topology: 'ring' })
    assert.ok(of(/p01 {3}head p00/).length > 0)
    assert.equal(of(/p02 {3}(head|pulled) p00/).length, 0)
    assert.equal(of(/p02 .*pull p00/).length, 0)
  })

  for (const topology of ['one-peer-exponential', 'random:1']) {
    it(`follow the choice of each round where it varies (${topology})`, () => {
      const { of } = told({ ...going(), peers: 6, topology })
      const heard = new Set(of(/p00 {3}head/).map((line) => line.split('head ')[1]!.split(' ')[0]))
      assert.ok(heard.size >= 2, [...heard].join(' '))
      assert.equal(of(/finished 12$/).filter((line) => /p0\d finished/.test(line)).length, 6)
    })
  }

  it('do no harm when they come twice', () => {
    const links = { latencyMs: 2 }
    const once = told({ world: { links } })
    const twice = told({ world: { links: { ...links, duplicate: 1 } } })
    assert.ok(twice.of(/ head /).length > 1.9 * once.of(/ head /).length)
    assert.deepEqual(twice.of(/ round \d+ loss/), once.of(/ round \d+ loss/))
  })
})

describe('one seed', () => {
  const everything: Partial<Scenario> = {
    seed: 20_260_101,
    peers: 24,
    topology: 'small-world:4:0.3',
    rounds: 30,
    localSteps: 2,
    mixing: 'age',
    merge: true,
    world: {
      links: {
        latencyMs: { median: 9, sigma: 0.8 },
        jitterMs: 6,
        bandwidthMbps: 20,
        loss: 0.05,
        duplicate: 0.05,
        reorder: 0.1,
      },
      partitions: [{ fromMs: 200, untilMs: 500, from: 0.25, bothWays: false }],
      devices: { stepMs: 7, jitter: 0.3, speed: { lognormal: 0.4 } },
      churn: {
        events: [
          { atMs: 150, peer: 'p05', does: 'join' },
          { atMs: 220, peer: 'p06', does: 'leave' },
        ],
        rates: { crashesPerMinute: 20, leavesPerMinute: 10, awayMs: { median: 60, sigma: 1 }, state: 'lost' },
      },
      timeouts: { pullMs: 200, memberMs: 150 },
    },
  }
  const digestOf = (lines: readonly string[]) => createHash('sha256').update(lines.join('\n')).digest('hex')

  it('gives one trace, byte for byte, on every machine and version of Node, with everything switched on', () => {
    const { lines } = told(everything)
    assert.ok(lines.length > 7_000, `${lines.length}`)
    assert.equal(digestOf(lines), 'ab97a391d73dcd9ae13a2b31b5abecc731609009f1d3c0d814909252ae920e31')
  })

  it('gives another trace than the next seed', () => {
    const short = { ...everything, rounds: 3, merge: false }
    assert.equal(digestOf(told(short).lines), digestOf(told(short).lines))
    assert.notEqual(digestOf(told(short).lines), digestOf(told({ ...short, seed: 2 }).lines))
  })
})
