import { closest } from 'fastest-levenshtein'
import { TopologyError } from '../errors.js'
import type { Topology, TopologyKind } from './contract.js'
import { exponential } from './exponential.js'
import { full } from './full.js'
import { random } from './random.js'
import { regular } from './regular.js'
import { ring } from './ring.js'

/** Every topology there is. A new one is one file and one line here. */
export const topologyKinds: readonly TopologyKind[] = [ring, full, regular, exponential, random]

/** How each topology is written, for help and messages: `ring`, `regular:k` … */
export const topologyUsages: readonly string[] = topologyKinds.map(({ name, parameter }) =>
  parameter === null ? name : `${name}:${parameter}`,
)

export interface ParsedTopology {
  readonly kind: TopologyKind
  /** The number after the colon; 0 when the topology takes none. */
  readonly count: number
}

/**
 * Reads `ring`, `regular:4` and the like.
 * @throws TopologyError UNKNOWN_TOPOLOGY for a name that is not in the registry; IMPOSSIBLE for a number that is
 *   missing, not a positive integer, or not wanted.
 */
export const parseTopology = (spec: string): ParsedTopology => {
  const [name = '', ...rest] = spec.split(':')
  const kind = topologyKinds.find((candidate) => candidate.name === name)
  if (kind === undefined) {
    const nearest = closest(
      name.slice(0, NAME_CHARACTERS_MAX).toLowerCase(),
      topologyKinds.map((candidate) => candidate.name),
    )
    throw new TopologyError(
      'UNKNOWN_TOPOLOGY',
      `no topology is called ${JSON.stringify(name.slice(0, NAME_CHARACTERS_MAX))}. Did you mean ${nearest}? ` +
        `Known: ${topologyUsages.join(', ')}.`,
      { topology: spec, nearest, known: topologyUsages },
    )
  }
  if (kind.parameter === null) {
    if (rest.length === 0) return { kind, count: 0 }
    throw badCount(spec, `${name} takes no number. Write ${name}.`)
  }
  const text = rest.join(':')
  if (/^[1-9]\d{0,8}$/.test(text)) return { kind, count: Number(text) }
  throw badCount(
    spec,
    `${name} needs a positive whole number after the colon. Write for example ${name}:4 (${name}:${kind.parameter}).`,
  )
}

/**
 * Builds the topology that a run configuration names.
 * @param seed the run's seed; everyone must have the same one to compute the same graph.
 * @throws TopologyError as {@link parseTopology}. Call `check` on the result for what depends on the members.
 */
export const createTopology = (spec: string, seed: number): Topology => {
  const { kind, count } = parseTopology(spec)
  return kind.create({ count, seed })
}

/** Characters of an unknown name that are repeated and compared. */
const NAME_CHARACTERS_MAX = 64

const badCount = (spec: string, advice: string): TopologyError =>
  new TopologyError('IMPOSSIBLE', `topology ${JSON.stringify(spec.slice(0, 80))}: ${advice}`, {
    topology: spec,
  })
