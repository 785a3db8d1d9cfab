import { AveragingError } from '../errors.js'
import type { Layout } from '../model/index.js'
import type { AveragingRule } from './contract.js'
import { mean } from './mean.js'
import { sortedShares } from './shares.js'
import { varianceCorrected } from './variance-corrected.js'

export type { AveragingRule, Mixer, ShardedRule } from './contract.js'
export { caughtUp, type CatchUp, type DatedContribution } from './catch-up.js'
export { metropolisHastings } from './mixing-weights.js'
export { combineStatistics, totalVariance } from './total-variance.js'
export { mean, varianceCorrected }

/** A new rule is one file and one line here. */
const rules: Readonly<Record<string, AveragingRule>> = Object.freeze({
  [varianceCorrected.name]: varianceCorrected,
  [mean.name]: mean,
})

export const averagingRuleNames: readonly string[] = Object.keys(rules)

/** @throws AveragingError UNKNOWN_RULE */
export const averagingRule = (name: string): AveragingRule => {
  const rule = Object.hasOwn(rules, name) ? rules[name] : undefined
  if (rule) return rule
  throw new AveragingError(
    'UNKNOWN_RULE',
    `no averaging rule ${JSON.stringify(name)}; known: ${averagingRuleNames.join(', ')}`,
    { name },
  )
}

/**
 * Averages models with a rule, in the order of their senders' ids: float addition depends on order, and every peer
 * must get the same bits from the same models.
 * @param contributions at least one, senders different, shares ≥ 0 with sum 1; borrowed, not changed.
 * @param out receives the result; may be one of the inputs.
 * @throws AveragingError NO_CONTRIBUTIONS, BAD_MIXING_WEIGHT; ModelError LENGTH_MISMATCH. `out` is then unchanged.
 */
export const average = ({
  rule,
  layout,
  contributions,
  out,
}: {
  readonly rule: AveragingRule
  readonly layout: Layout
  readonly contributions: readonly {
    readonly from: string
    readonly weights: Float32Array
    readonly weight: number
  }[]
  readonly out: Float32Array
}): void => {
  const sorted = sortedShares(contributions)
  const mixer = rule.begin(layout)
  for (const { weights, weight } of sorted) mixer.add(weights, weight)
  mixer.finish(out)
}
