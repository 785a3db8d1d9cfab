import { DatasetError } from './errors.js'
import { knownAndNearest, splitSpec } from './nearest.js'
import type { Partitioner, PartitionKind } from './partitions/contract.js'
import { dirichlet } from './partitions/dirichlet.js'
import { iid } from './partitions/iid.js'
import { shards } from './partitions/shards.js'

export type { Partitioner, PartitionKind, PartitionRequest } from './partitions/contract.js'

/** Every way to deal examples out to peers, by name. A new one is one file in partitions/ and one line here. */
export const partitionKinds: ReadonlyMap<string, PartitionKind> = new Map([
  ['iid', iid],
  ['dirichlet', dirichlet],
  ['shards', shards],
])

/** The partitioner that `iid`, `dirichlet:0.5` or `shards:2` names. Throws DatasetError BAD_PARTITION. */
export const parsePartition = (spec: string): Partitioner => {
  const { name, argument } = splitSpec(spec)
  const kind = partitionKinds.get(name)
  if (kind !== undefined) return kind.parse(argument)
  throw new DatasetError(
    'BAD_PARTITION',
    `There is no partition '${spec}'. ${knownAndNearest(name, partitionKinds)}`,
    { spec, known: [...partitionKinds.keys()] },
  )
}
