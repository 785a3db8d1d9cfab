import { shuffled } from '../../../protocols/random.js'
import type { Random } from '../../../protocols/random.js'
import { DatasetError } from '../errors.js'
import type { PartitionKind, Partitioner } from './contract.js'
import { indicesByClass, raiseTo, requireOneEach, sortEach } from './dealing.js'
import { logGamma } from './gamma.js'

/** No part gets fewer, if the data allow: a peer with a handful of examples trains on noise. From arXiv 1905.12022's code. */
export const DIRICHLET_PART_MIN = 10

/** Below the first every class goes to one peer, above the last the shares are equal to float precision: guess. */
const ALPHA_MIN = 1e-3
const ALPHA_MAX = 1e6

/**
 * Label skew: the examples of each class are split among the parts in proportions drawn from Dirichlet(alpha).
 * Small alpha: few peers hold a class; large alpha: every peer holds an equal share. Alpha is that of Hsu et al. 2019
 * (arXiv 1909.06335, section 3), who draw each peer's mix of classes; drawing each class's mix of peers instead, as
 * Yurochkin et al. 2019 (arXiv 1905.12022) do, uses every example exactly once. Part sizes therefore differ too.
 * Departure from both: a part below DIRICHLET_PART_MIN is filled up from the largest, not drawn again.
 */
export const dirichletPartitioner =
  (alpha: number): Partitioner =>
  (labels, { parts, classes, random }) => {
    requireOneEach(labels.length, parts)
    const lists = Array.from({ length: parts }, (): number[] => [])
    for (const members of indicesByClass(labels, classes)) {
      const shares = drawShares(alpha, parts, random)
      const order = shuffled(members, random)
      let cumulative = 0
      let start = 0
      shares.forEach((share, part) => {
        cumulative += share
        const end = part === parts - 1 ? order.length : Math.round(cumulative * order.length)
        lists[part]!.push(...order.slice(start, end))
        start = end
      })
    }
    raiseTo(Math.min(DIRICHLET_PART_MIN, Math.floor(labels.length / parts)), lists, random)
    return sortEach(lists)
  }

/** One draw from the symmetric Dirichlet: normalised gammas, scaled by the largest first so that tiny ones do not all vanish. */
const drawShares = (alpha: number, parts: number, random: Random): number[] => {
  const logs = Array.from({ length: parts }, () => logGamma(alpha, random))
  const most = Math.max(...logs)
  const gammas = logs.map((log) => Math.exp(log - most))
  const sum = gammas.reduce((a, b) => a + b, 0)
  return gammas.map((gamma) => gamma / sum)
}

export const dirichlet: PartitionKind = {
  usage: 'dirichlet:ALPHA',
  parse(argument) {
    const alpha = argument === undefined || argument.trim() === '' ? NaN : Number(argument)
    if (alpha >= ALPHA_MIN && alpha <= ALPHA_MAX) return dirichletPartitioner(alpha)
    throw new DatasetError(
      'BAD_PARTITION',
      `dirichlet needs an alpha from ${ALPHA_MIN} to ${ALPHA_MAX}, got ${argument === undefined ? 'none' : `'${argument}'`}. ` +
        'Write for example dirichlet:0.5; smaller is more skewed.',
      { argument, alphaMin: ALPHA_MIN, alphaMax: ALPHA_MAX },
    )
  },
}
