import type { ShardedRule } from '../../../averaging/index.js'
import type { Layout } from '../../../model/index.js'
import { decodeFloat64 } from '../../../wire/index.js'
import type { Averages } from './averages.js'
import type { Chunking } from './chunking.js'
import type { FrozenModels } from './frozen-models.js'

/** What a result is made of. */
export interface Parts {
  readonly models: FrozenModels
  readonly averages: Averages
  readonly chunking: Chunking
  readonly rule: ShardedRule
  readonly layout: Layout
}

/** The average of one chunk, from the pieces of all models in the roster, in its order. */
export const combine = ({ models, averages, rule }: Parts, chunk: number): Float32Array => {
  const roster = averages.roster.models
  return rule.combine(
    roster.map((model) => models.pieceOf(model, chunk)!),
    roster.map(({ share }) => share),
  )
}

/** Whether what the rule does to the whole can be done: all averages and all summaries are there. */
export const canFinish = ({ models, averages, chunking }: Parts): boolean =>
  averages.all().size === chunking.count &&
  averages.roster.models.every((model) => models.summaryOf(model) !== undefined)

/** Puts the averages at hand into `out`, and does what the rule does to the whole. @returns `out`. */
export const assembleInto = (
  out: Float32Array,
  { models, averages, chunking, rule, layout }: Parts,
): Float32Array => {
  for (const [chunk, average] of averages.all()) out.set(average, chunking.firstOf(chunk))
  rule.finish?.(
    layout,
    out,
    averages.roster.models.map((model) => {
      return { share: model.share, summary: decodeFloat64(models.summaryOf(model)!)! }
    }),
  )
  return out
}
