import type { Topology } from '../../../protocols/topology/index.js'

/**
 * Who wants to hear a peer's announcements. In a real run gossip takes them to every member, but an engine acts only
 * on those of the members that its topology gives it, so only these are simulated: the cost of an announcement then
 * depends on the degree and not on the number of peers.
 */
export interface Readers {
  /** Peers that have `publisher` among their neighbours. Borrowed: it changes with the next choice. */
  of(publisher: number): readonly number[]
  /**
   * A peer has a new view, or chooses its neighbours of a round.
   * @returns those that are new to it: it would have heard their last announcement by now.
   */
  chooses(reader: number, view: readonly string[], round: number): readonly number[]
  /** A peer starts anew: its process has heard of nobody. */
  forgets(reader: number): void
}

export const createReaders = (topology: Topology, names: readonly string[]): Readers => {
  const indexOf = new Map(names.map((name, index) => [name, index]))
  const readers = names.map((): number[] => [])
  const chosen = names.map((): readonly number[] => [])
  const chosenIn: (readonly string[] | undefined)[] = []

  const choose = (reader: number, now: readonly number[]): readonly number[] => {
    const before = chosen[reader]!
    chosen[reader] = now
    for (const publisher of before) {
      if (!now.includes(publisher)) readers[publisher]!.splice(readers[publisher]!.indexOf(reader), 1)
    }
    const added = now.filter((publisher) => !before.includes(publisher))
    for (const publisher of added) readers[publisher]!.push(reader)
    return added
  }

  return {
    of: (publisher) => readers[publisher]!,
    chooses(reader, view, round) {
      if (topology.kind === 'fixed') {
        if (chosenIn[reader] === view) return NOBODY
        chosenIn[reader] = view
      }
      const neighbours = topology.neighbours({ members: view, self: names[reader]!, round })
      return choose(
        reader,
        neighbours.map((name) => indexOf.get(name)!),
      )
    },
    forgets(reader) {
      chosenIn[reader] = undefined
      choose(reader, NOBODY)
    },
  }
}

const NOBODY: readonly number[] = Object.freeze([])
