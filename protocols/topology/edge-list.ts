import { TopologyError } from '../errors.js'
import { checkMemberCount, type Topology } from './contract.js'
import { adjacencyOf, EdgeSet, firstOfComponents, joinComponents } from './edges.js'
import { parseEdgeList, type NamedEdge } from './edge-list-lines.js'
import { disconnected } from './indexed.js'
import { indexOfMembers, namedGraph, NO_NEIGHBOURS, perMembers } from './per-members.js'

/** The word before the colon that asks for an edge list: `edges:FILE`. */
export const EDGE_LIST = 'edges'

/** The file that `edges:FILE` names; null for any other topology. Reading it is for the caller. */
export const edgeListFile = (spec: string): string | null =>
  spec.startsWith(`${EDGE_LIST}:`) ? spec.slice(EDGE_LIST.length + 1) : null

/**
 * The same for those who are about to read the file.
 * @throws TopologyError BAD_EDGE_LIST where an edge list is asked for and no file is named: `edges:` and `edges`.
 */
export const namedEdgeListFile = (spec: string): string | null => {
  const file = spec === EDGE_LIST ? '' : edgeListFile(spec)
  if (file !== '') return file
  throw new TopologyError(
    'BAD_EDGE_LIST',
    `topology ${JSON.stringify(spec)} does not say which file holds the edges. Write for example edges:graph.txt.`,
    { topology: spec },
  )
}

/**
 * A fixed topology given edge by edge. One undirected edge per line: two words apart by blanks, each the id of a
 * member or, where no member has that id, a member's index in sorted order, from 0. `#` begins a comment. The same edge
 * twice, either way round, is one.
 *
 * Relaxed, when members have left: edges with an end that is no member are left out, and components are joined in a
 * chain, first member to first member. Indices mean the members there are, so a list of indices moves when someone
 * joins or leaves; a list of ids does not.
 * @param name for messages: `edges:office.txt`.
 * @throws TopologyError BAD_EDGE_LIST with the line: not two words, or an edge from a member to itself; or for a text
 *   or a number of edges beyond the limits.
 */
export const createEdgeListTopology = ({
  name,
  text,
}: {
  readonly name: string
  readonly text: string
}): Topology => {
  const list = parseEdgeList(name, text)
  const graphOf = perMembers((members) => {
    const { edges } = resolve(list, members)
    const joined = joinComponents(adjacencyOf(members.length, edges.list))
    return namedGraph(members, (index) => joined[index]!)
  })
  return {
    name,
    kind: 'fixed',
    check: (memberCount) => checkMemberCount(name, memberCount),
    checkMembers: (members) => checkMembers(name, list, members),
    neighbours: ({ members, self }) => graphOf(members).get(self) ?? NO_NEIGHBOURS,
  }
}

interface Resolved {
  readonly edges: EdgeSet
  /** The first edge that names someone who is no member, and that word. */
  readonly unknown?: { readonly line: number; readonly word: string }
  /** The line of the first edge whose two words turn out to be one member. */
  readonly selfLoopLine?: number
}

const resolve = (list: readonly NamedEdge[], members: readonly string[]): Resolved => {
  const indexOf = indexOfMembers(members)
  const edges = new EdgeSet(members.length)
  let unknown: Resolved['unknown']
  let selfLoopLine: number | undefined
  for (const { words, line } of list) {
    const [a, b] = words.map((word) => indexOf.get(word) ?? indexIn(members, word))
    if (a === undefined || b === undefined) unknown ??= { line, word: words[a === undefined ? 0 : 1] }
    else if (a === b) selfLoopLine ??= line
    else edges.add(a, b)
  }
  return { edges, ...(unknown && { unknown }), ...(selfLoopLine !== undefined && { selfLoopLine }) }
}

const indexIn = (members: readonly string[], word: string): number | undefined =>
  /^(0|[1-9]\d{0,8})$/.test(word) && Number(word) < members.length ? Number(word) : undefined

const checkMembers = (name: string, list: readonly NamedEdge[], members: readonly string[]): void => {
  const memberCount = members.length
  const { edges, unknown, selfLoopLine } = resolve(list, members)
  if (unknown) {
    throw new TopologyError(
      'UNKNOWN_MEMBER',
      `${name}, line ${unknown.line}: ${JSON.stringify(unknown.word.slice(0, 80))} is neither the id of a member nor an index ` +
        `from 0 to ${memberCount - 1}. Correct the line, or start with more members.`,
      { topology: name, memberCount, ...unknown },
    )
  }
  if (selfLoopLine !== undefined) {
    throw new TopologyError(
      'BAD_EDGE_LIST',
      `${name}, line ${selfLoopLine}: both words are the same member, one by id and one by index. Remove the line.`,
      { topology: name, memberCount, line: selfLoopLine },
    )
  }
  const components = firstOfComponents(adjacencyOf(memberCount, edges.list)).length
  if (components > 1) throw disconnected({ name, memberCount, components, advice: 'Add edges between them' })
}
