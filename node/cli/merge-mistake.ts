import { averagingRule, averagingRuleNames } from '../../protocols/averaging/index.js'
import { hintFor } from '../../protocols/suggestion.js'

/** What can stand in `finalMerge.after`, with its unit. */
const AFTER: Readonly<Record<string, string>> = {
  rounds: 'a whole number from 1 to 1000000, the local rounds of each member',
  samples: 'a whole number of at least 1, the examples that each member has seen',
  time: 'a number above 0, in seconds',
}
const AFTER_KEYS = Object.keys(AFTER)

/**
 * Why a value under `finalMerge.rule` or `finalMerge.after` was refused, in words that name what can stand there and the
 * nearest spelling; undefined where there is nothing to add to what the parser says.
 * @param input a run configuration as it was read, which the parser has refused.
 * @param key where the parser says that the mistake is.
 */
export const mergeMistake = (input: unknown, key: unknown): string | undefined => {
  const { rule, after } = entriesOf(entriesOf(input).finalMerge)
  if (key === 'finalMerge.rule') return ruleMistake(rule)
  return typeof key === 'string' && key.startsWith('finalMerge.after') ? afterMistake(after) : undefined
}

const ruleMistake = (rule: unknown): string | undefined => {
  const known = averagingRuleNames.filter((name) => averagingRule(name).sharded)
  // A rule that does not go with the method: the parser says so.
  if (known.some((name) => name === rule)) return undefined
  const hint = typeof rule === 'string' ? hintFor(rule, known) : ''
  return `finalMerge.rule: ${shown(rule)} is no rule of a merge; known are ${known.join(' and ')}.${hint}`
}

const afterMistake = (after: unknown): string => {
  const [pair, ...more] = Object.entries(entriesOf(after))
  const forms = `It must be { rounds: N }, { samples: N } or { time: SECONDS }`
  if (pair === undefined) {
    const example = typeof after === 'number' && after > 0 ? `, such as { rounds: ${after} }` : ''
    return `finalMerge.after: ${shown(after)} does not say when to merge. ${forms}${example}.`
  }
  const unknown = [pair, ...more].find(([key]) => !AFTER_KEYS.includes(key))?.[0]
  if (unknown !== undefined) {
    // Seconds are what `time` counts, and no misspelling finds that.
    const hint = /^(s|sec|secs|seconds?)$/i.test(unknown)
      ? ' Did you mean time?'
      : hintFor(unknown, AFTER_KEYS)
    return `finalMerge.after: unknown key ${shown(unknown)}.${hint} ${forms}.`
  }
  if (more.length > 0)
    return `finalMerge.after: only one of ${AFTER_KEYS.join(', ')} can stand there. ${forms}.`
  const [key, value] = pair
  return `finalMerge.after.${key}: ${shown(value)} will not do; it must be ${AFTER[key]}.`
}

/** Empty for what has no keys. */
const entriesOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}

const SHOWN_CHARACTERS_MAX = 40

const shown = (value: unknown): string => {
  if (value === undefined || value === null) return 'nothing'
  if (typeof value === 'number') return String(value)
  return JSON.stringify(value).slice(0, SHOWN_CHARACTERS_MAX)
}
