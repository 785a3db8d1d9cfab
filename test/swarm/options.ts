import { MurmurationError } from '../../protocols/errors.js'

export interface SwarmTestOptions {
  /** The first and the last seed, both included. */
  readonly seeds: readonly [first: number, last: number]
  /** Print everything that happens. */
  readonly trace: boolean
  readonly json: boolean
}

/** Arguments that make no sense. Nothing was simulated. */
export class SwarmTestUsageError extends MurmurationError<'USAGE'> {}

const SEEDS_MAX = 10_000_000
const DEFAULT_SEEDS = [1, 200] as const

const usageOf = (script: string): string => `npm run ${script} -- [--seeds A..B | --seed S] [--trace] [--json]
  --seeds A..B  check what these seeds generate (default 1..200)
  --seed S      check one
  --trace       print everything that happens in it
  --json        one JSON line per failure, and one at the end`

/**
 * @param script by which npm knows the test.
 * @throws SwarmTestUsageError USAGE
 */
export const parseOptions = (args: readonly string[], script = 'test:swarm'): SwarmTestOptions => {
  const wrong = (why: string): SwarmTestUsageError =>
    new SwarmTestUsageError('USAGE', `${why}. Nothing was simulated.\n${usageOf(script)}`)
  let seeds: readonly [number, number] | undefined
  const flags = new Set<string>()
  for (let i = 0; i < args.length; i++) {
    const [name, attached] = splitAtEquals(args[i]!)
    switch (name) {
      case '--seed':
      case '--seeds': {
        if (seeds) throw wrong('the seeds were given twice')
        const value = attached ?? args[++i]
        if (value === undefined) throw wrong(`${name} needs a value`)
        const range = name === '--seed' ? oneSeed(value) : seedRange(value)
        if (typeof range === 'string') throw wrong(range)
        seeds = range
        break
      }
      case '--trace':
      case '--json':
        if (attached !== undefined) throw wrong(`${name} takes no value`)
        flags.add(name)
        break
      default:
        throw wrong(`unknown argument ${JSON.stringify(args[i])}`)
    }
  }
  const chosen = seeds ?? DEFAULT_SEEDS
  const trace = flags.has('--trace')
  if (trace && chosen[0] !== chosen[1]) throw wrong('--trace prints one swarm: choose it with --seed S')
  return { seeds: chosen, trace, json: flags.has('--json') }
}

const splitAtEquals = (text: string): readonly [string, string | undefined] => {
  const at = text.indexOf('=')
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)]
}

type Seeds = readonly [first: number, last: number]

/** @returns what is wrong with the text, if anything is. */
const oneSeed = (text: string): Seeds | string => {
  const seed = wholeNumber(text)
  return seed === undefined
    ? `${JSON.stringify(text)} is no seed; seeds are whole numbers from 0`
    : [seed, seed]
}

const seedRange = (text: string): Seeds | string => {
  const ends = text.split('..').map(oneSeed)
  if (ends.length !== 2) return `${JSON.stringify(text)} is no range; write A..B, for example 1..1000`
  const [from, to] = ends as [Seeds | string, Seeds | string]
  if (typeof from === 'string') return from
  if (typeof to === 'string') return to
  const [first, last] = [from[0], to[0]]
  if (first > last) return `the range ${text} is empty; write the smaller seed first`
  if (last - first >= SEEDS_MAX) return `the range ${text} has more than ${SEEDS_MAX} seeds`
  return [first, last]
}

const wholeNumber = (text: string): number | undefined => {
  const value = Number(text)
  return /^\d+$/.test(text) && Number.isSafeInteger(value) ? value : undefined
}
