import { TopologyError } from '../../../protocols/errors.js'
import { checkTopology, describeTopology, type Topology } from '../../../protocols/topology/index.js'

/** Bytes of one float32 parameter. */
const PARAMETER_BYTES = 4
/** A gap this near to 1 is 1: what is left of the disagreement is rounding. */
const EXACT = 1e-9

/** What the command shows of one topology. Null: no such number. */
export interface TopologyFigures {
  readonly topology: string
  readonly kind: Topology['kind']
  readonly peers: number
  readonly edges: number | null
  readonly degreeMin: number | null
  readonly degreeMean: number | null
  readonly degreeMax: number | null
  readonly connected: boolean | null
  readonly components: number | null
  /** Hops. */
  readonly diameter: number | null
  /** False: the diameter is a lower bound. */
  readonly diameterExact: boolean | null
  /** Part of the disagreement that a round of mixing removes, the geometric mean over `rounds`. */
  readonly spectralGap: number | null
  /** Rounds of mixing without training until half the disagreement is left; null: never. */
  readonly roundsToHalve: number | null
  readonly snapshotsPerPeer: number | null
  readonly snapshotsInAll: number | null
  /** Float32 weights that one peer pulls in a round, without frames. */
  readonly bytesPerPeer: number | null
  /** Rounds after which a time-varying topology begins again; null: it never does. */
  readonly period: number | null
  /** Rounds that the figures are taken over. */
  readonly rounds: number | null
}

export interface MeasuredTopology {
  readonly figures: TopologyFigures
  /** Why it cannot be used with these members. The figures say no more than the check does then. */
  readonly failure?: TopologyError
}

/**
 * @param members sorted, each once.
 * @param parameters of the model that travels.
 */
export const measure = (
  topology: Topology,
  members: readonly string[],
  parameters: number,
): MeasuredTopology => {
  try {
    checkTopology(topology, members)
  } catch (error) {
    if (!(error instanceof TopologyError)) throw error
    return { figures: unusable(topology, members.length, error), failure: error }
  }
  const { diameter, snapshotsPerRound, ...described } = describeTopology(topology, members)
  const { pulled, total } = snapshotsPerRound
  return {
    figures: {
      topology: topology.name,
      kind: topology.kind,
      peers: members.length,
      edges: described.edges,
      degreeMin: described.degreeMin,
      degreeMean: described.degreeMean,
      degreeMax: described.degreeMax,
      connected: described.connected,
      components: described.components,
      diameter: diameter?.hops ?? null,
      diameterExact: diameter?.exact ?? null,
      spectralGap: described.spectralGap,
      roundsToHalve: roundsToHalve(described.spectralGap, described.rounds),
      snapshotsPerPeer: pulled,
      snapshotsInAll: total,
      bytesPerPeer: pulled * parameters * PARAMETER_BYTES,
      period: described.period,
      rounds: described.rounds,
    },
  }
}

/**
 * Each round leaves 1 − gap of the disagreement on average, so (1 − gap)^t = ½ at t = log ½ / log(1 − gap).
 * @param rounds that the gap was measured over: an exact average is only known to be reached at their end.
 */
export const roundsToHalve = (gap: number, rounds: number): number | null => {
  if (gap <= 0) return null
  if (gap >= 1 - EXACT) return rounds
  return Math.log(0.5) / Math.log(1 - gap)
}

/** `neighbours` joins the pieces of a graph that falls apart, so its figures would be those of another graph. */
const unusable = (topology: Topology, peers: number, { code, details }: TopologyError): TopologyFigures => {
  const disconnected = code === 'DISCONNECTED'
  return {
    topology: topology.name,
    kind: topology.kind,
    peers,
    edges: null,
    degreeMin: null,
    degreeMean: null,
    degreeMax: null,
    connected: disconnected ? false : null,
    components: typeof details.components === 'number' ? details.components : null,
    diameter: null,
    diameterExact: null,
    spectralGap: disconnected ? 0 : null,
    roundsToHalve: null,
    snapshotsPerPeer: null,
    snapshotsInAll: null,
    bytesPerPeer: null,
    period: null,
    rounds: null,
  }
}
