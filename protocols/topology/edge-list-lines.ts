import { TopologyError } from '../errors.js'
import { limits } from '../limits.js'

/** One line of an edge list that holds an edge. */
export interface NamedEdge {
  /** As written: ids or indices. */
  readonly words: readonly [string, string]
  /** From 1. */
  readonly line: number
}

/**
 * The edges of the text, line by line; repeats are kept.
 * @throws TopologyError BAD_EDGE_LIST, as `createEdgeListTopology` says.
 */
export const parseEdgeList = (name: string, text: string): readonly NamedEdge[] => {
  if (text.length > limits.edgeListCharactersMax) {
    throw badList(
      `${name} has ${text.length} characters; at most ${limits.edgeListCharactersMax} are read. Use a smaller graph.`,
      { topology: name, characters: text.length, charactersMax: limits.edgeListCharactersMax },
    )
  }
  const edges: NamedEdge[] = []
  for (const [i, content] of text.split('\n').entries()) {
    const words = content.replace(/#.*/, '').split(/\s+/).filter(Boolean)
    if (words.length > 0) edges.push({ words: twoWords(name, words, i + 1), line: i + 1 })
    if (edges.length > limits.topologyEdgesMax) {
      throw badList(
        `${name} has more than ${limits.topologyEdgesMax} edges, the most that are read. Use a smaller graph.`,
        {
          topology: name,
          line: i + 1,
          edgesMax: limits.topologyEdgesMax,
        },
      )
    }
  }
  if (edges.length > 0) return edges
  throw badList(`${name} holds no edge. Write one per line: two ids or indices apart by a blank.`, {
    topology: name,
  })
}

const twoWords = (name: string, words: readonly string[], line: number): readonly [string, string] => {
  const [a, b, ...more] = words
  const details = { topology: name, line }
  if (a === undefined || b === undefined || more.length > 0) {
    throw badList(
      `${name}, line ${line}: an edge is two ids or indices apart by a blank; here ${words.length === 1 ? 'is 1 word' : `are ${words.length} words`}. ` +
        'Correct the line, or begin comments with #.',
      details,
    )
  }
  if (a === b) {
    throw badList(
      `${name}, line ${line}: ${JSON.stringify(a.slice(0, 80))} is joined to itself. Remove the line: everyone's own ` +
        'model takes part anyway.',
      details,
    )
  }
  return [a, b]
}

const badList = (message: string, details: Readonly<Record<string, unknown>>): TopologyError =>
  new TopologyError('BAD_EDGE_LIST', message, details)
