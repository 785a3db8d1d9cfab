import { dirname, resolve } from 'node:path'
import { isMurmurationError } from '../../../protocols/errors.js'
import { limits } from '../../../protocols/limits.js'
import { namedEdgeListFile } from '../../../protocols/topology/index.js'
import { readTextFile, readYaml, unreadable } from '../../../node/store/index.js'
import { parseSettings } from '../cell/settings.js'
import type { SettingsInput } from './grid.js'

/** Bytes of a scenario file, and of a trace of a million speeds. */
const SCENARIO_BYTES_MAX = 1024 * 1024
const TRACE_BYTES_MAX = 32 * 1024 * 1024

/**
 * Reads a scenario: YAML with the keys of `parseSettings`. A trace of speeds and an edge list may be names of files,
 * relative to the scenario's folder; their contents are in the result, which `parseSettings` takes.
 * @throws ConfigError UNREADABLE naming the file; UNKNOWN_KEY and BAD_VALUE naming file and key; TopologyError for its
 *   topology. Nothing was started.
 */
export const loadScenario = async (path: string): Promise<SettingsInput> => {
  const input = (await readYaml(path, { what: 'scenario', bytesMax: SCENARIO_BYTES_MAX })) ?? {}
  if (!isMapping(input)) throw unreadable(path, `the scenario ${path} is no list of keys and values`)
  const folder = dirname(path)
  try {
    const whole = await withEdgeList(await withTrace(input, folder), folder)
    parseSettings(whole)
    return whole
  } catch (error) {
    if (isMurmurationError(error)) error.message = `the scenario ${path}: ${error.message}`
    throw error
  }
}

/**
 * Reads the file of `topology: edges:FILE` into `edges`, where that is not given.
 * @throws ConfigError UNREADABLE; TopologyError BAD_EDGE_LIST where no file is named.
 */
export const withEdgeList = async (input: SettingsInput, folder = '.'): Promise<SettingsInput> => {
  const { topology, edges } = input
  if (typeof topology !== 'string' || edges != null) return input
  const file = namedEdgeListFile(topology)
  if (file === null) return input
  const text = await readTextFile(resolve(folder, file), {
    what: 'edge list',
    bytesMax: limits.edgeListCharactersMax,
  })
  return { ...input, edges: text }
}

const withTrace = async (input: SettingsInput, folder: string): Promise<SettingsInput> => {
  const { devices } = input
  const speed = isMapping(devices) ? devices.speed : undefined
  const name = isMapping(speed) ? speed.trace : undefined
  if (typeof name !== 'string') return input
  const file = resolve(folder, name)
  const lines = (await readTextFile(file, { what: 'trace', bytesMax: TRACE_BYTES_MAX })).trim().split(/\r?\n/)
  const trace = lines.map((line, index) => {
    const value = line.trim() === '' ? NaN : Number(line)
    if (Number.isFinite(value) && value > 0) return value
    throw unreadable(
      file,
      `line ${index + 1} of the trace ${file} is ${JSON.stringify(line.slice(0, 40))}, not a speed above 0: ` +
        'write one number per line',
    )
  })
  return {
    ...input,
    devices: { ...(devices as SettingsInput), speed: { ...(speed as SettingsInput), trace } },
  }
}

const isMapping = (value: unknown): value is SettingsInput =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
