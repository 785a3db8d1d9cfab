import { duration } from '../units.js'

/** Those who may call for a merge, and which of them are here. */
export interface CallersSeen {
  readonly callers: readonly string[]
  readonly here: readonly { readonly id: string; readonly name: string }[]
}

export interface AwaitedCallSeen extends CallersSeen {
  readonly period: number
  readonly leftMs: number
}

/** Ids that are written out; the others are counted. */
const NAMED_MAX = 3

/** `bob (12D3…)` of those who are here, or the ids of those who may come. */
const named = ({ callers, here }: CallersSeen): string => {
  const all = here.length > 0 ? here.map(({ id, name }) => `${name} (${id})`) : callers
  const more = all.length - NAMED_MAX
  return `${all.slice(0, NAMED_MAX).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

/** Nobody is here, as training begins, who may call. */
export const callerlessWords = (seen: CallersSeen): string =>
  `nobody is here who may call for the merge (finalMerge.callers: ${named(seen)}). Training goes on: they may still join, ` +
  'and if they do not, it ends without a merge and each peer keeps its local model'

/** A merge is due and not called for. @param periods of the run. */
export const awaitedCallWords = (seen: AwaitedCallSeen, periods: number): string => {
  const { here, period, leftMs } = seen
  const which = periods > 1 ? `the merge of period ${period}` : 'the merge'
  const who =
    here.length > 0
      ? `waiting for the call of ${named(seen)}, which calls when it is due there, or at once by npx murmur merge ADDRESS`
      : `nobody is here who may, ${named(seen)}`
  const then = period < periods ? `period ${period + 1} begins without it` : 'the run ends without it'
  return (
    `${which} is due, and this peer may not call for it: ${who}. If nobody has called in ${duration(leftMs)}, ${then}; ` +
    'each peer keeps its local model'
  )
}
