import { InvalidArgumentError } from 'commander'
import { dataSourceKinds } from '../../data/source.js'
import { integer } from '../values.js'

/** Cuts the text of an option into the texts of its values. */
export type Split = (text: string) => readonly string[]

/** `0.1,0.2`: at every comma. */
export const splitNumbers: Split = (text) => text.split(',')

/**
 * `mlp:128,64,cnn` is two models: only where a letter follows, since numbers belong to the spec before them. A file
 * name with such a comma can be given in a scenario file.
 */
export const splitSpecs: Split = (text) => text.split(/,(?=\p{L})/u)

/** `idx:/a,b/c,digits` is two sources: only where the name of a source follows, since paths may have commas. */
export const splitSources: Split = (text) =>
  text.split(new RegExp(`,(?=(?:${[...dataSourceKinds.keys()].join('|')})(?:[:,]|$))`))

/** A parser for commander that takes several values. Each of them is parsed alone, and named when it is refused. */
export const listOf =
  (split: Split, parse: (text: string) => string | number = (text) => text) =>
  (text: string): readonly { readonly text: string; readonly value: string | number }[] =>
    split(text).map((part) => {
      try {
        return { text: part, value: parse(part) }
      } catch (error) {
        if (!(error instanceof InvalidArgumentError) || part === text) throw error
        throw new InvalidArgumentError(`${JSON.stringify(part)} in it: ${error.message}`)
      }
    })

/** Seeds of one sweep; no more cells are taken anyway. */
const SEEDS_MAX = 10_000
const seed = integer(0, 0xffffffff)

/** `1..5`, or `1,3,7..9`: ranges with both their ends. */
export const splitSeeds: Split = (text) => {
  const seeds = text.split(',').flatMap((part) => {
    const [, from, to] = /^(\d+)\.\.(\d+)$/.exec(part) ?? []
    if (from === undefined || to === undefined) return [part]
    const count = seed(to) - seed(from) + 1
    if (count < 1) throw new InvalidArgumentError(`In ${part} the end comes before the beginning.`)
    if (count > SEEDS_MAX)
      throw new InvalidArgumentError(`${part} are ${count} seeds, at most ${SEEDS_MAX} are taken.`)
    return Array.from({ length: count }, (_, index) => String(seed(from) + index))
  })
  if (seeds.length > SEEDS_MAX) {
    throw new InvalidArgumentError(`They are ${seeds.length} seeds, at most ${SEEDS_MAX} are taken.`)
  }
  return seeds
}

export const parseSeed = (text: string): number => {
  try {
    return seed(text)
  } catch {
    throw new InvalidArgumentError(
      'Seeds are whole numbers from 0 to 4294967295, with commas between them, or ranges such as 1..5.',
    )
  }
}
