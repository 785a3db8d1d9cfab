import { createNetwork } from '../../world/links.js'
import type { World } from '../../world/schema.js'

/** What one exchange of a whole model costs, over the same links as the gossip's. */
export interface NetworkCosts {
  /** Peers and server: when a model of this many bytes, sent at `atMs`, has arrived. */
  arrivalMs(from: number, to: number, bytes: number, atMs: number): number
  /** Index of the server: one more device, with a link of its own. */
  readonly server: number
}

export const createNetworkCosts = (world: World, peers: number, seed: number): NetworkCosts => {
  const network = createNetwork(world.links, peers + 1, seed)
  return {
    server: peers,
    arrivalMs(from, to, bytes, atMs) {
      let sentMs = atMs
      for (let tries = 0; tries < TRIES_MAX; tries++) {
        const [afterMs] = network.send(from, to, bytes, sentMs)
        if (afterMs !== undefined) return sentMs + afterMs
        // Lost: sent again once nobody waits for it any more.
        sentMs += world.timeouts.pullMs
      }
      return sentMs
    },
  }
}

/** A link that loses everything would be tried for ever. */
const TRIES_MAX = 1000
