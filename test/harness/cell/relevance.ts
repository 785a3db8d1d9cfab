import { peerNames } from '../swarm/peer.js'
import { createCuts } from '../world/partitions.js'
import { parseSettings, type CellSettings } from './settings.js'

type Key = keyof CellSettings

/** What only gossip looks at, beside its rule. */
const GOSSIP: readonly Key[] = ['topology', 'edges', 'mixing', 'schedule', 'mode', 'catchUp', 'codec']
/** What only those look at who send something. */
const SENDING: readonly Key[] = ['links', 'timeouts']
/** What only the real trainer looks at, and only the toy. */
const REAL: readonly Key[] = ['data', 'partition', 'model', 'batch', 'optimizer']
const TOY: readonly Key[] = ['dimensions']

/** Whether the peers exchange models over a topology. */
export const gossips = ({ baseline, rule }: Pick<CellSettings, 'baseline' | 'rule'>): boolean =>
  baseline === 'none' && rule !== 'none'

/** Settings that make no difference to a cell: the one place that says which. */
export const idleKeys = (settings: CellSettings): ReadonlySet<Key> => {
  const { baseline, rule, mode, trainer, topology } = settings
  // Each for itself: who hears whom, and after what silence no longer, is asked by nobody.
  const isAlone = baseline === 'local' || (baseline === 'none' && rule === 'none')
  return new Set<Key>([
    ...(gossips(settings) ? [] : GOSSIP),
    ...(baseline === 'none' ? [] : (['rule'] as const)),
    ...(isAlone || baseline === 'centralised' ? SENDING : []),
    // The baselines in lock step refuse partitions, also the one that sends nothing.
    ...(isAlone ? (['partitions'] as const) : []),
    // In lock step nothing is stale.
    ...(mode === 'rounds' ? (['catchUp'] as const) : []),
    // All data in one place.
    ...(baseline === 'centralised' ? (['partition'] as const) : []),
    ...(trainer === 'toy' ? REAL : TOY),
    // Left over from a scenario whose topology was replaced.
    ...(topology.startsWith('edges:') ? [] : (['edges'] as const)),
  ])
}

/** What idle settings are set to, so that cells that differ in nothing else are one cell. Full fits any members. */
const STANDARD: CellSettings = Object.freeze({ ...parseSettings({}), topology: 'full', rule: 'none' })

/** Overwrites what makes no difference to the cell. */
export const withoutIdle = (settings: CellSettings): CellSettings => {
  const standard = [...idleKeys(settings)].map((key) => [key, STANDARD[key]])
  return Object.freeze({ ...settings, ...Object.fromEntries(standard) } as CellSettings)
}

/**
 * Looks for mistakes in what makes no difference, and so would not be looked at when the cell is prepared.
 * @throws ConfigError BAD_VALUE for partitions of peers that are not in the run. Nothing was started.
 */
export const checkIdle = (settings: CellSettings): void => {
  const { partitions, peers } = settings
  if (partitions.length > 0 && idleKeys(settings).has('partitions')) createCuts(partitions, peerNames(peers))
}

/** Settings in which cells differ that look at them, in the order of the settings; an edge list goes by its name. */
export const varyingKeys = (cells: readonly { readonly settings: CellSettings }[]): readonly Key[] => {
  const values = new Map<Key, Set<string>>()
  for (const { settings } of cells) {
    const idle = idleKeys(settings)
    for (const key of Object.keys(settings) as Key[]) {
      if (key === 'edges' || idle.has(key)) continue
      const seen = values.get(key) ?? new Set()
      values.set(key, seen.add(JSON.stringify(settings[key])))
    }
  }
  const [first] = cells
  if (first === undefined) return []
  return (Object.keys(first.settings) as Key[]).filter((key) => (values.get(key)?.size ?? 0) > 1)
}
