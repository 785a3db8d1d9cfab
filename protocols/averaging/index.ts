import { AveragingError } from '../errors.js'
import { type MixingKernels, referenceKernels } from '../kernels/index.js'
import { assertFits, type Layout } from '../model/index.js'
import type { AveragingRule } from './contract.js'
import { mean } from './mean.js'
import { sortedShares } from './shares.js'
import { varianceCorrected } from './variance-corrected.js'

export type { AveragingRule, ModelsToMix, ShardedRule } from './contract.js'
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
 * @param kernels what the floats are added with. @default plain code, which gives the same bits as any other
 * @throws AveragingError NO_CONTRIBUTIONS, BAD_MIXING_WEIGHT; ModelError LENGTH_MISMATCH. `out` is then unchanged.
 */
export const average = ({
  rule,
  layout,
  contributions,
  out,
  kernels = referenceKernels,
}: {
  readonly rule: AveragingRule
  readonly layout: Layout
  readonly contributions: readonly {
    readonly from: string
    readonly weights: Float32Array
    readonly weight: number
  }[]
  readonly out: Float32Array
  readonly kernels?: MixingKernels
}): void => {
  const sorted = sortedShares(contributions)
  for (const { weights } of sorted) assertFits(weights, layout)
  assertFits(out, layout)
  const models = sorted.map(({ weights }) => weights)
  const shares = sorted.map(({ weight }) => weight)
  rule.mix({ layout, models, shares, out }, kernels)
}
