import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createAgenda, finish, simulate, type Scenario, type Swarm } from '../harness/index.js'

const scenario: Scenario = { seed: 1, peers: 4, topology: 'ring', rounds: 3 }

describe('a scenario given by a program', () => {
  const refused: readonly (readonly [
    what: string,
    more: Record<string, unknown>,
    code: string,
    says: RegExp,
  ])[] = [
    ['nobody', { peers: 0 }, 'BAD_VALUE', /^peers: 0 is not a number of peers\. Nothing was started\.$/],
    ['no whole number of rounds', { rounds: 'x' }, 'BAD_VALUE', /^rounds: /],
    ['a seed below 0', { seed: -1 }, 'BAD_VALUE', /^seed: /],
    ['an unknown schedule', { schedule: 'evry:1' }, 'BAD_VALUE', /Did you mean every\?/],
    ['an unknown rule', { rule: 'median' }, 'UNKNOWN_RULE', /median/],
    ['an impossible topology', { topology: 'regular:9' }, 'IMPOSSIBLE', /regular:9/],
    [
      'a misspelt key of the world',
      { world: { links: { latency: 3 } } },
      'UNKNOWN_KEY',
      /Did you mean latencyMs\?/,
    ],
    ['a loss above 1', { world: { links: { loss: 7 } } }, 'BAD_VALUE', /^links\.loss: /],
    ['a latency in words', { world: { links: { latencyMs: 'fast' } } }, 'BAD_VALUE', /\[least, most\]/],
    [
      'someone unknown who crashes',
      { world: { churn: { events: [{ atMs: 1, peer: 'p9', does: 'crash' }] } } },
      'BAD_VALUE',
      /"p9"/,
    ],
  ]
  for (const [what, more, code, says] of refused) {
    it(`is refused with ${what}`, () => {
      assert.throws(() => simulate({ ...scenario, ...more }), { code, message: says })
    })
  }

  it('runs in one go, and gives the same trace when it lets go of the thread now and then', async () => {
    const [together, bit] = [simulate(scenario), simulate(scenario)]
    together.run()
    await bit.finish()
    assert.deepEqual(bit.trace, together.trace)
    assert.equal(together.trace.filter((line) => line.includes('finished 3')).length, 4)
  })

  it('stops with the signal', async () => {
    const reason = new Error('enough')
    await assert.rejects(simulate(scenario).finish({ signal: AbortSignal.abort(reason) }), reason)
  })
})

describe('a simulation that gets nowhere', () => {
  it('is given up after very many events without progress', async () => {
    const agenda = createAgenda()
    const again = (): void => agenda.plan(1, again)
    again()
    const swarm = { agenda, peers: [], meanRound: 0 } as unknown as Swarm
    await assert.rejects(finish({ swarm, seed: 7, step: () => agenda.step() }), {
      code: 'STALLED',
      message: /^seed 7: still not over after 1000000 events/,
    })
  })

  it('is not one in which a slow device still trains while the others exchange what they have', async () => {
    const agenda = createAgenda()
    let meanRound = 0
    const again = (): void => {
      if (agenda.nowMs >= 1_200_000) meanRound = 1
      else agenda.plan(1, again)
    }
    again()
    const peers = [{ trainsUntilMs: 1_200_000 }, { trainsUntilMs: 10 }]
    const swarm = { agenda, peers, meanRound } as unknown as Swarm
    await finish({ swarm, seed: 7, step: () => agenda.step() })
    assert.equal(meanRound, 1)
  })
})
