import { closest } from 'fastest-levenshtein'

/** Splits `name:argument` at the first colon; no colon, no argument. */
export const splitSpec = (spec: string): { readonly name: string; readonly argument: string | undefined } => {
  const colon = spec.indexOf(':')
  return colon < 0
    ? { name: spec, argument: undefined }
    : { name: spec.slice(0, colon), argument: spec.slice(colon + 1) }
}

/** `known are: iid, shards:K; the nearest is iid`: the end of a message about an unknown name. */
export const knownAndNearest = (
  name: string,
  known: ReadonlyMap<string, { readonly usage: string }>,
): string => {
  const nearest = known.get(closest(name, [...known.keys()]))!.usage
  return `Known are: ${[...known.values()].map(({ usage }) => usage).join(', ')}. The nearest is ${nearest}.`
}
