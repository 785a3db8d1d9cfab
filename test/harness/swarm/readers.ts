import type { Topology } from '../../../protocols/topology/index.js'

/**
 * Who wants to hear a peer's announcements. In a real run gossip takes them to every member, but an engine acts only
 * on those of the members that its topology gives it, so only these are simulated: the cost of an announcement then
 * depends on the degree and not on the number of peers.
 */
export interface Readers {
  /** Peers that have `publisher` among their neighbours. */
  of(publisher: number): Iterable<number>
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
  const chosen = names.map((): readonly number[] => [])
  const chosenIn: (readonly string[])[] = []
  const neighbours = (reader: number, view: readonly string[], round: number): readonly number[] =>
    topology.neighbours({ members: view, self: names[reader]!, round }).map((name) => indexOf.get(name)!)

  if (topology.kind === 'fixed') {
    return {
      // Undirected: whoever I read reads me.
      of: (publisher) => chosen[publisher]!,
      chooses(reader, view) {
        if (chosenIn[reader] === view) return []
        chosenIn[reader] = view
        const before = chosen[reader]!
        const now = (chosen[reader] = neighbours(reader, view, 0))
        return now.filter((publisher) => !before.includes(publisher))
      },
      forgets(reader) {
        chosenIn[reader] = []
        chosen[reader] = []
      },
    }
  }
  const readers = names.map(() => new Set<number>())
  return {
    of: (publisher) => readers[publisher]!,
    chooses(reader, view, round) {
      const before = chosen[reader]!
      const now = (chosen[reader] = neighbours(reader, view, round))
      for (const publisher of before) readers[publisher]!.delete(reader)
      for (const publisher of now) readers[publisher]!.add(reader)
      return now.filter((publisher) => !before.includes(publisher))
    },
    forgets(reader) {
      for (const publisher of chosen[reader]!) readers[publisher]!.delete(reader)
      chosen[reader] = []
    },
  }
}
