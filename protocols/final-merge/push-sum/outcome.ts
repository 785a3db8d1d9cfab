import type { PushSumOutcome } from './contract.js'
import { errorOf } from './epoch.js'
import type { Consensus } from './messages.js'

/** What a complete epoch says about the result: the same at all that end with it, iterations apart. */
export const outcomeOf = (consensus: Consensus, iterations: number): PushSumOutcome => {
  // Float sums depend on the order.
  const all = [...consensus.contributions].sort((a, b) => (a.member < b.member ? -1 : 1))
  return {
    ...{ error: errorOf(consensus), iterations, members: all.map(({ member }) => member) },
    share: all.reduce((sum, { share }) => sum + share, 0),
    weight: all.reduce((sum, { kept }) => sum + kept, 0),
  }
}
