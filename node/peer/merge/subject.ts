import type { ShardedRule } from '../../../protocols/averaging/index.js'
import type { MergeMethod, Weighting } from '../../../protocols/final-merge/index.js'
import type { Layout } from '../../../protocols/model/index.js'

/** What is merged: weights, or the statistics of batch normalisation. */
export interface Subject {
  readonly method: MergeMethod
  readonly layout: Layout
  readonly rule: { readonly name: string; readonly sharded: ShardedRule }
  readonly weighting: Weighting
}
