import { parseMergeId } from './merge-id.js'

/**
 * The newest call of a period that this peer has made or taken part in by what it has claimed, also in an earlier life: what
 * `MergeConfig.callsBefore` takes. Nobody else may remember it, and the peer may have missed some before it. 0 for none.
 * @param slots of `MergeConfig.claim`.
 */
export const newestClaimedCall = (slots: Iterable<string>, period: number): number => {
  let newest = 0
  for (const slot of slots) {
    const [kind, mergeId = ''] = slot.split(' ')
    const id = kind === 'commitment' || kind === 'call' ? parseMergeId(mergeId) : undefined
    if (id?.period === period) newest = Math.max(newest, id.sequence)
  }
  return newest
}
