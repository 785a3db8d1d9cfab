import type { Merges } from '../../node/peer/merge/merges.js'

/** Merges that do what a test writes into `merge`, and note there what they are told. */
export const toldMerges = () => {
  const merge = { isActive: false, isUnderWay: false, periodsDone: 0, calls: 0 }
  const merges: Pick<Merges, 'isActive' | 'isUnderWay' | 'periodsDone' | 'call' | 'skip'> = {
    get isActive() {
      return merge.isActive
    },
    isUnderWay: () => merge.isUnderWay,
    get periodsDone() {
      return merge.periodsDone
    },
    call() {
      merge.calls += 1
      merge.isActive = true
    },
    skip: (period) => void (merge.periodsDone = period),
  }
  return { merge, merges: merges as Merges }
}
