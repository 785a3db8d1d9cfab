import { edgeListFile, parseTopology } from '../../../protocols/topology/index.js'
import { parseSettings, type CellSettings } from '../cell/settings.js'
import type { SettingsInput } from './grid.js'

/**
 * As `parseSettings`, but a topology that does not parse is the topology's own error, as in every other command, and
 * not a bad value of a key.
 * @throws ConfigError; TopologyError UNKNOWN_TOPOLOGY or IMPOSSIBLE. Nothing was started.
 */
export const settingsOf = (input: SettingsInput): CellSettings => {
  const { topology } = input
  if (typeof topology === 'string' && edgeListFile(topology) === null) parseTopology(topology)
  return parseSettings(input)
}
