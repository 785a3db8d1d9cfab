import { violated, type Invariant } from './contract.js'

const TOLERANCE = 1e-9

/** Mixing shares: each ≥ 0, sum 1, one per peer, one's own among them, all from members. */
export const shares: Invariant = {
  name: 'shares',
  watch: (watched) => ({
    handled(peer, _event, effects) {
      for (const effect of effects) {
        if (effect.type !== 'mix') continue
        const members = watched.viewOf(peer)
        const senders = new Set<string>()
        let sum = 0
        for (const { from, weight } of effect.shares) {
          if (!(weight >= 0)) throw violated('shares', peer.id, `gives ${from} the share ${weight}`)
          if (senders.has(from)) throw violated('shares', peer.id, `mixes two models of ${from}`)
          if (!members.includes(from)) throw violated('shares', peer.id, `mixes ${from}, which is no member`)
          senders.add(from)
          sum += weight
        }
        if (!senders.has(peer.id)) throw violated('shares', peer.id, 'mixes without its own model')
        if (!(Math.abs(sum - 1) <= TOLERANCE))
          throw violated('shares', peer.id, `gives shares that sum to ${sum}`)
      }
    },
  }),
}
