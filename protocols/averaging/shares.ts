import { AveragingError } from '../errors.js'

/** Largest deviation from 1 that the rounding of a few hundred shares can explain. */
const WEIGHT_SUM_TOLERANCE = 1e-9

interface Share {
  /** Peer id of the sender. */
  readonly from: string
  readonly weight: number
}

/**
 * The contributions of one average in the order in which they are added: by the ids of their senders.
 * @throws AveragingError NO_CONTRIBUTIONS, BAD_MIXING_WEIGHT when a sender is there twice, or the shares are not ≥ 0 with sum 1.
 */
export const sortedShares = <Contribution extends Share>(
  contributions: readonly Contribution[],
): readonly Contribution[] => {
  const sorted = [...contributions].sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0))
  assertShares(sorted)
  return sorted
}

const assertShares = (sorted: readonly Share[]): void => {
  if (sorted.length === 0) throw new AveragingError('NO_CONTRIBUTIONS', 'an average needs at least one model')
  let sum = 0
  sorted.forEach(({ from, weight }, index) => {
    if (!(weight >= 0)) throw badWeight(`the share of ${from} is ${weight}, not ≥ 0`, { from, weight })
    if (from === sorted[index - 1]?.from) throw badWeight(`${from} contributes twice`, { from })
    sum += weight
  })
  if (!(Math.abs(sum - 1) <= WEIGHT_SUM_TOLERANCE))
    throw badWeight(`the shares sum to ${sum}, not 1`, { sum })
}

const badWeight = (message: string, details: Record<string, unknown>): AveragingError =>
  new AveragingError('BAD_MIXING_WEIGHT', `${message}; nothing was averaged`, details)
