/** Slow references for small graphs: dense matrices, and eigenvalues by Jacobi's rotations. */
import { mixingWeights, type Topology } from '../../protocols/topology/index.js'

export type Matrix = number[][]

/** The mixing matrix of a round, from the public functions alone. */
export const denseMixing = (topology: Topology, members: readonly string[], round: number): Matrix =>
  members.map((self, i) => {
    const row = members.map(() => 0)
    const weights = mixingWeights(topology, { members, self, round })
    row[i] = 1
    topology.neighbours({ members, self, round }).forEach((id, k) => {
      row[members.indexOf(id)]! += weights[k]!
      row[i]! -= weights[k]!
    })
    return row
  })

export const product = (a: Matrix, b: Matrix): Matrix =>
  a.map((row) => b[0]!.map((_, j) => row.reduce((sum, value, k) => sum + value * b[k]![j]!, 0)))

export const transposed = (a: Matrix): Matrix => a[0]!.map((_, j) => a.map((row) => row[j]!))

/** Eigenvalues of a symmetric matrix, descending (cyclic Jacobi). */
export const eigenvaluesOf = (symmetric: Matrix): number[] => {
  const a = symmetric.map((row) => [...row])
  for (let sweep = 0; sweep < 60; sweep++) {
    for (let p = 0; p < a.length; p++) for (let q = p + 1; q < a.length; q++) rotate(a, p, q)
  }
  return a.map((row, i) => row[i]!).sort((x, y) => y - x)
}

const rotate = (a: Matrix, p: number, q: number): void => {
  if (Math.abs(a[p]![q]!) < 1e-300) return
  const theta = (a[q]![q]! - a[p]![p]!) / (2 * a[p]![q]!)
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1))
  const c = 1 / Math.sqrt(t * t + 1)
  const s = t * c
  for (const row of a) {
    const [x, y] = [row[p]!, row[q]!]
    row[p] = c * x - s * y
    row[q] = s * x + c * y
  }
  const [first, second] = [a[p]!, a[q]!]
  a[p] = first.map((x, k) => c * x - s * second[k]!)
  a[q] = first.map((x, k) => s * x + c * second[k]!)
}

/** σ1 of J·W_T…W_1 with J = I − 11ᵀ/n. */
export const contractionOf = (matrices: readonly Matrix[]): number => {
  const all = matrices.reduce((done, next) => product(next, done))
  const columnMeans = all[0]!.map((_, j) => all.reduce((sum, row) => sum + row[j]!, 0) / all.length)
  const centred = all.map((row) => row.map((value, j) => value - columnMeans[j]!))
  return Math.sqrt(Math.max(0, eigenvaluesOf(product(transposed(centred), centred))[0]!))
}
