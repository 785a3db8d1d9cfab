import { z } from 'zod'
import { ConfigError } from './errors.js'
import { reasonFor } from './config-reason.js'
import { hintFor } from './suggestion.js'

export interface ConfigErrorOptions {
  /** What the input was parsed with. */
  readonly schema: z.core.$ZodType
  /** What the schema said first. With `reportInput` the hints keep to the option of a union that was meant. */
  readonly issue: z.core.$ZodIssue
  /** What the whole input is, for messages: `the scenario`. */
  readonly noun: string
}

/** What zod says of a configuration, as everyone else says it: UNKNOWN_KEY naming the nearest known key, or BAD_VALUE. */
export const configErrorOf = ({ schema, issue, noun }: ConfigErrorOptions): ConfigError => {
  const place = issue.path.length === 0 ? noun : issue.path.join('.')
  if (issue.code !== 'unrecognized_keys') return badValue(place, reasonFor(issue))
  const unknown = issue.keys[0]!
  const hint = placeHint(schema, issue) || nearHint(schema, issue)
  return new ConfigError(
    'UNKNOWN_KEY',
    `unknown key ${JSON.stringify(unknown)} in ${place}.${hint} Nothing was started.`,
    { key: unknown },
  )
}

const nearHint = (schema: z.core.$ZodType, issue: z.core.$ZodIssueUnrecognizedKeys): string => {
  const known = keysAt(schema, issue)
  return known.length === 0 ? '' : hintFor(issue.keys[0]!, known)
}

/** ` It belongs in finalMerge.`, for a key that the whole input has elsewhere; nothing where it has it nowhere. */
const placeHint = (
  schema: z.core.$ZodType,
  { keys, path }: Pick<z.core.$ZodIssueUnrecognizedKeys, 'keys' | 'path'>,
): string => {
  const here = path.join('.')
  const places = [...new Set(placesOf(keys[0]!, schema))].filter((place) => place !== here)
  if (places.length === 0) return ''
  return ` It belongs ${places.map((place) => (place === '' ? 'at the top level' : `in ${place}`)).join(' or ')}.`
}

/** Paths of the objects that may have such a key, the outermost first; none inside of lists. */
const placesOf = (key: string, schema: z.core.$ZodType, path: readonly string[] = []): readonly string[] =>
  opened(schema).flatMap((place) => {
    if (!isObject(place)) return []
    const { shape } = place
    return [
      ...(Object.hasOwn(shape, key) ? [path.join('.')] : []),
      ...Object.keys(shape).flatMap((name) => placesOf(key, shape[name]!, [...path, name])),
    ]
  })

/** @param key where the value is: `links.loss`. */
export const badValue = (key: string, why: string): ConfigError =>
  new ConfigError('BAD_VALUE', `${key}: ${why}${/[.?]$/.test(why) ? '' : '.'} Nothing was started.`, { key })

/**
 * The keys that the object in question may have; of a union those of all its options. Empty where the unknown key
 * belongs to another option: it is no slip, and the word nearest to it is not what was meant.
 */
const keysAt = (schema: z.core.$ZodType, { path, input, keys }: z.core.$ZodIssueUnrecognizedKeys) => {
  const parents = path.reduce<readonly z.core.$ZodType[]>(
    (places, step) => places.flatMap((place) => inside(place, step)),
    [schema],
  )
  const known = parents
    .flatMap((place) => opened(place, input))
    .flatMap((place) => (isObject(place) ? Object.keys(place.shape) : []))
  return known.includes(keys[0]!) ? [] : known
}

/** What an element or a property may be. */
const inside = (schema: z.core.$ZodType, step: PropertyKey): readonly z.core.$ZodType[] =>
  opened(schema).flatMap((place) => {
    if (isArray(place)) return [place.element]
    return isObject(place) && Object.hasOwn(place.shape, step) ? [place.shape[String(step)]!] : []
  })

/** Without defaults and the like; each option of a union, or that which the input's discriminator chooses. */
const opened = (schema: z.core.$ZodType, input?: unknown): readonly z.core.$ZodType[] => {
  if (schema instanceof z.ZodUnion) return chosen(schema, input).flatMap((option) => opened(option, input))
  if (isArray(schema)) return [schema]
  return isWrapper(schema) ? opened(schema.unwrap(), input) : [schema]
}

const chosen = (union: z.ZodUnion, input: unknown): readonly z.core.$ZodType[] => {
  if (!(union instanceof z.ZodDiscriminatedUnion)) return union.options
  const discriminator: string = union.def.discriminator
  if (typeof input !== 'object' || input === null || !Object.hasOwn(input, discriminator))
    return union.options
  const kind = (input as Readonly<Record<string, unknown>>)[discriminator]
  return union.options.filter(
    (option) => isObject(option) && z.safeParse(option.shape[discriminator]!, kind).success,
  )
}

const isObject = (schema: z.core.$ZodType): schema is z.ZodObject<z.core.$ZodShape> =>
  schema instanceof z.ZodObject

const isArray = (schema: z.core.$ZodType): schema is z.ZodArray => schema instanceof z.ZodArray

/** `default`, `prefault`, `optional`, `nullable` and `readonly`. */
const isWrapper = (
  schema: z.core.$ZodType,
): schema is z.core.$ZodType & { readonly unwrap: () => z.core.$ZodType } =>
  'unwrap' in schema && typeof schema.unwrap === 'function'
