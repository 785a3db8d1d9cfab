import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  allToAll,
  rosterDigest,
  type MergeEffect,
  type MergeEvent,
} from '../../protocols/final-merge/index.js'
import type { MergeMessage } from '../../protocols/wire/types.js'
import { createRandom } from '../../protocols/random.js'
import { signaturesOf, simulate, type Scenario, type Simulation } from '../harness/index.js'
import { wordsOf } from './hand-fed.js'

const merge = { method: 'all-to-all' } as const

const merging = (scenario: Partial<Scenario> = {}): Simulation => {
  const simulation = simulate({ seed: 2, peers: 6, topology: 'ring', rounds: 5, merge, ...scenario })
  simulation.run()
  return simulation
}

const crash = (peer: string, atMs: number) => ({ peer, atMs, does: 'crash' as const })

describe('the all-to-all merge in a swarm', () => {
  it('gives every peer the exact average of all frozen models, bit for bit', () => {
    const simulation = merging()
    const models = simulation.peers.map((peer) => simulation.model(peer))
    const expected = Float32Array.from(models[0]!, (_, i) =>
      models.reduce((sum, model) => sum + model[i]! / 6, 0),
    )
    const first = simulation.merged('p00')!
    first.weights.forEach((value, i) => assert.ok(Math.abs(value - expected[i]!) < 1e-6))
    for (const peer of simulation.peers) {
      const outcome = simulation.merged(peer)!
      assert.deepEqual(outcome.weights, first.weights)
      assert.deepEqual(outcome.roster, simulation.peers)
      assert.deepEqual(outcome.agreed, simulation.peers)
      assert.deepEqual(outcome.missing, [])
    }
  })

  it('leaves out a member that died before it committed, and names it', () => {
    // Dead, but still a member for the others when the merge is called.
    const simulation = merging({
      world: { churn: { events: [crash('p03', 5)] }, timeouts: { memberMs: 1e6 } },
    })
    for (const peer of ['p00', 'p01', 'p02', 'p04', 'p05']) {
      assert.deepEqual(simulation.merged(peer)?.missing, ['p03'])
    }
  })

  it('ends alike on all survivors when members die at any moment of the merge', () => {
    for (let atMs = 45; atMs < 90; atMs += 1) {
      const simulation = merging({
        world: { churn: { events: [crash('p01', atMs), crash('p04', atMs + 3)] } },
      })
      const survivors = ['p00', 'p02', 'p03', 'p05']
      const digests = new Set(survivors.map((peer) => simulation.merged(peer)?.digest))
      assert.equal(digests.size, 1, `killed at ${atMs} ms`)
      assert.ok(!digests.has(undefined), `killed at ${atMs} ms`)
    }
  })

  it('ends alike on the others when a member dies in the merge and comes back without a memory of it', () => {
    for (let atMs = 45; atMs < 90; atMs += 1) {
      const restart = { peer: 'p01', atMs: atMs + 2, does: 'restart' as const }
      const simulation = merging({ world: { churn: { events: [crash('p01', atMs), restart] } } })
      const digests = new Set(
        ['p00', 'p02', 'p03', 'p04', 'p05'].map((peer) => simulation.merged(peer)?.digest),
      )
      assert.equal(digests.size, 1, `killed at ${atMs} ms`)
      assert.ok(!digests.has(undefined), `killed at ${atMs} ms`)
    }
  })

  it('falls silent once all have merged, also where answers take longer than a repetition', () => {
    const simulation = simulate({
      ...{ seed: 1, peers: 3, topology: 'full', rounds: 3, merge },
      world: { links: { latencyMs: 300 } },
    })
    simulation.run(20_000)
    assert.ok(simulation.peers.every((peer) => simulation.merged(peer) !== undefined))
    assert.ok(simulation.nowMs < 10_000, `${simulation.nowMs}`)
  })

  it('ends alike on those that stayed when one restarts while it pulls', () => {
    const events = [crash('p03', 65), { peer: 'p03', atMs: 70, does: 'restart' as const }]
    const simulation = simulate({
      ...{ seed: 1, peers: 4, topology: 'full', rounds: 3, merge },
      world: { links: { latencyMs: 20 }, timeouts: { pullMs: 300 }, churn: { events } },
    })
    simulation.run()
    const first = simulation.merged('p00')!
    for (const peer of ['p01', 'p02']) assert.equal(simulation.merged(peer)?.digest, first.digest)
  })

  it('gets through when every twentieth message is lost', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const simulation = merging({ seed, world: { links: { latencyMs: 1, jitterMs: 39, loss: 0.05 } } })
      const digests = simulation.peers.map((peer) => simulation.merged(peer)?.digest)
      assert.ok(digests[0], `seed ${seed}`)
      assert.equal(new Set(digests).size, 1, `seed ${seed}`)
    }
  })

  it('never ends with two different results, even when every third message is lost and members die', () => {
    for (let seed = 1; seed <= 40; seed++) {
      const links = { latencyMs: 1, jitterMs: 59, loss: 0.35 }
      const simulation = merging({ seed, world: { links, churn: { events: [crash('p01', 40 + seed)] } } })
      const results = new Set(simulation.peers.flatMap((peer) => simulation.merged(peer)?.digest ?? []))
      assert.ok(results.size <= 1, `seed ${seed}`)
      for (const peer of simulation.peers) {
        const ended = simulation.merged(peer) ?? simulation.abandoned(peer)
        assert.ok(ended !== undefined || peer === 'p01', `seed ${seed}: ${peer} hangs`)
      }
    }
  })
})

describe('the all-to-all machine', () => {
  const timing = { commitMs: 100, pullMs: 200, agreeMs: 300, repeatMs: 50 }
  const machineOf = () => {
    const machine = allToAll.create({
      ...{
        self: 'b',
        run: 'r',
        period: 1,
        timing: () => timing,
        chunks: 1,
        chunkBytes: 1024,
        weighting: 'uniform',
      },
      ...{
        rule: { name: 'mean', linear: true },
        random: createRandom('by hand'),
        signatures: signaturesOf('b'),
      },
      ...{ mayCall: () => true, claim: () => true },
    })
    const said: MergeMessage[] = []
    const handle = (event: MergeEvent, nowMs: number): MergeEffect[] => {
      const effects = machine.handle(event, nowMs)
      for (const effect of effects) if (effect.type === 'broadcast') said.push(effect.message)
      return effects
    }
    const hear = (from: string, message: MergeMessage, nowMs: number) =>
      handle({ type: 'message', from, message }, nowMs)
    return { machine, said, handle, hear }
  }
  const digest = (letter: string) => letter.repeat(64)
  /** No certificate, so nobody looks at these. */
  const unsigned = { call: digest('0'), signature: new Uint8Array(0) }
  const merged = { type: 'merged', mergeId: '1.1', attempts: 1, certificate: undefined } as const
  const commitment = (letter: string) =>
    ({ type: 'commitment', mergeId: '1.1', digest: digest(letter), samples: 1 }) as const

  it('goes call → commitment → pull → holdings → average → result → merged', () => {
    const { machine, handle, hear, said } = machineOf()
    assert.deepEqual(
      handle({ type: 'call', members: ['a', 'b'] }, 0).map(({ type }) => type),
      ['broadcast', 'freeze', 'setTick'],
    )
    handle({ type: 'frozen', digest: digest('b'), samples: 7 }, 1)
    assert.deepEqual(hear('a', commitment('a'), 2), [{ type: 'pull', from: 'a', digest: digest('a') }])
    handle({ type: 'pulled', from: 'a' }, 3)
    const average = hear('a', { type: 'holdings', mergeId: '1.1', attempt: 1, have: ['a', 'b'] }, 4)
    assert.deepEqual(average, [{ type: 'average', roster: ['a', 'b'] }])
    handle({ type: 'averaged', digest: digest('f') }, 5)
    const roster = rosterDigest(['a', 'b'])
    assert.deepEqual(
      hear('a', { type: 'result', mergeId: '1.1', attempt: 1, roster, digest: digest('f'), ...unsigned }, 6),
      [{ ...merged, roster: ['a', 'b'], agreed: ['a', 'b'], missing: [], digest: digest('f') }],
    )
    assert.deepEqual(
      said.map(({ type }) => type),
      ['call', 'commitment', 'holdings', 'result'],
    )
    assert.equal(machine.phase, 'merged')
  })

  it('freezes at the first word about the merge, whatever it is', () => {
    assert.deepEqual(machineOf().hear('a', commitment('a'), 0)[0], { type: 'freeze' })
  })

  it('waits for the call when another word about the merge overtakes it', () => {
    const { machine, handle, hear } = machineOf()
    hear('a', commitment('a'), 0)
    handle({ type: 'frozen', digest: digest('b'), samples: 7 }, 1)
    handle({ type: 'pulled', from: 'a' }, 2)
    assert.equal(machine.phase, 'committing')
    hear('a', wordsOf(['a', 'b']).call(), 3)
    assert.equal(machine.phase, 'gathering')
  })

  it('has only a few pulls under way at once, and in the end pulls from all', () => {
    const { handle, hear } = machineOf()
    const others = Array.from({ length: 60 }, (_, index) => `m${index}`)
    handle({ type: 'call', members: ['b', ...others] }, 0)
    handle({ type: 'frozen', digest: digest('b'), samples: 7 }, 1)
    const under: string[] = []
    let most = 0
    const note = (effects: MergeEffect[]) => {
      for (const effect of effects) if (effect.type === 'pull') under.push(effect.from)
      most = Math.max(most, under.length)
    }
    for (const id of others) note(hear(id, commitment('a'), 2))
    const pulled = new Set<string>()
    while (under.length > 0) {
      const from = under.shift()!
      pulled.add(from)
      note(handle({ type: 'pulled', from }, 3))
    }
    assert.equal(pulled.size, 60)
    assert.equal(most, 8)
  })

  it('takes no more names than a call can carry, so that nobody can make it too large to send', () => {
    const { handle, hear, said } = machineOf()
    for (const part of [0, 1]) {
      const members = Array.from({ length: 250 }, (_, index) => `x${part}-${index}`)
      hear('a', { ...wordsOf(['a']).call(), members }, part)
    }
    handle({ type: 'tick' }, 50)
    const call = said.find(({ type }) => type === 'call')
    assert.equal(call?.type === 'call' && call.members.length, 250)
  })

  it('ignores another merge and its own echo', () => {
    const { hear } = machineOf()
    assert.deepEqual(hear('a', { ...wordsOf(['a']).call(), mergeId: '2.1' }, 0), [])
    assert.deepEqual(hear('b', wordsOf(['a']).call(), 0), [])
  })

  it('takes the first commitment of a member and no second one', () => {
    const { handle, hear } = machineOf()
    handle({ type: 'call', members: ['a', 'b'] }, 0)
    hear('a', commitment('a'), 1)
    hear('a', commitment('c'), 1)
    const effects = handle({ type: 'frozen', digest: digest('b'), samples: 7 }, 2)
    assert.deepEqual(
      effects.find(({ type }) => type === 'pull'),
      { type: 'pull', from: 'a', digest: digest('a') },
    )
  })

  it('narrows its holdings to what all hold, and averages when all say the same', () => {
    const { handle, hear, said } = machineOf()
    handle({ type: 'call', members: ['a', 'b', 'c'] }, 0)
    handle({ type: 'frozen', digest: digest('b'), samples: 7 }, 1)
    for (const id of ['a', 'c']) {
      hear(id, commitment(id), 2)
      handle({ type: 'pulled', from: id }, 3)
    }
    hear('a', { type: 'holdings', mergeId: '1.1', attempt: 1, have: ['a', 'b'] }, 4)
    assert.deepEqual(hear('c', { type: 'holdings', mergeId: '1.1', attempt: 1, have: ['a', 'b', 'c'] }, 5), [
      { type: 'broadcast', message: { type: 'holdings', mergeId: '1.1', attempt: 2, have: ['a', 'b'] } },
    ])
    hear('a', { type: 'holdings', mergeId: '1.1', attempt: 2, have: ['a', 'b'] }, 6)
    assert.deepEqual(hear('c', { type: 'holdings', mergeId: '1.1', attempt: 2, have: ['a', 'b'] }, 7), [
      { type: 'average', roster: ['a', 'b'] },
    ])
    assert.deepEqual(said.at(-1), { type: 'holdings', mergeId: '1.1', attempt: 2, have: ['a', 'b'] })
  })

  /** Up to its own vote, over the roster of all three. */
  const voted = () => {
    const all = machineOf()
    all.handle({ type: 'call', members: ['a', 'b', 'c'] }, 0)
    all.handle({ type: 'frozen', digest: digest('b'), samples: 7 }, 1)
    for (const id of ['a', 'c']) all.hear(id, commitment(id), 2)
    for (const id of ['a', 'c']) all.handle({ type: 'pulled', from: id }, 3)
    for (const id of ['a', 'c']) {
      all.hear(id, { type: 'holdings', mergeId: '1.1', attempt: 1, have: ['a', 'b', 'c'] }, 4)
    }
    all.handle({ type: 'averaged', digest: digest('f') }, 5)
    return all
  }
  const result = (roster: string[], letter: string) =>
    ({
      type: 'result',
      mergeId: '1.1',
      attempt: 1,
      roster: rosterDigest(roster),
      digest: digest(letter),
      ...unsigned,
    }) as const

  it('takes over the roster that more than half voted for, without voting again', () => {
    const { hear, handle, said } = voted()
    hear('a', { type: 'holdings', mergeId: '1.1', attempt: 2, have: ['a', 'b'] }, 6)
    hear('a', result(['a', 'b'], 'e'), 7)
    const adopted = hear('c', result(['a', 'b'], 'e'), 8)
    assert.deepEqual(adopted, [{ type: 'average', roster: ['a', 'b'] }])
    const votes = said.filter(({ type }) => type === 'result').length
    assert.deepEqual(handle({ type: 'averaged', digest: digest('e') }, 9), [
      { ...merged, roster: ['a', 'b'], agreed: ['a', 'c'], missing: ['c'], digest: digest('e') },
    ])
    assert.equal(said.filter(({ type }) => type === 'result').length, votes)
  })

  it('abandons, with the own model intact, when the votes are split', () => {
    const { hear, machine } = voted()
    hear('a', result(['a', 'b', 'c'], '0'), 6)
    const effects = hear('c', result(['a', 'b', 'c'], '1'), 7)
    assert.equal(effects[0]?.type, 'abandoned')
    assert.equal(machine.phase, 'abandoned')
  })

  it('abandons when half of the members fall silent', () => {
    const { handle, hear, machine } = machineOf()
    handle({ type: 'call', members: ['a', 'b'] }, 0)
    handle({ type: 'frozen', digest: digest('b'), samples: 7 }, 1)
    hear('a', commitment('a'), 2)
    handle({ type: 'pulled', from: 'a' }, 3)
    handle({ type: 'tick' }, 599)
    assert.equal(machine.phase, 'gathering')
    // 100 to commit, 200 to pull, 300 to agree
    handle({ type: 'tick' }, 600)
    assert.equal(machine.phase, 'abandoned')
  })

  it('repeats what it said while it waits', () => {
    const { handle, said } = machineOf()
    handle({ type: 'call', members: ['a', 'b'] }, 0)
    handle({ type: 'frozen', digest: digest('b'), samples: 7 }, 1)
    said.length = 0
    handle({ type: 'tick' }, 50)
    assert.deepEqual(
      said.map(({ type }) => type),
      ['call', 'commitment'],
    )
  })
})
