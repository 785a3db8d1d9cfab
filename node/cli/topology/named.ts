import { ConfigError } from '../../../protocols/errors.js'
import {
  createEdgeListTopology,
  createTopology,
  edgeListFile,
  type Topology,
} from '../../../protocols/topology/index.js'
import { limits } from '../../../protocols/limits.js'
import { readTextFile } from '../../store/index.js'

/**
 * The topology that someone names on the command line; reads the file of `edges:FILE`.
 * @throws TopologyError UNKNOWN_TOPOLOGY, IMPOSSIBLE or BAD_EDGE_LIST; ConfigError UNREADABLE or BAD_VALUE.
 */
export const topologyNamed = async (spec: string, seed: number): Promise<Topology> => {
  const path = edgeListFile(spec)
  if (path === null) return createTopology(spec, seed)
  if (path === '') {
    throw new ConfigError('BAD_VALUE', 'edges: needs a file. Write for example edges:graph.txt.', { spec })
  }
  return createEdgeListTopology({
    name: spec,
    text: await readTextFile(path, { what: 'edge list', bytesMax: limits.edgeListCharactersMax }),
  })
}
