import type { Weights } from '../../harness/index.js'
import { violated, type Invariant } from './contract.js'

/** No NaN and no infinity in any model that trains, is mixed, published or frozen. */
export const finite: Invariant = {
  name: 'finite',
  watch: () => ({
    handled(peer, event, effects) {
      // A peer that resumes without a merge brings none.
      if ('weights' in event && event.weights) assertFinite(peer.id, event.type, event.weights)
      for (const effect of effects)
        if ('weights' in effect) assertFinite(peer.id, effect.type, effect.weights)
    },
  }),
}

const assertFinite = (id: string, where: string, weights: Weights): void => {
  if (weights instanceof Promise)
    throw violated('finite', id, `has weights that are not there yet (${where})`)
  for (const value of weights) {
    if (!Number.isFinite(value)) throw violated('finite', id, `has a model with ${value} in it (${where})`)
  }
}
