import { limits } from '../../limits.js'
import type { Consensus, Contribution } from './messages.js'
import { relativeSpread, VALUES } from './projections.js'

/** Bounds on the values of a set of estimates. */
export interface Hull {
  readonly low: readonly number[]
  readonly high: readonly number[]
}

/** The tightest around all of these. At least one. */
export const hullOf = (all: readonly (readonly number[])[]): Hull => {
  const [first, ...others] = all
  const low = [...first!]
  const high = [...first!]
  for (const values of others) widen({ low, high }, { low: values, high: values })
  return { low, high }
}

/** The epoch of max-min consensus that a peer is in. */
export interface Epoch extends Consensus {
  /** Everyone who is expected has contributed. @param expected ids. */
  isComplete(expected: Iterable<string>): boolean
  contribute(own: Contribution, hull: Hull): void
  /** What another has heard of the same epoch, in the same view; anything else is ignored. */
  hear(consensus: Consensus): void
  /** As it goes into a message. A copy. */
  report(): Consensus
}

/**
 * Max-min consensus (Yadav and Salapaka 2007, "Distributed protocol for determining when averaging consensus is
 * reached"): everyone contributes once, the bounds spread from neighbour to neighbour, and all end with the same. In
 * place of a bound on the diameter, an epoch is over when all expected members are in it; their names spread with it.
 */
export const createEpoch = (epoch: number, view: string): Epoch => {
  const contributions = new Map<string, Contribution>()
  const bounds: { low: number[]; high: number[] } = { low: [], high: [] }

  const spread = (hull: Hull): void => {
    if (bounds.low.length > 0) return widen(bounds, hull)
    bounds.low = [...hull.low]
    bounds.high = [...hull.high]
  }

  return {
    epoch,
    view,
    get contributions() {
      return [...contributions.values()]
    },
    get low() {
      return bounds.low
    },
    get high() {
      return bounds.high
    },
    isComplete: (expected) => [...expected].every((id) => contributions.has(id)),
    contribute(own, hull) {
      contributions.set(own.member, own)
      spread(hull)
    },
    hear(consensus) {
      if (consensus.epoch !== epoch || consensus.view !== view || !isSound(consensus)) return
      for (const contribution of consensus.contributions) {
        if (contributions.size >= limits.mergeMembersMax) break
        if (!contributions.has(contribution.member)) contributions.set(contribution.member, contribution)
      }
      if (consensus.contributions.length > 0) spread(consensus)
    },
    report: () => ({
      ...{ epoch, view, contributions: [...contributions.values()] },
      ...{ low: [...bounds.low], high: [...bounds.high] },
    }),
  }
}

/** Estimated largest difference between two estimates of its members, relative to their norm. */
export const errorOf = ({ low, high }: Consensus): number => relativeSpread(low, high)

/** Made of numbers that can be compared: what does not decode to that is as good as silence. */
export const isSound = ({ epoch, contributions, low, high }: Consensus): boolean =>
  Number.isSafeInteger(epoch) &&
  contributions.every(({ share, kept }) => share > 0 && Number.isFinite(share) && Number.isFinite(kept)) &&
  (contributions.length === 0 ||
    (low.length === VALUES && high.length === VALUES && low.every((least, i) => least <= high[i]!)))

const widen = (bounds: { low: number[]; high: number[] }, { low, high }: Hull): void => {
  for (let i = 0; i < bounds.low.length; i++) {
    bounds.low[i] = Math.min(bounds.low[i]!, low[i]!)
    bounds.high[i] = Math.max(bounds.high[i]!, high[i]!)
  }
}
