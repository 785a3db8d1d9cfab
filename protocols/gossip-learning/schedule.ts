import { ConfigError } from '../errors.js'
import type { Random } from '../random.js'
import { hintFor } from '../suggestion.js'

/** Decides, each round, with how many of the topology's neighbours to communicate. Pure: chance comes in as an argument. */
export interface Schedule {
  readonly spec: string
  /** How many neighbours to pull from after this round (1-based); Infinity means all of them. */
  partners(round: number, random: Random): number
  /** The most it would ask for around this round: with the topology's degree, what Metropolis-Hastings weights go by. */
  partnersMax(round: number): number
}

/** What a schedule may ask about its run. */
export interface ScheduleContext {
  /** Local rounds of the whole run. */
  readonly rounds: number
}

type Factory = (args: readonly string[], spec: string, context: ScheduleContext) => Schedule

/** Pulls from every neighbour in each k-th round. */
const every: Factory = (args, spec) => {
  const period = integerFrom(1, args[0], spec)
  return { spec, partners: (round) => (round % period === 0 ? Infinity : 0), partnersMax: () => Infinity }
}

/** Pulls from one random neighbour with probability p (arXiv 2507.06542 uses 0.2 over all members: topology random:1). */
const probability: Factory = (args, spec) => {
  const p = fraction(args[0], spec)
  return { spec, partners: (_round, random) => (random.next() < p ? 1 : 0), partnersMax: () => mostAt(p) }
}

/** Pulls from every neighbour while that fraction of the rounds is under way, else from one with probability `otherwise`. */
const dense = ({
  spec,
  rounds,
  from,
  to,
  otherwise,
}: {
  readonly spec: string
  readonly rounds: number
  readonly from: number
  readonly to: number
  /** Probability of pulling from one random neighbour outside. */
  readonly otherwise: number
}): Schedule => {
  // A window that reaches the end has none: the turns of a finished peer come after the last round.
  const isDense = (round: number) => round > from * rounds && (to >= 1 || round <= to * rounds)
  return {
    spec,
    partners: (round, random) => (isDense(round) ? Infinity : random.next() < otherwise ? 1 : 0),
    partnersMax: (round) => (isDense(round) ? Infinity : mostAt(otherwise)),
  }
}

/**
 * late:FROM[:P] pulls from every neighbour once the fraction FROM of the rounds is over, and before that from one
 * random neighbour with probability P (default 0). Communication late in training serves the final merge best; none
 * at all before it leaves models that cannot be merged (arXiv 2507.06542).
 */
const late: Factory = ([from, p = '0'], spec, { rounds }) =>
  dense({ spec, rounds, from: fraction(from, spec), to: 1, otherwise: fraction(p, spec) })

/** window:FROM:TO[:P] is the same with an end: the dense window that arXiv 2507.06542 moves along the training. */
const window: Factory = ([first, last, p = '0'], spec, { rounds }) => {
  const [from, to] = [fraction(first, spec), fraction(last, spec)]
  if (from >= to) throw bad(spec, `the window ends at ${to}, not after its beginning at ${from}`)
  return dense({ spec, rounds, from, to, otherwise: fraction(p, spec) })
}

/** Partners at most, where one is chosen with this probability. */
const mostAt = (p: number): number => (p > 0 ? 1 : 0)

/** No communication before the final merge: the baseline. */
const never: Factory = (_args, spec) => ({ spec, partners: () => 0, partnersMax: () => 0 })

/** A new schedule is one factory, one line here, and the number of its arguments. */
const schedules: Readonly<
  Record<string, { readonly create: Factory; readonly args: readonly [number, number] }>
> = {
  every: { create: every, args: [1, 1] },
  probability: { create: probability, args: [1, 1] },
  late: { create: late, args: [1, 2] },
  window: { create: window, args: [2, 3] },
  never: { create: never, args: [0, 0] },
}

export const scheduleNames: readonly string[] = Object.keys(schedules)

/** @throws ConfigError BAD_VALUE that names the nearest known schedule. */
export const createSchedule = (spec: string, context: ScheduleContext): Schedule => {
  const [name = '', ...args] = spec.split(':')
  const known = Object.hasOwn(schedules, name) ? schedules[name] : undefined
  if (!known) {
    throw bad(
      spec,
      `known schedules: every:K, probability:P, late:FROM[:P], window:FROM:TO[:P], never.${hintFor(name, scheduleNames)}`,
    )
  }
  const [least, most] = known.args
  if (args.length < least || args.length > most) {
    throw bad(spec, `${name} takes ${least === most ? least : `${least} to ${most}`} arguments`)
  }
  return known.create(args, spec, context)
}

const integerFrom = (least: number, text: string | undefined, spec: string): number => {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < least)
    throw bad(spec, `${text} is not an integer of at least ${least}`)
  return value
}

const fraction = (text: string | undefined, spec: string): number => {
  const value = text?.trim() === '' ? NaN : Number(text)
  if (!(value >= 0 && value <= 1)) throw bad(spec, `${text} is not between 0 and 1`)
  return value
}

const bad = (spec: string, why: string): ConfigError =>
  new ConfigError('BAD_VALUE', `schedule ${JSON.stringify(spec)} is not usable: ${why}`, { spec })
