import { z } from 'zod'
import { ConfigError } from '../../../protocols/errors.js'
import { hintFor } from '../../../protocols/suggestion.js'

/** What zod says of a scenario, as everyone else says it. @param schema the object that was parsed with. */
export const asConfigError = (issue: z.core.$ZodIssue, schema: z.ZodObject): ConfigError => {
  const key = issue.path.join('.')
  if (issue.code !== 'unrecognized_keys') return badValue(key === '' ? 'the scenario' : key, issue.message)
  const unknown = issue.keys[0]!
  return new ConfigError(
    'UNKNOWN_KEY',
    `unknown key ${JSON.stringify(unknown)} in ${key === '' ? 'the scenario' : key}.${hintFor(unknown, keysAt(schema, issue.path))} Nothing was started.`,
    { key: unknown },
  )
}

/** The keys known at a place in the scenario. */
const keysAt = (schema: z.ZodObject, path: readonly PropertyKey[]): readonly string[] => {
  let at: unknown = schema
  for (const step of path) {
    if (typeof step === 'string') at = objectIn(at).shape[step]
  }
  return Object.keys(objectIn(at).shape)
}

/** The object schema inside defaults, lists and the like. */
const objectIn = (from: unknown): z.ZodObject => {
  let at = from
  while (!(at instanceof z.ZodObject)) {
    at = at instanceof z.ZodArray ? at.element : (at as z.ZodDefault<z.ZodType>).unwrap()
  }
  return at
}

export const badValue = (key: string, why: string): ConfigError =>
  new ConfigError('BAD_VALUE', `${key}: ${why}${/[.?]$/.test(why) ? '' : '.'} Nothing was started.`, { key })
