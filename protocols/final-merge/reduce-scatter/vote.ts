import type { MergeConfig, MergeEffect } from '../contract.js'
import { resultBytes } from '../statement.js'
import type { Call } from './calls.js'
import type { Claimed } from './voices.js'
import type { Words } from './words.js'

/** Signs and says this peer's one vote in a call; nothing when it has voted for something else, in an earlier life perhaps. */
export const voteFor = (
  { roster, digest, attempt }: Claimed,
  { config, call, words, nowMs }: { config: MergeConfig; call: Call; words: Words; nowMs: number },
): MergeEffect[] => {
  const { run, rule, weighting, signatures, claim } = config
  const claimed = { mergeId: call.mergeId, call: call.digest, roster, digest }
  if (!claim(`result ${call.mergeId}`, `${call.digest} ${roster} ${digest}`)) return []
  const signature = signatures.sign(resultBytes({ ...claimed, run, rule: rule.name, weighting }))
  return [words.say({ type: 'result', attempt, ...claimed, signature }, nowMs)]
}
