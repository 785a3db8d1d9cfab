import { createRandom, hash32 } from '../../../protocols/random.js'
import { draw } from './distributions.js'
import type { Links } from './schema.js'

/** The network between the peers: what becomes of each message. */
export interface Network {
  /**
   * Sends one message now.
   * @returns the milliseconds after which it arrives; twice when it is duplicated, never when it is lost. The array
   *   is reused by the next call.
   */
  send(from: number, to: number, bytes: number, nowMs: number): readonly number[]
}

const BITS_PER_MEGABIT_MS = 1000

export const createNetwork = (links: Links, peers: number, seed: number): Network => {
  const { jitterMs, bandwidthMbps, loss, duplicate, reorder, reorderMs } = links
  const random = createRandom(seed, 'links')
  const latency = createLatency(links.latencyMs, seed)
  /** When each uplink has sent what was handed to it. */
  const freeAtMs = bandwidthMbps === null ? undefined : new Float64Array(peers)
  const arrivals: number[] = []

  /** Until the last byte has left the sender: its messages wait for each other. */
  const uplinkMs = (from: number, bytes: number, nowMs: number): number => {
    if (!freeAtMs) return 0
    const doneMs = Math.max(nowMs, freeAtMs[from]!) + (bytes * 8) / (bandwidthMbps! * BITS_PER_MEGABIT_MS)
    freeAtMs[from] = doneMs
    return doneMs - nowMs
  }

  const travelMs = (from: number, to: number): number => {
    let delayMs = latency(from, to)
    if (jitterMs > 0) delayMs += jitterMs * random.next()
    if (reorder > 0 && random.next() < reorder) delayMs += reorderMs * random.next()
    return delayMs
  }

  return {
    send(from, to, bytes, nowMs) {
      arrivals.length = 0
      const leftMs = uplinkMs(from, bytes, nowMs)
      if (loss > 0 && random.next() < loss) return arrivals
      arrivals.push(leftMs + travelMs(from, to))
      if (duplicate > 0 && random.next() < duplicate) arrivals.push(leftMs + travelMs(from, to))
      return arrivals
    },
  }
}

/** The fixed delay of each directed link: drawn from the link's own seed each time, so that nothing is stored. */
const createLatency = (from: Links['latencyMs'], seed: number): ((a: number, b: number) => number) => {
  if (typeof from === 'number') return () => from
  if ('median' in from) return (a, b) => draw(from, createRandom(seed, 'link', a, b))
  const [least, most] = from
  const salt = hash32(`latency ${seed}`)
  return (a, b) => least + (most - least) * (mix(salt, a, b) / 2 ** 32)
}

/** A hash of two indices without building a text. Rounds of the murmur3 finaliser. */
const mix = (salt: number, a: number, b: number): number => {
  let hash = salt
  for (const part of [a, b]) {
    hash = Math.imul(hash ^ part ^ (hash >>> 15), 0x85ebca6b)
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
    hash ^= hash >>> 16
  }
  return hash >>> 0
}
