import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Head } from '../../protocols/wire/types.js'
import { ages } from './invariants/ages.js'
import { bounds } from './invariants/bounds.js'
import { ends } from './invariants/ends.js'
import { finite } from './invariants/finite.js'
import { fresh } from './invariants/fresh.js'
import { invariants, type Effect, type Event } from './invariants/index.js'
import { lockStep } from './invariants/lock-step.js'
import { members } from './invariants/members.js'
import { mixedOnce } from './invariants/mixed-once.js'
import { oneResult } from './invariants/one-result.js'
import { roundTime } from './invariants/round-time.js'
import { shares } from './invariants/shares.js'
import { underWay } from './invariants/under-way.js'
import { watching } from './watching.js'

const model = (...values: number[]) => Float32Array.from(values)
const headOf = (version: number, round = version, samples = round): Head => ({
  ...{ version, round, samples, digest: '', degree: 2, finished: false, loss: 0, accuracy: null },
})
const publish = (version: number, weights = model(1), round?: number, samples?: number): Effect => ({
  type: 'publish',
  weights,
  head: headOf(version, round, samples),
})
const pulled = (from: string, version: number, weights = model(1)): Event => ({
  type: 'pulled',
  from,
  head: headOf(version),
  weights,
})
const trained: Event = { type: 'trained', weights: model(1), loss: 0, samples: 1 }
const start: Event = { type: 'start', weights: model(1), late: false }
const train: Effect = { type: 'train', weights: model(1), steps: 1 }
const tick: Event = { type: 'deadline' }
type Model = readonly [from: string, weight: number, weights?: Float32Array]
const mix = (...models: Model[]): Effect => ({
  type: 'mix',
  shares: models.map(([from, weight, weights = model(1)]) => ({ from, weight, weights })),
  catchUp: { now: model(1), fraction: 0 },
})
const roundEnded = (round: number, ...mixedFrom: string[]): Effect => ({
  ...{ type: 'roundEnded', round, loss: 0, mixedFrom, weights: model(1) },
})

const fails = (action: () => void, text: RegExp) =>
  assert.throws(action, { name: 'SimulationError', code: 'INVARIANT', message: text })

describe('each invariant, on a history that breaks it', () => {
  it('is in the list, under a name of its own', () => {
    assert.equal(new Set(invariants.map(({ name }) => name)).size, 12)
  })

  it('mixed-once: a version is mixed a second time', () => {
    const watch = watching(mixedOnce)
    const weights = model(1)
    watch.handled('p01', trained, [publish(1, weights)])
    watch.handled('p00', pulled('p01', 1, weights))
    watch.handled('p00', trained, [mix(['p00', 0.5], ['p01', 0.5, weights])])
    watch.handled('p00', pulled('p01', 1, weights))
    fails(() => watch.handled('p00', trained, [mix(['p00', 0.5], ['p01', 0.5, weights])]), /second time/)
    // Another process may: it does not know what the one before has mixed.
    watch.restart('p00')
    watch.handled('p00', pulled('p01', 1, weights))
    watch.handled('p00', trained, [mix(['p00', 0.5], ['p01', 0.5, weights])])
  })

  it('mixed-once: weights that were never pulled, that nobody published, or one’s own', () => {
    const watch = watching(mixedOnce)
    fails(() => watch.handled('p00', trained, [mix(['p00', 0.5], ['p01', 0.5])]), /never pulled/)
    fails(() => watch.handled('p00', pulled('p01', 3)), /did not publish/)
    fails(() => watch.handled('p00', trained, [mix(['p00', 0.5], ['p00', 0.5])]), /itself as a neighbour/)
  })

  it('shares: negative, not summing to 1, twice the same sender, a stranger, without oneself', () => {
    const broken =
      (...models: Parameters<typeof mix>) =>
      () =>
        watching(shares).handled('p00', trained, [mix(...models)])
    broken(['p00', 0.25], ['p01', 0.75])()
    fails(broken(['p00', 1.5], ['p01', -0.5]), /the share -0.5/)
    fails(broken(['p00', 0.5], ['p01', 0.4999]), /sum to 0.9999/)
    fails(broken(['p00', 0.5], ['p01', 0.25], ['p01', 0.25]), /two models of p01/)
    fails(broken(['p00', 0.5], ['p09', 0.5]), /no member/)
    fails(broken(['p01', 0.5], ['p02', 0.5]), /without its own/)
    fails(broken(['p00', NaN]), /the share NaN/)
  })

  it('ages: a version, a round or the examples become less', () => {
    const announcing = (
      ...heads: readonly (readonly [version: number, round: number, samples: number])[]
    ) => {
      const watch = watching(ages)
      for (const [version, round, samples] of heads) {
        watch.handled('p00', trained, [publish(version, model(1), round, samples)])
      }
    }
    announcing([1, 1, 1], [2, 2, 2], [3, 2, 2])
    fails(() => announcing([2, 1, 1], [2, 2, 2]), /version 2 after 2/)
    fails(() => announcing([1, 2, 2], [2, 1, 3]), /announces 1 rounds and 3 examples after 2 rounds and 2/)
    fails(() => announcing([1, 2, 2], [2, 3, 1]), /announces 3 rounds and 1 examples/)
    const watch = watching(ages)
    watch.state('p00', { round: 2, samples: 2 })
    watch.handled('p00', trained)
    watch.state('p00', { round: 2, samples: 1 })
    fails(() => watch.handled('p00', tick), /has 2 rounds and 1 examples/)
  })

  it('ages: versions begin anew after a restart, even when the state was lost', () => {
    const watch = watching(ages)
    watch.handled('p00', trained, [publish(5, model(1), 5)])
    watch.restart('p00')
    watch.handled('p00', start)
    // Rounds may: its disk was lost.
    watch.handled('p00', trained, [publish(6, model(1), 1)])
    fails(() => watch.handled('p00', trained, [publish(1, model(1), 1)]), /version 1 after 6/)
  })

  it('bounds: a pull that is forgotten, given twice, or answered twice', () => {
    const pull = (from: string): Effect => ({ type: 'pull', from, newerThan: 0 })
    const watch = watching(bounds)
    watch.state('p00', { pullsUnderWay: 1 })
    watch.handled('p00', trained, [pull('p01')])
    fails(() => watch.handled('p00', tick, [pull('p01')]), /twice at a time/)
    fails(
      () => watch.handled('p00', { type: 'pullEnded', from: 'p01' }),
      /counts 1 pulls under way, where 0 are/,
    )
    watch.state('p00', { pullsUnderWay: 0 })
    fails(() => watch.handled('p00', { type: 'pullEnded', from: 'p01' }), /ended before/)
    fails(() => watch.handled('p00', tick, [pull('p00')]), /from itself/)
  })

  it('bounds: too many pulls, snapshots or planned actions', () => {
    const watch = watching(bounds)
    const many = Array.from({ length: 33 }, (_, index): Effect => ({
      type: 'pull',
      from: `x${index}`,
      newerThan: 0,
    }))
    fails(() => watch.handled('p00', trained, many), /33 pulls/)
    watch.state('p01', { inboxSize: 65 })
    fails(() => watch.handled('p01', trained), /65 snapshots/)
    // 64 per ordered pair and peer: 64 · 3 · 4.
    watch.planned(768)
    watch.stepped()
    watch.planned(769)
    fails(() => watch.stepped(), /769 actions/)
  })

  it('under-way: every phase without what would end it', () => {
    const stuck = (
      phase: 'idle' | 'joining' | 'training' | 'mixing' | 'collecting',
      effects: Effect[] = [],
    ) => {
      const watch = watching(underWay)
      watch.state('p00', { phase })
      watch.handled('p00', start, effects)
      watch.stepped()
    }
    stuck('training', [train])
    fails(() => stuck('idle'), /does nothing/)
    fails(() => stuck('joining'), /pulls from nobody/)
    fails(() => stuck('training'), /nothing trains/)
    fails(() => stuck('mixing'), /nothing is mixed/)
    fails(() => stuck('collecting'), /without a deadline/)
    stuck('collecting', [{ type: 'setDeadline', atMs: 5 }])
    fails(() => stuck('collecting', [{ type: 'setDeadline', atMs: -1 }]), /beyond its deadline/)
    const cleared: Effect[] = [{ type: 'setDeadline', atMs: 5 }, { type: 'clearDeadline' }]
    fails(() => stuck('collecting', cleared), /without a deadline/)
  })

  it('lock-step: a round without a neighbour that nothing excuses', () => {
    const round = (mixedFrom: string[], before?: Event) => {
      const watch = watching(lockStep, { mode: 'rounds' })
      watch.handled('p00', trained)
      if (before) watch.handled('p00', before)
      watch.handled('p00', { type: 'mixed', weights: model(1) }, [roundEnded(1, ...mixedFrom)])
    }
    round(['p01', 'p02'])
    fails(() => round(['p02']), /without mixing its neighbours p01/)
    round(['p02'], tick)
    round(['p02'], { type: 'pullEnded', from: 'p01' })
  })

  it('lock-step: a neighbour that was silent and is heard again is waited for', () => {
    const watch = watching(lockStep, { mode: 'rounds' })
    const ends = (...mixedFrom: string[]) => watch.handled('p00', tick, [roundEnded(1, ...mixedFrom)])
    watch.handled('p00', trained)
    watch.handled('p00', pulled('p02', 1))
    ends('p02')
    watch.handled('p00', trained)
    watch.handled('p00', { type: 'mixed', weights: model(1) }, [roundEnded(2, 'p02')])
    watch.handled('p00', { type: 'head', from: 'p01', head: headOf(1) })
    watch.handled('p00', trained)
    fails(
      () => watch.handled('p00', { type: 'mixed', weights: model(1) }, [roundEnded(3, 'p02')]),
      /without mixing its neighbours p01/,
    )
  })

  it('lock-step: a peer waits for one that has left', () => {
    const watch = watching(lockStep, { mode: 'rounds' })
    watch.state('p00', { phase: 'collecting', round: 1 })
    watch.state('p01', { phase: 'finished' })
    watch.handled('p00', trained)
    watch.handled('p00', pulled('p02', 1))
    watch.stepped()
    watch.handled('p00', { type: 'members', members: ['p00', 'p02'] })
    fails(() => watch.stepped(), /all its neighbours have answered or gone/)
  })

  it('fresh: a neighbour’s snapshot is there for three rounds and nobody asks', () => {
    const history = (mixesAtMs: number | undefined) => {
      const watch = watching(fresh)
      const weights = model(1)
      watch.handled('p00', start, [train])
      // Requests from before the start count for nothing until they have ended, after 1000 ms.
      watch.at(1001)
      watch.handled('p01', trained, [publish(1, weights)])
      for (let ms = 1010; ms <= 1050; ms += 10) {
        watch.at(ms)
        const mixes = ms === mixesAtMs ? [mix(['p00', 0.5], ['p01', 0.5, weights])] : []
        watch.handled('p00', trained, [...mixes, train])
      }
    }
    history(1030)
    fails(() => history(undefined), /p00 has not mixed version 1 of p01/)
  })

  it('round-time: a round takes longer than training on the slowest device', () => {
    const watch = watching(roundTime)
    watch.handled('p00', start, [train])
    watch.at(10)
    watch.ended()
    watch.at(10.1)
    fails(() => watch.stepped(16), /in one round for 10.100 ms \(phase training\); 10.000 ms are the most/)
    watch.handled('p00', trained, [roundEnded(1)])
    watch.at(20)
    watch.handled('p01', start, [train])
    watch.handled('p02', start, [train])
    watch.ended()
  })

  it('round-time: a late peer joins for longer than eight pulls', () => {
    const watch = watching(roundTime)
    watch.state('p00', { phase: 'joining' })
    for (const id of ['p01', 'p02']) watch.state(id, { phase: 'finished' })
    watch.handled('p00', { ...start, late: true })
    // 8 · 1000 ms, and the first round.
    watch.at(8010)
    watch.ended()
    watch.at(8011)
    fails(() => watch.ended(), /phase joining/)
  })

  it('finite: NaN or infinity in what trains or is published', () => {
    const watch = watching(finite)
    watch.handled('p00', trained, [publish(1)])
    fails(() => watch.handled('p00', trained, [publish(2, model(1, NaN))]), /NaN in it \(publish\)/)
    fails(() => watch.handled('p00', { ...trained, weights: model(Infinity) }), /Infinity in it \(trained\)/)
  })

  it('members: out of order, twice the same, without oneself', () => {
    const told =
      (...list: string[]) =>
      () =>
        watching(members).handled('p01', { type: 'members', members: list })
    told('p00', 'p01')()
    fails(told('p01', 'p00'), /out of order/)
    fails(told('p01', 'p01'), /out of order/)
    fails(told('p00', 'p02'), /without itself/)
  })

  it('one-result: two results for one call', () => {
    const watch = watching(oneResult, { merge: true })
    watch.merged('p00', { digest: 'aa', roster: ['p00', 'p01'], missing: ['p02'] })
    watch.merged('p01', { digest: 'aa', roster: ['p00', 'p01'], missing: ['p02'] })
    // Called over other members: another merge.
    watch.merged('p02', { digest: 'bb', roster: ['p02'], missing: [] })
    watch.stepped()
    watch.merged('p01', { digest: 'cc', roster: ['p00', 'p01'], missing: ['p02'] })
    fails(() => watch.stepped(), /p01 merged p00 p01 to cc; p00 merged p00 p01 to aa/)
    watch.merged('p01', { digest: 'aa', roster: ['p00', 'p01', 'p02'], missing: [] })
  })

  it('ends: someone is not done, frozen for ever, or the run goes on and on', () => {
    const watch = watching(ends, { merge: true })
    for (const id of ['p01', 'p02']) watch.state(id, { phase: 'finished' })
    fails(() => watch.ended(), /p00 ends in phase training, 0 of 4 rounds done/)
    watch.state('p00', { phase: 'finished', frozen: true })
    fails(() => watch.ended(), /frozen for ever/)
    watch.merged('p00', { digest: 'aa', roster: ['p00'], missing: [] })
    watch.ended()
    // 150,000, and of 3 + 18 calls 1,850 each for each of 3² pairs.
    fails(() => watch.stepped(499_651), /not over after 499650 events/)
  })

  it('ends: virtual time passes its bound', () => {
    const watch = watching(ends)
    watch.handled('p00', start)
    // Eight pulls of 1000 ms, five rounds of 10 ms, 2000 ms until a member is dropped, 20 turns of 50 ms
    // for each of 3 peers.
    watch.at(13_050)
    watch.handled('p00', tick)
    watch.at(13_051)
    fails(() => watch.handled('p00', tick), /not over after 13050 ms/)
  })
})
