import type { Topology } from './contract.js'
import { centre, largestEigenvalue } from './lanczos.js'
import { mix, mixingMatrix, mixTransposed, type MixingMatrix } from './mixing-matrix.js'
import { checkPulls, isComplete } from './pull-graph.js'

export interface SpectralGapOptions {
  /** Rounds to look at of a topology that varies without a period; others ignore it. @default 20, a guess */
  readonly rounds?: number
}

/** Rounds looked at where a topology has no period and nothing is asked for. A guess: more change the third digit. */
export const DEFAULT_ROUNDS = 20

/**
 * The spectral gap: the part of the members' disagreement that one round of mixing surely removes, from 0 (they never
 * agree) to 1 (one round, or one period, is the exact average). W is the mixing matrix, J = I − 11ᵀ/n.
 * - fixed: 1 − σ2(W), which is 1 − |λ2| because W is symmetric;
 * - time-varying over T rounds: 1 − σ1(J·W_T…W_1)^(1/T), the geometric mean over one period, or over `rounds`.
 *
 * Never negative: where a round of pulls may enlarge the disagreement, 0. One member: 1.
 * @param members sorted, each once.
 * @throws TopologyError IMPOSSIBLE for a graph too dense to hold.
 */
export const spectralGap = (
  topology: Topology,
  members: readonly string[],
  { rounds = DEFAULT_ROUNDS }: SpectralGapOptions = {},
): number => {
  // With all weights 1/n, W·x is the mean.
  if (members.length < 2 || (topology.mixingWeights === undefined && isComplete(topology, members))) return 1
  const period = roundsToLookAt(topology, members.length, rounds)
  const matrices = matricesOf(topology, members, period)
  let contraction = contractionOf(matrices)
  // Without a period, so small a product is many rounds that each leave something: fewer tell them from an exact one.
  const repeats = topology.kind === 'fixed' || topology.period !== undefined
  while (!repeats && contraction < FAINT && matrices.length > 1) {
    matrices.length = Math.ceil(matrices.length / 2)
    contraction = contractionOf(matrices)
  }
  if (contraction < EXACT) return 1
  const gap = 1 - rootOf(contraction, matrices.length)
  return gap < NO_GAP ? 0 : gap
}

/** Rounds that make up the whole of a topology: 1 when fixed, its period, else as many as asked for. */
export const roundsToLookAt = (topology: Topology, memberCount: number, asked: number): number =>
  topology.kind === 'fixed' ? 1 : (topology.period?.(memberCount) ?? asked)

/** Below this a contraction is what rounding leaves of zero: float64 carries 2·10⁻¹⁶, over some tens of rounds. */
const EXACT = 1e-12
/** Below this, and below zero, a gap is what rounding leaves of none. */
const NO_GAP = 1e-14
/** Below this a contraction of rounds without a period is looked at again over half as many. */
const FAINT = 1e-8

const matricesOf = (topology: Topology, members: readonly string[], rounds: number): MixingMatrix[] => {
  const matrices: MixingMatrix[] = []
  let pulls = 0
  for (let round = 0; round < rounds; round++) {
    const matrix = mixingMatrix(topology, members, round)
    pulls += matrix.columns.length
    checkPulls(topology, pulls)
    matrices.push(matrix)
  }
  return matrices
}

/** σ1(A), the square root of the largest eigenvalue of AᵀA, for A = J·W_T…W_1. */
const contractionOf = (matrices: readonly MixingMatrix[]): number => {
  const { size } = matrices[0]!
  const buffers = [new Float64Array(size), new Float64Array(size)] as const
  const square = largestEigenvalue({
    size,
    multiply(values, result) {
      let [from, to] = buffers
      from.set(values)
      for (const matrix of matrices) {
        mix(matrix, from, to)
        // J·W = J·W·J, as rows sum to 1: centring after each round changes nothing but the rounding.
        centre(to)
        ;[from, to] = [to, from]
      }
      for (const matrix of matrices.toReversed()) {
        mixTransposed(matrix, from, to)
        centre(to)
        ;[from, to] = [to, from]
      }
      result.set(from)
    },
  })
  return Math.sqrt(Math.max(0, square))
}

/** The degree-th root of a positive number by Newton's method, from above, until it no longer falls. */
const rootOf = (value: number, degree: number): number => {
  let root = Math.max(1, value)
  for (;;) {
    let power = 1
    for (let i = 1; i < degree; i++) power *= root
    const next = ((degree - 1) * root + value / power) / degree
    if (next >= root) return root
    root = next
  }
}
