import { idleKeys } from '../cell/relevance.js'
import { parseSettings, type CellSettings } from '../cell/settings.js'

const TEXT_MAX = 60

/**
 * Settings by dotted name, each as JSON, so that two are equal when their texts are. Neither the seed is among them nor
 * what makes no difference to the cell.
 */
export type Options = ReadonlyMap<string, string>

/** Said of every comparison, even where they have their default. */
const HEADLINE = ['peers', 'trainer', 'data', 'model', 'partition', 'topology', 'rule', 'schedule', 'rounds']

export const optionsOf = (settings: CellSettings): Options => {
  const idle = idleKeys(settings)
  const told = (Object.keys(settings) as (keyof CellSettings)[]).filter(
    (key) => key !== 'seed' && !idle.has(key),
  )
  return flattened(Object.fromEntries(told.map((key) => [key, settings[key]])))
}

export interface Comparison {
  /** Names of the options that differ, in the settings' order. */
  readonly differing: readonly string[]
  /** The same everywhere: those worth a line, which are the main ones and those that are not the default. */
  readonly notable: readonly string[]
  /** The same everywhere: all of them. */
  readonly common: readonly string[]
}

/** An option that some of the cells do not have, as a baseline has no topology, is compared among the others. */
export const compare = (all: readonly Options[]): Comparison => {
  const values = new Map<string, Set<string>>()
  for (const options of all) {
    for (const [name, value] of options) values.set(name, (values.get(name) ?? new Set<string>()).add(value))
  }
  // With what the default cell has no use for: others have, such as toys for their dimensions.
  const usual = flattened(parseSettings({}))
  const common = [...values]
    .filter(([, texts]) => texts.size === 1)
    .map(([name, [value]]) => ({ name, value: value! }))
  const isNotable = ({ name, value }: { name: string; value: string }): boolean =>
    HEADLINE.includes(name) || usual.get(name) !== value
  return {
    differing: [...values].filter(([, texts]) => texts.size > 1).map(([name]) => name),
    notable: common.filter(isNotable).map(({ name, value }) => `${name} ${readable(value)}`),
    common: common.map(({ name, value }) => `${name} ${readable(value)}`),
  }
}

/** `rule mean · topology ring`: what tells this group from the others. */
export const labelOf = (options: Options, differing: readonly string[]): string => {
  const parts = differing.flatMap((name) => {
    const value = options.get(name)
    return value === undefined || isGossip(name, value) ? [] : [`${name} ${readable(value)}`]
  })
  if (parts.length > 0) return parts.join(' · ')
  return differing.includes('baseline') ? 'gossip' : 'all cells'
}

/** The gossip itself is no baseline: its rule, topology or the like say enough. */
const isGossip = (name: string, value: string): boolean => name === 'baseline' && value === '"none"'

/** By the first of the differing options that is not the same, numbers by size; the gossip before its baselines. */
export const compareOptions =
  (differing: readonly string[]) =>
  (a: Options, b: Options): number => {
    const rank = Number(isBaseline(a)) - Number(isBaseline(b))
    if (rank !== 0) return rank
    for (const name of differing) {
      const order = naturally(a.get(name) ?? '', b.get(name) ?? '')
      if (order !== 0) return order
    }
    return 0
  }

const isBaseline = (options: Options): boolean => options.get('baseline') !== '"none"'

/** Digits compare as numbers, all else by code unit: the same on every machine, unlike localeCompare. */
const naturally = (a: string, b: string): number => {
  const left = a.split(/(\d+)/)
  const right = b.split(/(\d+)/)
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const x = left[index] ?? ''
    const y = right[index] ?? ''
    if (x === y) continue
    const byNumber = index % 2 === 1 ? Number(x) - Number(y) : 0
    return byNumber !== 0 ? byNumber : x < y ? -1 : 1
  }
  return 0
}

const flattened = (settings: object): Map<string, string> => {
  const flat = new Map<string, string>()
  flatten(settings, '', flat)
  return flat
}

const flatten = (value: object, path: string, into: Map<string, string>): void => {
  for (const [key, item] of Object.entries(value) as [string, unknown][]) {
    const name = path === '' ? key : `${path}.${key}`
    const isGroup = typeof item === 'object' && item !== null && !Array.isArray(item)
    if (isGroup) flatten(item, name, into)
    else into.set(name, JSON.stringify(item))
  }
}

/** JSON as people write it: texts without quotes, and not pages of an edge list. */
const readable = (json: string): string => {
  const value: unknown = JSON.parse(json)
  const text = (typeof value === 'string' ? value : json).replace(/\s+/g, ' ')
  const characters = [...text]
  return characters.length <= TEXT_MAX ? text : `${characters.slice(0, TEXT_MAX).join('')}…`
}
