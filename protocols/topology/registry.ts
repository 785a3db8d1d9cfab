import { TopologyError } from '../errors.js'
import { base } from './base.js'
import type { Topology, TopologyKind } from './contract.js'
import { EDGE_LIST } from './edge-list.js'
import { erdosRenyi } from './erdos-renyi.js'
import { exponential } from './exponential.js'
import { full } from './full.js'
import { geometric } from './geometric.js'
import { grid, torus } from './grid.js'
import { onePeerExponential } from './one-peer-exponential.js'
import { parseParameters, usageOf } from './parameters.js'
import { random } from './random.js'
import { regular } from './regular.js'
import { ring } from './ring.js'
import { scaleFree } from './scale-free.js'
import { smallWorld } from './small-world.js'
import { star } from './star.js'
import { hintFor, suggestionFor } from '../suggestion.js'
import { tree } from './tree.js'

/** Every topology that a name alone describes. A new one is one file and one line here. */
export const topologyKinds: readonly TopologyKind[] = [
  ring,
  torus,
  grid,
  star,
  full,
  tree,
  regular,
  erdosRenyi,
  smallWorld,
  scaleFree,
  geometric,
  exponential,
  onePeerExponential,
  base,
  random,
]

/** How each topology is written, for help and messages: `ring`, `regular:k`, `small-world:k:p` … */
export const topologyUsages: readonly string[] = topologyKinds.map(usageOf)

export interface ParsedTopology {
  readonly kind: TopologyKind
  /** The numbers after the colons, one per parameter of the kind. */
  readonly values: readonly number[]
}

/**
 * Reads `ring`, `regular:4`, `small-world:4:0.1` and the like.
 * @throws TopologyError UNKNOWN_TOPOLOGY for a name that is not in the registry; IMPOSSIBLE for a number that is
 *   missing, out of range, or not wanted, and for an edge list, which needs its file.
 */
export const parseTopology = (spec: string): ParsedTopology => {
  const [name = '', ...texts] = spec.split(':')
  if (name === EDGE_LIST) {
    throw badNumbers(
      spec,
      'edge lists work in murmur simulate and murmur topology only, which read the file. Peers of a run share a ' +
        'configuration and no files: choose a named topology.',
    )
  }
  const kind = topologyKinds.find((candidate) => candidate.name === name)
  if (kind === undefined) throw unknownTopology(spec, name.slice(0, NAME_CHARACTERS_MAX))
  const parsed = parseParameters(kind, texts)
  if ('advice' in parsed) throw badNumbers(spec, parsed.advice)
  return { kind, values: parsed.values }
}

/**
 * Builds the topology that a run configuration names.
 * @param seed the run's seed; everyone must have the same one to compute the same graph.
 * @throws TopologyError as {@link parseTopology}. Call `check` on the result for what depends on the members.
 */
export const createTopology = (spec: string, seed: number): Topology => {
  const { kind, values } = parseTopology(spec)
  return kind.create({ spec, values, seed })
}

/** Characters of an unknown name that are repeated and compared. */
const NAME_CHARACTERS_MAX = 64

const unknownTopology = (spec: string, name: string): TopologyError => {
  const names = [...topologyKinds.map((candidate) => candidate.name), EDGE_LIST]
  const nearest = suggestionFor(name, names)
  return new TopologyError(
    'UNKNOWN_TOPOLOGY',
    `no topology is called ${JSON.stringify(name)}.${hintFor(name, names)} ` +
      `Known: ${topologyUsages.join(', ')}; in murmur simulate and murmur topology also ${EDGE_LIST}:FILE.`,
    { topology: spec, nearest, known: topologyUsages },
  )
}

const badNumbers = (spec: string, advice: string): TopologyError =>
  new TopologyError('IMPOSSIBLE', `topology ${JSON.stringify(spec.slice(0, 80))}: ${advice}`, {
    topology: spec,
  })
