import { ConfigError, isMurmurationError } from '../../protocols/errors.js'
import { limits } from '../../protocols/limits.js'
import { parseRunConfiguration, runIdOf, type RunConfiguration } from '../../protocols/run/index.js'
import { isPeerId } from '../network/index.js'
import { readYaml } from '../store/index.js'
import { beforeStart } from './before-start.js'
import { checkCodec } from './codec-option.js'
import { interruptSignal } from './interrupt.js'
import { listenAddress, wantsMdns } from './member-options.js'
import { checkMemberOptions } from './member-check.js'
import { mergeMistake } from './merge-mistake.js'
import { takePart } from './member.js'
import { createOutput } from './output.js'
import type { UpOptions } from './up-command.js'

/** @throws what `takePart` does; ConfigError, TopologyError for what the file says. */
export const up = async (options: UpOptions): Promise<void> => {
  const output = createOutput(options)
  const configuration = await beforeStart(() => {
    checkMemberOptions(options)
    return configurationFor(options)
  })
  await takePart({
    configuration,
    options,
    dial: [],
    output,
    interrupt: interruptSignal(),
    onListening(peer) {
      output.say(
        `run ${configuration.name} (${runIdOf(configuration).slice(0, 8)}), training with ${peer.backend}`,
      )
      output.say('others join with:')
      for (const address of peer.addresses()) output.say(`  npx murmur join ${address} --data SOURCE`)
      if (wantsMdns(options, listenAddress(options, [])))
        output.say('or, on the same local network: npx murmur join --data SOURCE')
      const { minPeers } = configuration
      output.say(
        `${minPeers > 1 ? `training begins when ${minPeers} peers are here; ` : ''}Ctrl-C stops this peer`,
      )
    },
  })
}

/** @throws as readConfiguration */
const configurationFor = async ({ run, codec }: UpOptions): Promise<RunConfiguration> => {
  if (run === undefined) return parseRunConfiguration(codec === undefined ? {} : { codec })
  // The file may name a codec that this Node lacks where another one takes its place.
  if (codec !== undefined) return parseRunConfiguration({ ...(await readConfiguration(run)), codec })
  return readConfiguration(run, { checkCodec })
}

/** @throws ConfigError UNREADABLE, UNKNOWN_KEY, BAD_VALUE; TopologyError */
const readConfiguration = async (
  path: string,
  checks: Parameters<typeof parseRunConfiguration>[1] = {},
): Promise<RunConfiguration> => {
  // What is parsed travels in one such frame.
  const bytesMax = limits.controlFrameBytesMax
  const input = await readYaml(path, { what: 'run configuration', bytesMax })
  try {
    const configuration = parseRunConfiguration(input, checks)
    assertCallers(configuration)
    return configuration
  } catch (error) {
    if (!isMurmurationError(error)) throw error
    const mistake = mergeMistake(input, error.details.key)
    const message = mistake === undefined ? error.message : `${mistake} Nothing was started.`
    error.message = `the run configuration ${path}: ${message}`
    throw error
  }
}

/** A name in place of an id would leave nobody who may call. @throws ConfigError BAD_VALUE */
const assertCallers = ({ finalMerge: { callers } }: RunConfiguration): void => {
  const wrong = callers === 'any' ? undefined : callers.find((id) => !isPeerId(id))
  if (wrong === undefined) return
  throw new ConfigError(
    'BAD_VALUE',
    `finalMerge.callers: ${JSON.stringify(wrong)} is no peer id, 12D3KooW… ` +
      'Each peer prints its own, and npx murmur id FOLDER says it before. Nothing was started.',
    { value: wrong },
  )
}
