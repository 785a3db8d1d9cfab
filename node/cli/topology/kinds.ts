import { topologyKinds, topologyUsages } from '../../../protocols/topology/index.js'

/** What each kind of the registry is, in a line. */
const SUMMARIES: Readonly<Record<string, string>> = {
  ring: 'everyone with the one before and the one after',
  torus: 'a grid with its borders joined: four neighbours each',
  grid: 'rows and columns, as square as the number of peers allows',
  star: 'everyone with the first peer, the hub',
  full: 'everyone with everyone',
  tree: 'every peer with its parent and its k children',
  regular: 'random, k neighbours each',
  'erdos-renyi': 'every pair with probability p',
  'small-world': 'a ring with the k nearest, edges moved with probability p (Watts, Strogatz)',
  'scale-free': 'newcomers join m others, sooner those that have many: hubs (Barabási, Albert)',
  geometric: 'random places in the unit square, joined when at most r apart',
  exponential: 'those 1, 2, 4, 8, … places before and after',
  'one-peer-exponential': 'time-varying: pulls from one peer a round, 1, 2, 4, 8, … places on, then again',
  base: 'time-varying: at most k neighbours a round; exact average after a few rounds',
  random: 'time-varying: pulls from s others, drawn anew every round',
}

/** The kind that is no registry entry: its graph is in a file. */
const EDGE_LIST = {
  usage: 'edges:FILE',
  summary: 'two peers a line, by name (p00, p01, …) or index from 0; # begins a comment',
} as const

export interface KindLine {
  readonly usage: string
  readonly summary: string
}

/** Every kind, in the order of the registry. */
export const kindLines: readonly KindLine[] = [
  ...topologyKinds.map(({ name }, index) => ({
    usage: topologyUsages[index]!,
    summary: SUMMARIES[name] ?? '',
  })),
  ...(topologyUsages.some((usage) => usage.startsWith('edges')) ? [] : [EDGE_LIST]),
]
