import { parseRunConfiguration, type RunConfiguration } from '../../protocols/run/index.js'
import { parseTopology } from '../../protocols/topology/index.js'

/**
 * As `parseRunConfiguration`, but a topology that does not parse is the topology's own error, as in every other
 * command, and not a bad value of a key.
 * @throws ConfigError UNKNOWN_KEY or BAD_VALUE; TopologyError UNKNOWN_TOPOLOGY or IMPOSSIBLE
 */
export const runConfigurationOf = (input: unknown): RunConfiguration => {
  const topology = topologyIn(input)
  if (topology !== undefined) parseTopology(topology)
  return parseRunConfiguration(input)
}

const topologyIn = (input: unknown): string | undefined =>
  typeof input === 'object' && input !== null && 'topology' in input && typeof input.topology === 'string'
    ? input.topology
    : undefined
