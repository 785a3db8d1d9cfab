import { TopologyError } from '../errors.js'
import { createRandom } from '../random.js'
import { countOf, fractionOf, type TopologyKind } from './contract.js'
import type { EdgeList } from './edges.js'
import { indexedTopology } from './indexed.js'

/**
 * A ring on which everyone knows the k nearest, k/2 on either side, and each edge's far end is moved to a random member
 * with probability p (Watts and Strogatz 1998, "Collective dynamics of 'small-world' networks", Nature 393). p = 0 is
 * the lattice, p = 1 nearly random; a few per cent already shorten all paths. n·k/2 edges for every p.
 *
 * Relaxed, when k does not fit: the nearest even number from 2 to n − 1, so no shortcuts once that is everyone.
 */
export const smallWorld: TopologyKind = {
  name: 'small-world',
  parameters: [countOf('k', '4'), fractionOf('p', '0.1')],
  create: ({ spec, values: [degree = 2, probability = 0], seed }) =>
    indexedTopology({
      name: spec,
      edges: (count) => rewired(count, degree, probability, seed),
      edgesExpected: (count) => (count * degree) / 2,
      check: (memberCount) => checkDegree(spec, degree, memberCount),
      advice: 'Use a smaller p, a larger k, or another seed',
    }),
}

/** Lap by lap as in the paper: first all edges to the next member, then to the one after, and so on. */
const rewired = (count: number, degree: number, probability: number, seed: number): EdgeList => {
  const random = createRandom(seed, 'small-world')
  const laps = Math.min(Math.max(1, Math.floor(degree / 2)), Math.floor((count - 1) / 2))
  const lattice: [number, number][] = []
  for (let lap = 1; lap <= laps; lap++) for (let i = 0; i < count; i++) lattice.push([i, (i + lap) % count])
  const taken = new Set(lattice.map(([a, b]) => keyOf(a, b, count)))
  const degrees = new Uint32Array(count).fill(2 * laps)
  return lattice.map(([from, to]): [number, number] => {
    // Someone who is joined to everybody has nowhere to move an edge to.
    if (random.next() >= probability || degrees[from] === count - 1) return [from, to]
    let end = random.below(count)
    while (end === from || taken.has(keyOf(from, end, count))) end = random.below(count)
    taken.delete(keyOf(from, to, count))
    taken.add(keyOf(from, end, count))
    degrees[to]!--
    degrees[end]!++
    return [from, end]
  })
}

const keyOf = (a: number, b: number, count: number): number => Math.min(a, b) * count + Math.max(a, b)

const checkDegree = (name: string, degree: number, memberCount: number): void => {
  const details = { topology: name, memberCount, degree }
  if (degree % 2 === 1) {
    throw new TopologyError(
      'IMPOSSIBLE',
      `${name} begins as a ring with k/2 neighbours on either side, and k = ${degree} is odd. Use an even k, ` +
        `${degree > 1 ? `${degree - 1} or ` : ''}${degree + 1}.`,
      details,
    )
  }
  if (degree >= memberCount) {
    throw new TopologyError(
      'IMPOSSIBLE',
      `${name} gives everyone about ${degree} neighbours, but ${memberCount} members have only ${memberCount - 1} ` +
        `others each. Use full, a smaller k, or ${degree + 1} members or more.`,
      details,
    )
  }
}
