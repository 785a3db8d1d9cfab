import { perIncarnation, violated, type Invariant } from './contract.js'

interface Age {
  readonly round: number
  readonly samples: number
}

/**
 * What a peer has done never becomes less: rounds and examples seen, in its engine and in what it announces. A process
 * that lost its disk begins anew, but even then versions rise: the others take no older version from anyone.
 */
export const ages: Invariant = {
  name: 'ages',
  watch() {
    const versions = new Map<string, number>()
    const announced = new Map<string, Age>()
    const engines = perIncarnation((): { age: Age } => ({ age: { round: 0, samples: 0 } }))
    return {
      handled(peer, event, effects) {
        // One whose state was kept goes on from `done`; another begins a new life.
        if (event.type === 'start' && event.done === undefined) announced.delete(peer.id)
        const engine = engines(peer)
        engine.age = notLess(peer.id, 'has', engine.age, peer.engine.state)
        for (const effect of effects) {
          if (effect.type !== 'publish') continue
          const { head } = effect
          const before = versions.get(peer.id) ?? 0
          if (head.version <= before) {
            throw violated('ages', peer.id, `publishes version ${head.version} after ${before}`)
          }
          versions.set(peer.id, head.version)
          announced.set(peer.id, notLess(peer.id, 'announces', announced.get(peer.id), head))
        }
      },
    }
  },
}

const notLess = (id: string, verb: string, before: Age | undefined, { round, samples }: Age): Age => {
  if (before && (round < before.round || samples < before.samples)) {
    const text = ({ round, samples }: Age): string => `${round} rounds and ${samples} examples`
    throw violated('ages', id, `${verb} ${text({ round, samples })} after ${text(before)}`)
  }
  return { round, samples }
}
