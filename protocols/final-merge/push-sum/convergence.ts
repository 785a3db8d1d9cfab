import { createEpoch, errorOf, hullOf, isSound, type Epoch } from './epoch.js'
import type { Consensus, Contribution } from './messages.js'

/**
 * How far the members' estimates are apart, epoch after epoch of max-min consensus. What a peer contributes covers all
 * mass that is on its side of one consistent cut through the network (Chandy and Lamport 1985, "Distributed
 * snapshots"): what it holds as it joins, and what it has given and nobody has said to have taken. For that it joins
 * an epoch before it takes mass, or word of mass taken, from anyone who is in it.
 */
export interface Convergence {
  /** The epoch's number; 0 before the first. */
  readonly number: number
  /** Enters an epoch. Needs the values of the estimate as it is now. */
  join(entry: {
    readonly number: number
    readonly view: string
    /** The least version that some reader may not have taken. */
    readonly leastUntaken: number
  }): void
  /** The estimate had these values when the epoch was joined. */
  projected(number: number, values: readonly number[], own: Contribution): void
  /** The mass given with this version had these values. */
  gave(version: number, values: readonly number[], leastUntaken: number): void
  hear(consensus: Consensus): void
  /** What is heard so far; undefined before the first epoch. */
  report(): Consensus | undefined
  /** The error, once all have contributed; kept until the next epoch. */
  complete(expected: readonly string[]): number | undefined
  /** The last error that was measured. */
  readonly error: number | null
}

export const createConvergence = (): Convergence => {
  let epoch: Epoch | undefined
  /** Values of what may still be on its way, by version. */
  let given: { readonly version: number; readonly values: readonly number[] }[] = []
  /** While the projection of the epoch just joined is under way: from which version on it covers what was given. */
  let coversFrom: number | undefined
  let error: number | null = null

  return {
    get number() {
      return epoch?.epoch ?? 0
    },
    join({ number, view, leastUntaken }) {
      epoch = createEpoch(number, view)
      coversFrom = leastUntaken
    },
    projected(number, values, own) {
      if (!epoch || coversFrom === undefined || epoch.epoch !== number) return
      const from = coversFrom
      given = given.filter(({ version }) => version >= from)
      epoch.contribute(own, hullOf([values, ...given.map(({ values }) => values)]))
      coversFrom = undefined
    },
    gave(version, values, leastUntaken) {
      const from = Math.min(leastUntaken, coversFrom ?? Infinity)
      given = [...given.filter(({ version }) => version >= from), { version, values }]
    },
    hear(consensus) {
      if (isSound(consensus)) epoch?.hear(consensus)
    },
    report: () => epoch?.report(),
    complete(expected) {
      if (!epoch?.isComplete(expected)) return undefined
      return (error = errorOf(epoch))
    },
    get error() {
      return error
    },
  }
}
