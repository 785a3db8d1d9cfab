import type { MergeEffect, MergeEvent, MergePhase } from '../../../protocols/final-merge/index.js'
import type { Shards } from './shards.js'
import type { WholeModels } from './whole-models.js'

/** What a machine asks for by which models are moved, made or looked at. */
export type MovingEffect = Extract<
  MergeEffect,
  { readonly type: 'begin' | 'fetch' | 'reduce' | 'check' | 'judge' | 'assemble' | 'pull' | 'average' }
>

/** A result that was put together is the machine's: in other phases it came too late. */
const HOLDING: ReadonlySet<MergePhase> = new Set(['ready', 'voted', 'merged'])

/** Carries such effects out on what this peer holds for one merge, and tells the machine how they ended. */
export const createMoving = ({
  shards,
  whole,
  phase,
  dispatch,
  work,
}: {
  readonly shards: Shards
  readonly whole: WholeModels
  /** Of the machine, now. */
  readonly phase: () => MergePhase
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
            const { fetch, problem } = fetched
            if (fetch.what === 'result' && !problem) shards.hold(fetch.digest)
            dispatch({ type: 'fetched', fetched })
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
            if (HOLDING.has(phase())) shards.hold(digest)
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
