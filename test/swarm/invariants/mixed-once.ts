import type { Weights } from '../../harness/index.js'
import { perIncarnation, violated, type Invariant, type Peer } from './contract.js'

/**
 * A process mixes only what it pulled from the sender it says, what that sender published under that version, each
 * version once, and nothing of its own, not even of an earlier process of the same peer.
 */
export const mixedOnce: Invariant = {
  name: 'mixed-once',
  watch() {
    const published = new Map<string, Weights>()
    /** By sender: versions pulled, and whether they were mixed. Weights are known by their identity. */
    const pulledBy = perIncarnation(
      () => new Map<string, Map<number, { weights: Weights; mixed: boolean }>>(),
    )

    const mix = (peer: Peer, from: string, weights: Weights): void => {
      const versions = [...(pulledBy(peer).get(from) ?? [])].filter(([, entry]) => entry.weights === weights)
      if (versions.length === 0)
        throw violated('mixed-once', peer.id, `mixes weights of ${from} that it never pulled`)
      const fresh = versions.find(([, { mixed }]) => !mixed)
      if (!fresh)
        throw violated('mixed-once', peer.id, `mixes version ${versions[0]![0]} of ${from} a second time`)
      fresh[1].mixed = true
    }

    return {
      handled(peer, event, effects) {
        if (event.type === 'pulled') {
          const { from, head, weights } = event
          if (published.get(`${from}/${head.version}`) !== weights) {
            throw violated(
              'mixed-once',
              peer.id,
              `pulls a version ${head.version} that ${from} did not publish`,
            )
          }
          const pulled = pulledBy(peer)
          const versions = pulled.get(from) ?? new Map<number, { weights: Weights; mixed: boolean }>()
          pulled.set(from, versions)
          if (!versions.has(head.version)) versions.set(head.version, { weights, mixed: false })
        }
        for (const effect of effects) {
          if (effect.type === 'publish') published.set(`${peer.id}/${effect.head.version}`, effect.weights)
          if (effect.type !== 'mix') continue
          for (const { from, weights } of effect.shares.slice(1)) {
            if (from === peer.id) throw violated('mixed-once', peer.id, 'mixes itself as a neighbour')
            mix(peer, from, weights)
          }
        }
      },
    }
  },
}
