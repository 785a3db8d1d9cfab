import type { MergeEffect, MergeEvent } from '../../../protocols/final-merge/index.js'
import type { Shards } from './shards.js'
import type { WholeModels } from './whole-models.js'

/** What a machine asks for by which models are moved, made or looked at. */
export type MovingEffect = Extract<
  MergeEffect,
  { readonly type: 'begin' | 'fetch' | 'reduce' | 'check' | 'judge' | 'assemble' | 'pull' | 'average' }
>

/** Carries such effects out on what this peer holds for one merge, and tells the machine how they ended. */
export const createMoving = ({
  shards,
  whole,
  held,
  dispatch,
  work,
}: {
  readonly shards: Shards
  readonly whole: WholeModels
  /** Digest of the result that the machine goes by, now. */
  readonly held: () => string | undefined
  readonly dispatch: (event: MergeEvent) => void
  /** Starts work whose failure is ours. */
  readonly work: (promise: Promise<void>) => void
}): ((effect: MovingEffect) => void) => {
  /** Of the sketches asked for last. */
  let seed = 0
  return (effect) => {
    switch (effect.type) {
      case 'begin':
        return shards.store.begin(effect.roster, effect.duties)
      case 'fetch':
        return work(
          shards.fetch(effect.fetch).then((fetched) => {
            dispatch({ type: 'fetched', fetched })
            if (fetched.fetch.what === 'result') shards.hold(held())
          }),
        )
      case 'reduce':
        shards.store.reduce(effect.chunk)
        return shards.wake()
      case 'check':
        seed = effect.seed
        return work(shards.check(seed).then((bad) => bad && dispatch({ type: 'checked', bad })))
      case 'judge': {
        const { chunk } = effect
        return dispatch({ type: 'judged', chunk, ...shards.store.judge(chunk, seed) })
      }
      case 'assemble':
        return work(
          shards.assemble().then((digest) => {
            dispatch({ type: 'assembled', digest })
            shards.hold(held())
          }),
        )
      case 'pull': {
        const { from, digest } = effect
        return work(
          whole.pull(from, digest).then((has) => dispatch({ type: has ? 'pulled' : 'pullFailed', from })),
        )
      }
      case 'average':
        return work(whole.average(effect.roster).then((digest) => dispatch({ type: 'averaged', digest })))
    }
  }
}
