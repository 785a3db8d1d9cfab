import type { Head } from '../wire/types.js'
import type { Share } from './mixing.js'

/** What happens to the engine. `W` is the driver's handle on weights. */
export type GossipEvent<W> =
  /**
   * Begin. A `late` peer first pulls the newest snapshot it has heard of and goes on from there; one that was restarted
   * with its model says what is `done`.
   */
  | {
      readonly type: 'start'
      readonly weights: W
      readonly late: boolean
      readonly done?: { readonly round: number; readonly samples: number }
    }
  | { readonly type: 'trained'; readonly weights: W; readonly loss: number; readonly samples: number }
  | { readonly type: 'mixed'; readonly weights: W }
  | { readonly type: 'head'; readonly from: string; readonly head: Head }
  | { readonly type: 'pulled'; readonly from: string; readonly head: Head; readonly weights: W }
  /** A pull that brought nothing: nothing newer, refused, lost or timed out. */
  | { readonly type: 'pullEnded'; readonly from: string }
  /** Sorted ids, oneself among them. The array may be shared between engines; it is not changed. */
  | { readonly type: 'members'; readonly members: readonly string[] }
  | { readonly type: 'deadline' }
  /** The final merge begins: keep the model as it is. */
  | { readonly type: 'freeze' }
  /** The merge is over: train on, from the merged model when there is one; else it was abandoned. */
  | { readonly type: 'resume'; readonly weights?: W }

/** What the engine wants done. Outcomes come back as events. */
export type GossipEffect<W> =
  /** Outcome: `trained`. The weights are borrowed until then. */
  | { readonly type: 'train'; readonly weights: W; readonly steps: number }
  /** Outcome: `mixed`. */
  | {
      readonly type: 'mix'
      readonly shares: readonly Share<W>[]
      readonly catchUp: { readonly now: W; readonly fraction: number }
    }
  /** Serve this snapshot and announce its head. */
  | { readonly type: 'publish'; readonly weights: W; readonly head: Omit<Head, 'digest' | 'accuracy'> }
  /** Outcome: `pulled` or `pullEnded`. */
  | { readonly type: 'pull'; readonly from: string; readonly newerThan: number }
  /** Outcome: `deadline`. A new one replaces the old. */
  | { readonly type: 'setDeadline'; readonly atMs: number }
  | { readonly type: 'clearDeadline' }
  /** A local round is over; `weights` are the mixed ones. For reports; nothing needs to come back. */
  | {
      readonly type: 'roundEnded'
      readonly round: number
      readonly loss: number
      readonly mixedFrom: readonly string[]
      readonly weights: W
    }
  /** All rounds are done. */
  | { readonly type: 'finished'; readonly round: number }
  | { readonly type: 'frozen'; readonly weights: W; readonly round: number; readonly samples: number }
