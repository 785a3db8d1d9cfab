import { metropolisHastings } from '../averaging/index.js'
import type { Received } from './inbox.js'

/**
 * How much each model counts. `metropolis-hastings` keeps the members' mean where it is; `uniform` gives everyone the
 * same; `age` counts a model by the examples it has seen (Hegedűs, Danner and Jelasity 2019, merge by age).
 */
export const mixingNames = ['metropolis-hastings', 'uniform', 'age'] as const
export type Mixing = (typeof mixingNames)[number]

export interface Share<W> {
  readonly from: string
  readonly weights: W
  readonly weight: number
  /** Own published weights of the time when this snapshot was announced; undefined when that is too long ago. */
  readonly since?: W | undefined
}

/**
 * The own model and the received ones with their shares: each ≥ 0, sum 1.
 *
 * Catching up makes old models count for more than their share, so their shares are damped: to 1 − catchUp/3, which
 * keeps gossip over delayed differences stable on the graphs that were tried (protocols/decisions/0004).
 */
export const sharesOf = <W>({
  mixing,
  catchUp,
  own,
  received,
  prescribed,
}: {
  readonly mixing: Mixing
  readonly catchUp: number
  readonly own: {
    readonly id: string
    readonly weights: W
    readonly degree: number
    readonly samples: number
  }
  readonly received: readonly Received<W>[]
  /** Shares of the received ones that the topology wants instead of `mixing`. */
  readonly prescribed?: readonly number[] | undefined
}): Share<W>[] => {
  const damping = 1 - catchUp / 3
  const weights = prescribed ?? neighbourWeights(mixing, own, received)
  // A plain loop and whole objects: a simulation of thousands of peers spends its time here.
  const shares: Share<W>[] = [{ from: own.id, weights: own.weights, weight: 0 }]
  let given = 0
  for (let i = 0; i < received.length; i++) {
    const { from, weights: theirs, since } = received[i]!
    const weight = damping * weights[i]!
    given += weight
    shares.push(
      since === undefined ? { from, weights: theirs, weight } : { from, weights: theirs, weight, since },
    )
  }
  shares[0] = { from: own.id, weights: own.weights, weight: Math.max(0, 1 - given) }
  return shares
}

const neighbourWeights = <W>(
  mixing: Mixing,
  own: { readonly degree: number; readonly samples: number },
  received: readonly Received<W>[],
): readonly number[] => {
  const uniform = 1 / (1 + received.length)
  switch (mixing) {
    case 'metropolis-hastings':
      return metropolisHastings(
        own.degree,
        received.map(({ head }) => head.degree),
      )
    case 'uniform':
      return received.map(() => uniform)
    case 'age': {
      // Ages come from other peers: none may count for more than twice the own age, or one lie would take over.
      const ages = received.map(({ head }) => Math.min(head.samples, 2 * own.samples))
      const total = ages.reduce((sum, age) => sum + age, own.samples)
      return total === 0 ? received.map(() => uniform) : ages.map((age) => age / total)
    }
  }
}
