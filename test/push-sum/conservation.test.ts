import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createMass } from '../../protocols/final-merge/push-sum/index.js'
import { assertSameMass, createLedger, totalOf, vectorOf } from './ledger.js'
import { namesOf, starOfCliques, toyModel, toyNetwork, type Toy } from './network.js'

const RELATIVE = 1e-9

/** Checks after every event that what the peers hold and what is in transit is what there was at the beginning. */
const conserved = (toy: Toy & { readonly peers: number }): void => {
  const names = namesOf(toy.peers)
  const ledger = createLedger()
  const network = toyNetwork({ ...toy, observer: ledger.observer })
  const initialOf = (name: string): readonly number[] =>
    vectorOf(createMass(toyModel(name), toy.shareOf?.(name) ?? 1))
  const initial = totalOf(names.map(initialOf))
  const held = (name: string): readonly number[] => {
    const mass = network.mass(name)
    return mass ? vectorOf(mass) : initialOf(name)
  }
  network.call('p00')
  let splits = 0
  while (network.step()) {
    const total = totalOf([...names.map(held), ledger.inTransit()])
    const where = `seed ${toy.seed} at ${network.agenda.nowMs} ms`
    assertSameMass(total, initial, RELATIVE, where)
    for (const name of names) assert.ok((network.mass(name)?.weight ?? 1) > 0, where)
    splits += 1
  }
  assert.ok(splits > 100)
}

const loss = { loss: 0.3, duplicate: 0.2, reorder: 0.3, reorderMs: 80, jitterMs: 20 }

describe('the mass of a network', () => {
  it('is conserved after every event when nearly every third message is lost', () => {
    const world = { links: loss }
    for (const seed of [1, 2]) conserved({ peers: 8, graph: 'regular:4', seed, world, tolerance: 1e-2 })
  })

  it('is conserved when readers lag behind and catch up, so that segments begin and end all the time', () => {
    for (const seed of [1, 2, 3]) {
      const timing = { lagMs: 150, patienceMs: 60 }
      const world = { links: { ...loss, loss: 0.5 } }
      conserved({ ...{ peers: 6, seed, timing, world, pullMs: 100 }, graph: starOfCliques(namesOf(6), 3) })
    }
  })

  it('is conserved through a partition, with shares that differ', () => {
    const shareOf = (name: string): number => 1 + 250 * Number(name.slice(1))
    const partitions = [{ fromMs: 60, untilMs: 2_500, from: 0.5 }]
    conserved({ peers: 8, seed: 4, shareOf, world: { links: loss, partitions } })
  })
})
