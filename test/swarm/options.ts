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

export const usage = `npm run test:swarm -- [--seeds A..B | --seed S] [--trace] [--json]
  --seeds A..B  check the swarms of these seeds (default 1..200)
  --seed S      check one
  --trace       print everything that happens in it
  --json        one JSON line per failure, and one at the end`

/** @throws SwarmTestUsageError USAGE */
export const parseOptions = (args: readonly string[]): SwarmTestOptions => {
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
        seeds = name === '--seed' ? oneSeed(value) : seedRange(value)
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

const oneSeed = (text: string): readonly [number, number] => {
  const seed = wholeNumber(text)
  return [seed, seed]
}

const seedRange = (text: string): readonly [number, number] => {
  const ends = text.split('..')
  if (ends.length !== 2) throw wrong(`${JSON.stringify(text)} is no range; write A..B, for example 1..1000`)
  const [first, last] = [wholeNumber(ends[0]!), wholeNumber(ends[1]!)]
  if (first > last) throw wrong(`the range ${text} is empty; write the smaller seed first`)
  if (last - first >= SEEDS_MAX) throw wrong(`the range ${text} has more than ${SEEDS_MAX} seeds`)
  return [first, last]
}

const wholeNumber = (text: string): number => {
  const value = Number(text)
  if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value
  throw wrong(`${JSON.stringify(text)} is no seed; seeds are whole numbers from 0`)
}

const wrong = (why: string): SwarmTestUsageError =>
  new SwarmTestUsageError('USAGE', `${why}. Nothing was simulated.\n${usage}`)
