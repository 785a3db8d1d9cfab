/**
 * Metropolis-Hastings mixing weights: w_ij = 1 / (1 + max(d_i, d_j)) for each neighbour, the rest for oneself
 * (Xiao and Boyd 2004, "Fast linear iterations for distributed averaging", §4.1). They need only the neighbours'
 * degrees, and make the mixing matrix symmetric and doubly stochastic, so the members' mean does not drift.
 *
 * The announced degrees come from other peers. With n of them present and an own degree of at least n each weight is
 * at most 1/(1+n), so the own share stays at least 1/(1+n) whatever they announce.
 * @param degree own neighbours, as announced; raised to the number present when that is larger.
 * @param neighbourDegrees what those whose models are at hand announced.
 * @returns one weight per neighbour in the given order; each ≥ 0, sum below 1. The own weight is the rest.
 */
export const metropolisHastings = (
  degree: number,
  neighbourDegrees: readonly number[],
): readonly number[] => {
  const own = Math.max(degree, neighbourDegrees.length)
  return neighbourDegrees.map((theirs) => 1 / (1 + Math.max(own, theirs)))
}
