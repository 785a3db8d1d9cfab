import { ConfigError } from '../../../protocols/errors.js'
import type { Group, Partition } from './schema.js'

/** Which messages a partition of the network stops. */
export interface Cuts {
  /** Whether something sent now from one peer does not reach another. */
  blocked(from: number, to: number, nowMs: number): boolean
  /**
   * Whom a peer does not hear of any more, because a cut has lasted for `memberMs`: the peers as a set, or undefined
   * when it hears everyone. Peers with the same cuts get the same object.
   */
  unheardBy(peer: number, nowMs: number, memberMs: number): ReadonlySet<number> | undefined
  /** When what peers hear of changes. */
  changesMs(memberMs: number): readonly number[]
}

interface Cut {
  readonly fromMs: number
  readonly untilMs: number
  readonly from: ReadonlySet<number>
  readonly to: ReadonlySet<number>
}

/** @throws ConfigError BAD_VALUE for a peer that is not in the run. */
export const createCuts = (partitions: readonly Partition[], names: readonly string[]): Cuts => {
  const cuts = partitions.flatMap((partition) => cutsOf(partition, names))
  const unions = new Map<string, ReadonlySet<number>>()
  return {
    blocked(from, to, nowMs) {
      for (const cut of cuts) {
        if (nowMs >= cut.fromMs && nowMs < cut.untilMs && cut.from.has(from) && cut.to.has(to)) return true
      }
      return false
    },
    unheardBy(peer, nowMs, memberMs) {
      const lasting = cuts.filter(
        (cut) => cut.to.has(peer) && nowMs >= cut.fromMs + memberMs && nowMs < cut.untilMs,
      )
      if (lasting.length === 0) return undefined
      const key = lasting.map((cut) => cuts.indexOf(cut)).join()
      let union = unions.get(key)
      if (!union) unions.set(key, (union = new Set(lasting.flatMap((cut) => [...cut.from]))))
      return union
    },
    changesMs: (memberMs) =>
      cuts.flatMap(({ fromMs, untilMs }) =>
        fromMs + memberMs < untilMs ? [fromMs + memberMs, untilMs] : [],
      ),
  }
}

const cutsOf = ({ fromMs, untilMs, from, to, bothWays }: Partition, names: readonly string[]): Cut[] => {
  const one = from === 'rest' ? restOf(membersOf(to, names), names) : membersOf(from, names)
  const other = to === 'rest' ? restOf(one, names) : membersOf(to, names)
  if (one.size === 0 || other.size === 0) {
    throw new ConfigError(
      'BAD_VALUE',
      `partitions: one side of the partition from ${fromMs} to ${untilMs} ms has nobody in it. ` +
        'Take a larger share, or name the peers. Nothing was started.',
      { fromMs, untilMs },
    )
  }
  const both = [...one].find((index) => other.has(index))
  if (both !== undefined) {
    throw new ConfigError(
      'BAD_VALUE',
      `partitions: ${names[both]!} is on both sides of the partition from ${fromMs} to ${untilMs} ms. ` +
        'Leave `to` out to cut the rest off. Nothing was started.',
      { fromMs, untilMs },
    )
  }
  const cut = { fromMs, untilMs, from: one, to: other }
  return bothWays ? [cut, { fromMs, untilMs, from: other, to: one }] : [cut]
}

const membersOf = (group: Group, names: readonly string[]): ReadonlySet<number> => {
  if (group === 'rest') return new Set()
  if (typeof group === 'number') {
    return new Set(Array.from({ length: Math.round(group * names.length) }, (_, index) => index))
  }
  return new Set(group.map((name) => indexOfPeer(name, names)))
}

const restOf = (group: ReadonlySet<number>, names: readonly string[]): ReadonlySet<number> =>
  new Set([...names.keys()].filter((index) => !group.has(index)))

/** @throws ConfigError BAD_VALUE */
export const indexOfPeer = (name: string, names: readonly string[]): number => {
  const index = names.indexOf(name)
  if (index >= 0) return index
  throw new ConfigError(
    'BAD_VALUE',
    `the scenario names the peer ${JSON.stringify(name)}, but the peers are ${names[0]} to ${names.at(-1)}. Nothing was started.`,
    { peer: name },
  )
}
