import {
  createEdgeListTopology,
  createTopology,
  namedEdgeListFile,
  type Topology,
} from '../../../protocols/topology/index.js'
import { limits } from '../../../protocols/limits.js'
import { readTextFile } from '../../store/index.js'

/**
 * The topology that someone names on the command line; reads the file of `edges:FILE`.
 * @throws TopologyError UNKNOWN_TOPOLOGY, IMPOSSIBLE or BAD_EDGE_LIST; ConfigError UNREADABLE.
 */
export const topologyNamed = async (spec: string, seed: number): Promise<Topology> => {
  const path = namedEdgeListFile(spec)
  if (path === null) return createTopology(spec, seed)
  return createEdgeListTopology({
    name: spec,
    text: await readTextFile(path, { what: 'edge list', bytesMax: limits.edgeListCharactersMax }),
  })
}
