import { violated, type Invariant } from './contract.js'

/** Up to this, repetition brings every commitment to everyone in time. As in test/final-merge. */
const LOSS_MAX = 0.35

/**
 * One merge has one result: peers whose merges were called over the same members end with the same digest and roster,
 * and nobody's result changes. The machine promises it to those that saw the same commitments, so not across a cut.
 */
export const oneResult: Invariant = {
  name: 'one-result',
  watch(watched) {
    const { scenario, world, peers } = watched
    if (!scenario.merge || world.partitions.length > 0 || world.links.loss > LOSS_MAX) return {}
    const done = new Map<string, unknown>()
    const byCall = new Map<string, { readonly id: string; readonly result: string }>()
    return {
      stepped() {
        for (const { id } of peers) {
          const outcome = watched.merged(id)
          if (!outcome || done.get(id) === outcome) continue
          done.set(id, outcome)
          const { roster, missing, digest } = outcome
          const call = [...roster, ...missing].sort().join(' ')
          const result = `${roster.join(' ')} to ${digest}`
          const first = byCall.get(call)
          if (!first) byCall.set(call, { id, result })
          else if (first.result !== result) {
            throw violated('one-result', id, `merged ${result}; ${first.id} merged ${first.result}`)
          }
        }
      },
    }
  },
}
