import { TopologyError } from '../errors.js'
import { limits } from '../limits.js'
import type { Topology } from './contract.js'
import { indexOfMembers, perMembers } from './per-members.js'

/** Who pulls from whom in one round, by member index: the neighbours of i are columns[rowStarts[i]] to before rowStarts[i + 1]. */
export interface PullGraph {
  readonly size: number
  /** size + 1 entries. */
  readonly rowStarts: Uint32Array
  /** Ascending within a row. */
  readonly columns: Uint32Array
}

const indexOf = perMembers(indexOfMembers)

/**
 * The graph of one round, with members as indices.
 * @throws TopologyError IMPOSSIBLE when it has more pulls than may be held for a calculation.
 */
export const pullGraph = (topology: Topology, members: readonly string[], round: number): PullGraph => {
  const positions = indexOf(members)
  const rowStarts = new Uint32Array(members.length + 1)
  const rows = members.map((self, i) => {
    const neighbours = topology.neighbours({ members, self, round })
    rowStarts[i + 1] = rowStarts[i]! + neighbours.length
    checkPulls(topology, rowStarts[i + 1]!)
    return neighbours
  })
  const columns = new Uint32Array(rowStarts[members.length]!)
  let at = 0
  for (const row of rows) for (const id of row) columns[at++] = positions.get(id)!
  return { size: members.length, rowStarts, columns }
}

/** @throws TopologyError IMPOSSIBLE when so many pulls, of all rounds together, are too many to calculate with. */
export const checkPulls = (topology: Topology, pulls: number): void => {
  if (pulls <= limits.analysedPullsMax) return
  throw new TopologyError(
    'IMPOSSIBLE',
    `${topology.name} is too dense to be analysed with so many members: more than ${limits.analysedPullsMax} pulls in ` +
      'the rounds looked at. Look at fewer rounds or fewer members; the topology itself is not at fault.',
    { topology: topology.name, pulls, pullsMax: limits.analysedPullsMax },
  )
}

/**
 * Whether everyone is everyone's neighbour, asked without holding the graph: n² ids are too many for 10,000 members.
 */
export const isComplete = (topology: Topology, members: readonly string[]): boolean =>
  topology.kind === 'fixed' &&
  members.every((self) => topology.neighbours({ members, self, round: 0 }).length === members.length - 1)

/** The neighbours of one member in the graph. Borrowed: a view on `columns`. */
export const rowOf = ({ rowStarts, columns }: PullGraph, index: number): Uint32Array =>
  columns.subarray(rowStarts[index], rowStarts[index + 1])
