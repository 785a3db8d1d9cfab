import { hintFor } from '../../protocols/suggestion.js'

/** Splits `name:argument` at the first colon; no colon, no argument. */
export const splitSpec = (spec: string): { readonly name: string; readonly argument: string | undefined } => {
  const colon = spec.indexOf(':')
  return colon < 0
    ? { name: spec, argument: undefined }
    : { name: spec.slice(0, colon), argument: spec.slice(colon + 1) }
}

/** `Known are: iid, shards:K. Did you mean shards?`: the end of a message about an unknown name. */
export const knownAndNearest = (
  name: string,
  known: ReadonlyMap<string, { readonly usage: string }>,
): string => {
  const usages = [...known.values()].map(({ usage }) => usage).join(', ')
  return `Known are: ${usages}.${hintFor(name, [...known.keys()])}`
}
