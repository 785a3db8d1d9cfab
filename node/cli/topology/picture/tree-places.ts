import type { Place } from './places.js'

/** Leaves beside each other that still show as single ones; with more, the layers become circles. */
const LEAVES_IN_A_ROW_MAX = 48
/** Height of a whole tree in layers, its width being 1, and of one layer at most. */
const HEIGHT = 0.8
const LAYER_MAX = 0.2

/** Member i hangs under ⌊(i − 1)/k⌋. Leaves stand at equal distances, parents above the middle of their children. */
export const tree = (count: number, arity: number): readonly Place[] => {
  const depths = new Array<number>(count).fill(0)
  for (let i = 1; i < count; i++) depths[i] = depths[Math.floor((i - 1) / arity)]! + 1
  const { across, leaves } = acrossOf(count, arity)
  const deepest = Math.max(1, depths.at(-1) ?? 1)
  if (leaves <= LEAVES_IN_A_ROW_MAX) {
    const layer = Math.min(LAYER_MAX, HEIGHT / deepest)
    return depths.map((depth, i) => ({ x: across[i]! / leaves, y: depth * layer }))
  }
  return depths.map((depth, i) => {
    const angle = (2 * Math.PI * across[i]!) / leaves
    return { x: depth * Math.sin(angle), y: -depth * Math.cos(angle) }
  })
}

/** Leaf after leaf from the left, in units of the distance between two, without walking down: a tree may be deep. */
const acrossOf = (
  count: number,
  arity: number,
): { readonly across: readonly number[]; readonly leaves: number } => {
  const across = new Array<number>(count).fill(0)
  let leaves = 0
  const unvisited = [0]
  const visited: number[] = []
  while (unvisited.length > 0) {
    const member = unvisited.pop()!
    visited.push(member)
    const first = member * arity + 1
    if (first >= count) across[member] = leaves++
    // The last one is taken first.
    for (let child = Math.min(first + arity, count) - 1; child >= first; child--) unvisited.push(child)
  }
  for (const member of visited.reverse()) {
    const first = member * arity + 1
    const last = Math.min(first + arity, count) - 1
    if (first < count) across[member] = (across[first]! + across[last]!) / 2
  }
  return { across, leaves }
}
