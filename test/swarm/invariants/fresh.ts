import type { Weights, World } from '../../harness/index.js'
import { perIncarnation, violated, type Invariant, type Peer, type Watched } from './contract.js'

/** Rounds that pass until a snapshot that is there to be had must have been mixed: one to ask, one to mix, one spare. */
const ROUNDS = 3

/** Snapshots remembered per peer. Guess: more than anybody publishes in three rounds of a peer ten times slower. */
const KEPT = 60

/** After these, what was published before need not be mixed: a merged model takes the place of all snapshots so far. */
const ANEW: ReadonlySet<string> = new Set(['members', 'start', 'freeze', 'resume'])

interface Snapshot {
  readonly version: number
  readonly atMs: number
  readonly weights: Weights
}

/**
 * Mode async: whatever a neighbour has published, a peer has mixed something as new of it three rounds later. So nobody
 * is forgotten, whether it was restarted or a request to it failed. Held where a request takes less than the peer's
 * shortest round: no loss, no cuts, no limit of bandwidth, everyone asked in each round, a fixed topology.
 */
export const fresh: Invariant = {
  name: 'fresh',
  watch(watched) {
    const { topology, peers } = watched
    const exchangeMs = longestExchangeMs(watched)
    const { pullMs } = watched.world.timeouts
    if (exchangeMs === undefined || exchangeMs >= pullMs) return {}
    /** Of each peer: the last versions, oldest first, with the time of each. */
    const published = new Map<string, Snapshot[]>()
    const readers = perIncarnation(() => ({
      roundsMs: [] as number[],
      neighbours: new Map<string, number>(),
      newest: new Map<string, number>(),
    }))

    /** At the end of a round: what was published before the last rounds began has been mixed, or something newer. */
    const assertFresh = (peer: Peer): void => {
      const { roundsMs, neighbours, newest } = readers(peer)
      const ends = [...roundsMs.slice(1), watched.nowMs]
      const long = roundsMs.every((beganMs, index) => ends[index]! - beganMs > exchangeMs)
      if (roundsMs.length < ROUNDS || !long) return
      for (const [id, sinceMs] of neighbours) {
        if (!peers.find((other) => other.id === id)!.alive) continue
        const wanted = published
          .get(id)
          ?.findLast(({ atMs }) => atMs >= sinceMs + pullMs && atMs <= roundsMs[0]!)
        if (!wanted || (newest.get(id) ?? 0) >= wanted.version) continue
        const what = `version ${wanted.version} of ${id}, published at ${wanted.atMs.toFixed(3)} ms, nor a newer one`
        throw violated('fresh', peer.id, `has not mixed ${what}`)
      }
    }

    return {
      handled(peer, event, effects) {
        const reader = readers(peer)
        const { nowMs } = watched
        if (ANEW.has(event.type)) {
          const now = topology.neighbours({ members: watched.viewOf(peer), self: peer.id, round: 0 })
          // A neighbour counts once requests from before it became one, or started anew, have ended.
          reader.neighbours = new Map(now.map((id) => [id, nowMs]))
          reader.roundsMs = []
        }
        for (const effect of effects) {
          if (effect.type === 'publish') {
            const { version } = effect.head
            const before = published.get(peer.id) ?? []
            published.set(peer.id, [
              ...before.slice(-KEPT),
              { version, atMs: nowMs, weights: effect.weights },
            ])
          } else if (effect.type === 'mix') {
            for (const { from, weights } of effect.shares) {
              const mixed = published.get(from)?.findLast((snapshot) => snapshot.weights === weights)
              reader.newest.set(from, Math.max(reader.newest.get(from) ?? 0, mixed?.version ?? 0))
            }
          }
        }
        if (event.type === 'trained') assertFresh(peer)
        if (effects.some(({ type }) => type === 'train')) {
          reader.roundsMs = [...reader.roundsMs.slice(1 - ROUNDS), nowMs]
        }
      },
    }
  },
}

/** There and back at worst; undefined where it has no bound, or where a gap is no fault. */
const longestExchangeMs = ({ scenario, world, topology }: Watched): number | undefined => {
  const { latencyMs, jitterMs, bandwidthMbps, loss, reorder, reorderMs } = world.links
  const quiet =
    scenario.mode === 'async' &&
    scenario.schedule === 'every:1' &&
    topology.kind === 'fixed' &&
    loss === 0 &&
    bandwidthMbps === null &&
    world.partitions.length === 0
  const longest = longestLatency(latencyMs)
  if (!quiet || longest === undefined) return undefined
  return 2 * (longest + jitterMs + (reorder > 0 ? reorderMs : 0))
}

const longestLatency = (latencyMs: World['links']['latencyMs']): number | undefined => {
  if (typeof latencyMs === 'number') return latencyMs
  return 'median' in latencyMs ? undefined : latencyMs[1]
}
