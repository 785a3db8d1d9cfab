import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { PulledModel, PullModel } from '../../node/network/index.js'
import {
  createCounterfactual,
  type CounterfactualDeps,
  type Estimate,
} from '../../node/peer/counterfactual.js'
import type { RollCall } from '../../node/peer/roll-call.js'
import type { Trainer } from '../../protocols/training/contract.js'
import { headOfRound } from './head-of-round.js'

const OTHERS = ['a', 'b', 'c', 'd', 'e', 'f']
/** Models of two weights: a has [1, 10], b has [2, 20], …; the own one is [0, 0]. */
const modelOf = (id: string): Float32Array => {
  const place = OTHERS.indexOf(id) + 1
  return Float32Array.of(place, 10 * place)
}
const OWN = modelOf('self')
const NOTHING: ReadonlyMap<string, Float32Array> = new Map()

const settled = () => new Promise(setImmediate)

interface SetUp extends Partial<Pick<CounterfactualDeps, 'every' | 'sample' | 'self' | 'seed'>> {
  readonly others?: readonly string[]
  /** Members that have announced no model yet. */
  readonly newcomers?: readonly string[]
  /** What comes of a pull. */
  readonly answer?: (from: string, signal: AbortSignal) => Promise<Float32Array | null>
  readonly evaluate?: (weights: Float32Array) => Promise<number>
}

const setUp = ({ others = OTHERS, newcomers = [], ...options }: SetUp = {}) => {
  const { answer = (from: string) => Promise.resolve(modelOf(from)) } = options
  // What is not evaluated to a number of its own: the first weight of the average, in hundredths.
  const { evaluate = (weights: Float32Array) => Promise.resolve(weights[0]! / 100) } = options
  const self = options.self ?? 'self'
  const stopping = new AbortController()
  const asked: string[] = []
  const averages: number[][] = []
  const estimates: Estimate[] = []
  const members = [...others, self].sort()
  const rollCall: Pick<RollCall, 'members' | 'headOf'> = {
    members,
    headOf: (id) => (newcomers.includes(id) ? undefined : headOfRound(1)),
  }
  const pull: PullModel = async ({ from, newerThan, signal }) => {
    assert.equal(newerThan, -1)
    asked.push(from)
    const weights = await answer(from, signal!)
    return weights && ({ weights } as PulledModel)
  }
  const trainer: Pick<Trainer, 'evaluate'> = {
    async evaluate(weights) {
      averages.push([...weights])
      return { accuracy: await evaluate(weights), loss: 0, examples: 100 }
    },
  }
  const { every = 1, sample, seed = 1 } = options
  const counterfactual = createCounterfactual({
    ...{ self, seed, rollCall, pull, trainer, every, sample },
    layout: { entries: [], length: 2, fingerprint: 'f'.repeat(64) },
    signal: stopping.signal,
    onEstimate: (estimate) => estimates.push(estimate),
  })
  const evaluated = (round: number, mixed = NOTHING): Promise<void> =>
    counterfactual.evaluated({ round, weights: OWN, mixed })
  return { counterfactual, evaluated, asked, averages, estimates, stopping }
}

/** Pulls that stay under way until they are let through. */
const held = () => {
  const waiting: (() => void)[] = []
  return {
    answer: (from: string) =>
      new Promise<Float32Array>((resolve) => waiting.push(() => resolve(modelOf(from)))),
    letOneThrough: async (): Promise<void> => {
      waiting.shift()!()
      await settled()
    },
  }
}

describe('an estimate of the merged accuracy', () => {
  it('is the accuracy of the uniform mean of the own model and those of the sample', async () => {
    const { evaluated, averages, estimates, counterfactual } = setUp({ others: ['a', 'c'] })
    assert.equal(counterfactual.latest, null)
    await evaluated(7)
    // (0 + 1 + 3) / 3 and (0 + 10 + 30) / 3, in float32.
    assert.deepEqual(averages, [[Math.fround(4 / 3), Math.fround(40 / 3)]])
    const expected = { round: 7, mergedAccuracy: Math.fround(4 / 3) / 100, models: 3 }
    assert.deepEqual(estimates, [expected])
    assert.deepEqual(counterfactual.latest, expected)
  })

  it('asks four others by default, none of them twice, and never itself', async () => {
    const { evaluated, asked, estimates } = setUp()
    for (let round = 1; round <= 50; round++) await evaluated(round)
    for (let round = 0; round < 50; round++) {
      const sample = asked.slice(4 * round, 4 * round + 4)
      assert.equal(new Set(sample).size, 4)
      assert.ok(!sample.includes('self'))
    }
    assert.equal(asked.length, 200)
    assert.ok(estimates.every(({ models }) => models === 5))
  })

  it('asks everyone in the end, each about as often', async () => {
    const { evaluated, asked } = setUp({ sample: 2 })
    for (let round = 1; round <= 300; round++) await evaluated(round)
    // 600 pulls over 6 members: 100 each, standard deviation √(300 · ⅓ · ⅔) ≈ 8; five of them either way.
    for (const id of OTHERS) {
      const count = asked.filter((from) => from === id).length
      assert.ok(count > 60 && count < 140, `${id} was asked ${count} times`)
    }
  })

  it('asks the same members for the same seed, peer and round, and others otherwise', async () => {
    const sampleOf = async (options: SetUp, round: number) => {
      const { evaluated, asked } = setUp({ sample: 3, ...options })
      await evaluated(round)
      return asked.join()
    }
    const rounds = Array.from({ length: 10 }, (_, index) => index + 1)
    const samples = (options: SetUp) => Promise.all(rounds.map((round) => sampleOf(options, round)))
    const first = await samples({ seed: 1 })
    assert.deepEqual(await samples({ seed: 1 }), first)
    assert.notDeepEqual(await samples({ seed: 2 }), first)
    assert.notDeepEqual(await samples({ seed: 1, self: 'other' }), first)
    assert.ok(new Set(first).size > 1)
  })

  it('leaves out members that have announced no model yet', async () => {
    const { evaluated, asked, estimates } = setUp({ others: ['a', 'b', 'c'], newcomers: ['b'] })
    await evaluated(1)
    assert.deepEqual(asked, ['a', 'c'])
    assert.equal(estimates[0]?.models, 3)
  })

  it('takes what was mixed in the round in place of a pull', async () => {
    const { evaluated, asked, averages } = setUp({ others: ['a', 'b'] })
    // Who is not a member any more is not in the average.
    await evaluated(
      1,
      new Map([
        ['b', Float32Array.of(5, 50)],
        ['gone', Float32Array.of(900, 900)],
      ]),
    )
    assert.deepEqual(asked, ['a'])
    // (0 + 1 + 5) / 3 and (0 + 10 + 50) / 3.
    assert.deepEqual(averages, [[2, 20]])
  })

  it('leaves the models as they are', async () => {
    const own = Float32Array.of(3, 4)
    const mixed = Float32Array.of(5, 6)
    const { counterfactual } = setUp({ others: ['a'] })
    await counterfactual.evaluated({ round: 1, weights: own, mixed: new Map([['a', mixed]]) })
    assert.deepEqual([...own, ...mixed], [3, 4, 5, 6])
  })
})

describe('what fails while an estimate is made', () => {
  it('makes the sample smaller when it is a pull, or a member without a snapshot', async () => {
    const { evaluated, asked, averages, estimates } = setUp({
      others: ['a', 'b', 'c'],
      answer: (from) => {
        if (from === 'a') return Promise.reject(new Error('unreachable'))
        return Promise.resolve(from === 'b' ? null : modelOf(from))
      },
    })
    await evaluated(1)
    assert.deepEqual(asked, ['a', 'b', 'c'])
    // (0 + 3) / 2 and (0 + 30) / 2.
    assert.deepEqual(averages, [[1.5, 15]])
    assert.equal(estimates[0]?.models, 2)
  })

  it('leaves no estimate when it is every pull, and the next one is made as usual', async () => {
    let reachable = false
    const { evaluated, averages, estimates } = setUp({
      others: ['a'],
      answer: (from) => (reachable ? Promise.resolve(modelOf(from)) : Promise.reject(new Error('cut off'))),
    })
    await evaluated(1)
    assert.deepEqual([averages, estimates], [[], []])
    reachable = true
    await evaluated(2)
    assert.deepEqual(
      estimates.map(({ round, models }) => [round, models]),
      [[2, 2]],
    )
  })

  it('leaves no estimate when it is the evaluation, and keeps the last one', async () => {
    let works = true
    const { evaluated, estimates, counterfactual } = setUp({
      evaluate: () => (works ? Promise.resolve(0.5) : Promise.reject(new Error('the thread has died'))),
    })
    await evaluated(1)
    works = false
    await evaluated(2)
    assert.equal(estimates.length, 1)
    assert.equal(counterfactual.latest?.round, 1)
  })

  it('is nothing when there is nobody else', async () => {
    const { evaluated, asked, averages, estimates } = setUp({ others: [] })
    await evaluated(1)
    assert.deepEqual([asked, averages, estimates], [[], [], []])
  })
})

describe('when an estimate is made', () => {
  it('is every so many evaluated rounds, whatever the numbers of the rounds', async () => {
    const { evaluated, estimates } = setUp({ every: 3 })
    for (const round of [5, 6, 10, 11, 13, 20, 21]) await evaluated(round)
    assert.deepEqual(
      estimates.map(({ round }) => round),
      [10, 20],
    )
  })

  it('is never when it is turned off', async () => {
    const { evaluated, asked, averages } = setUp({ every: 0 })
    for (let round = 1; round <= 50; round++) await evaluated(round)
    assert.deepEqual([asked, averages], [[], []])
  })

  it('is not while another one is under way: that one is left out', async () => {
    const { answer, letOneThrough } = held()
    const { evaluated, asked, estimates } = setUp({ others: ['a', 'b'], answer })
    const first = evaluated(1)
    await evaluated(2)
    await letOneThrough()
    await evaluated(3)
    await letOneThrough()
    await first
    assert.deepEqual(asked, ['a', 'b'])
    const fourth = evaluated(4)
    await letOneThrough()
    await letOneThrough()
    await fourth
    assert.deepEqual(
      estimates.map(({ round }) => round),
      [1, 4],
    )
  })

  it('asks one member at a time', async () => {
    const { answer, letOneThrough } = held()
    const { evaluated, asked } = setUp({ others: ['a', 'b', 'c'], answer })
    const done = evaluated(1)
    for (const count of [1, 2, 3]) {
      assert.equal(asked.length, count)
      await letOneThrough()
    }
    await done
  })
})

describe('an estimate under way', () => {
  const ends = {
    'the merge begins': ({ counterfactual }: ReturnType<typeof setUp>) => counterfactual.pause(),
    'the peer stops': ({ stopping }: ReturnType<typeof setUp>) => stopping.abort(),
  }
  for (const [what, end] of Object.entries(ends)) {
    it(`calls off its pull when ${what}, and asks nobody any more`, async () => {
      const calledOff = (_from: string, signal: AbortSignal) =>
        new Promise<never>((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new Error('called off')))
        })
      const made = setUp({ answer: calledOff })
      const done = made.evaluated(1)
      end(made)
      await done
      await made.evaluated(2)
      assert.deepEqual([made.asked.length, made.averages, made.estimates], [1, [], []])
    })

    it(`is not reported when ${what} during its evaluation`, async () => {
      let finish!: () => void
      const evaluate = () => new Promise<number>((resolve) => (finish = () => resolve(0.9)))
      const made = setUp({ evaluate })
      const done = made.evaluated(1)
      await settled()
      end(made)
      finish()
      await done
      assert.equal(made.averages.length, 1)
      assert.deepEqual([made.estimates, made.counterfactual.latest], [[], null])
    })
  }

  it('is not begun by a peer that has stopped before', async () => {
    const stopped = new AbortController()
    stopped.abort()
    const counterfactual = createCounterfactual({
      ...{ self: 'self', seed: 1, every: 1, signal: stopped.signal },
      rollCall: { members: ['a', 'self'], headOf: () => headOfRound(1) },
      pull: () => assert.fail('it pulled'),
      trainer: { evaluate: () => assert.fail('it evaluated') },
      layout: { entries: [], length: 2, fingerprint: 'f'.repeat(64) },
      onEstimate: () => assert.fail('it reported'),
    })
    await counterfactual.evaluated({ round: 1, weights: OWN, mixed: NOTHING })
  })
})
