import { hash32 } from '../random.js'
import { EdgeSet, type EdgeList } from './edges.js'

/** Orders tried per cycle before the circulant graph is taken. One is nearly always enough; a guess. */
const TRIES_MAX = 8

/**
 * ⌊degree/2⌋ edge-disjoint Hamiltonian cycles, and a perfect matching for odd degree; null when none was found
 * within the tries. Each follows the members ordered by hash(seed, cycle, salt, id). Where an order would repeat
 * an edge of an earlier cycle, two members trade places. Repairing keeps the rest of the order, so the graph
 * barely moves when a member comes or goes; a fresh order for every clash would redraw the cycle, and at degree 10
 * take thousands of orders.
 */
export const hamiltonianEdges = (
  members: readonly string[],
  degree: number,
  seed: number,
): EdgeList | null => {
  const taken = new EdgeSet(members.length)
  const cycles = Math.floor(degree / 2)
  for (let cycle = 0; cycle < cycles; cycle++) {
    if (
      !addFirstThatFits(taken, (salt) => cycleOver(hashedOrder(members, seed, `cycle ${cycle}`, salt), taken))
    )
      return null
  }
  const matched =
    degree % 2 === 0 ||
    addFirstThatFits(taken, (salt) => matchingOver(hashedOrder(members, seed, 'matching', salt), taken))
  return matched ? taken.list : null
}

/**
 * Members in hashed order, each with the ⌊degree/2⌋ on either side, and the one opposite for odd degree: exactly
 * regular for every degree below n with n·degree even, and connected unless degree is 1 and n above 2.
 */
export const circulantEdges = (members: readonly string[], degree: number, seed: number): EdgeList => {
  const order = hashedOrder(members, seed, 'circulant', 0)
  const edges = new EdgeSet(order.length)
  const steps = Array.from({ length: Math.floor(degree / 2) }, (_, step) => step + 1)
  if (degree % 2 === 1) steps.push(order.length / 2)
  for (const step of steps) {
    // An opposite pair is met from both ends; the set keeps it once.
    order.forEach((member, i) => edges.add(member, order[(i + step) % order.length]!))
  }
  return edges.list
}

/** Member indices by hash of the id, ties by id, which is by index. */
const hashedOrder = (members: readonly string[], seed: number, role: string, salt: number): number[] => {
  const hashes = members.map((id) => hash32([seed, role, salt, id].join('\u0000')))
  return members.map((_, index) => index).sort((a, b) => hashes[a]! - hashes[b]! || a - b)
}

const addFirstThatFits = (taken: EdgeSet, propose: (salt: number) => EdgeList | null): boolean => {
  for (let salt = 0; salt < TRIES_MAX; salt++) {
    const edges = propose(salt)
    if (edges === null) continue
    for (const [a, b] of edges) taken.add(a, b)
    return true
  }
  return false
}

/** The cycle along `order`, repaired in place until it repeats no taken edge; null when it can't be. */
const cycleOver = (order: number[], taken: EdgeSet): EdgeList | null => {
  const n = order.length
  const at = (i: number): number => order[(i + n) % n]!
  const clashes = (i: number): boolean => taken.has(at(i), at(i + 1))
  const trade = (i: number, j: number): void => {
    const member = at(i)
    order[i % n] = at(j)
    order[j % n] = member
  }
  for (let i = 0; i < n; i++) {
    if (!clashes(i)) continue
    let repaired = false
    // The end of edge i trades places with a later member, if that leaves all four edges around the two free.
    for (let step = 2; step < n && !repaired; step++) {
      const other = i + step
      trade(i + 1, other)
      repaired = ![i, i + 1, other - 1, other].some(clashes)
      if (!repaired) trade(i + 1, other)
    }
    if (!repaired) return null
  }
  return order.map((member, i): [number, number] => [member, at(i + 1)])
}

/** Members 0 and 1, 2 and 3 … of `order`, repaired likewise by trading partners. */
const matchingOver = (order: number[], taken: EdgeSet): EdgeList | null => {
  const pairs = Array.from({ length: order.length / 2 }, (_, i): [number, number] => [
    order[2 * i]!,
    order[2 * i + 1]!,
  ])
  for (const [i, pair] of pairs.entries()) {
    if (!taken.has(...pair)) continue
    const other = pairs.find((p, j) => j !== i && !taken.has(pair[0], p[1]) && !taken.has(p[0], pair[1]))
    if (other === undefined) return null
    const partner = pair[1]
    pair[1] = other[1]
    other[1] = partner
  }
  return pairs
}
