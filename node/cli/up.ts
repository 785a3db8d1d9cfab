import { isMurmurationError } from '../../protocols/errors.js'
import { limits } from '../../protocols/limits.js'
import { parseRunConfiguration, runIdOf, type RunConfiguration } from '../../protocols/run/index.js'
import { readYaml } from '../store/index.js'
import { beforeStart } from './before-start.js'
import { interruptSignal } from './interrupt.js'
import { listenAddress, wantsMdns } from './member-options.js'
import { takePart } from './member.js'
import { createOutput } from './output.js'
import type { UpOptions } from './up-command.js'

/** @throws what `takePart` does; ConfigError, TopologyError for what the file says. */
export const up = async (options: UpOptions): Promise<void> => {
  const output = createOutput(options)
  const { run } = options
  const configuration = await beforeStart(() =>
    run === undefined ? parseRunConfiguration({}) : readConfiguration(run),
  )
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
      output.say(`training begins when ${configuration.minPeers} peers are here; Ctrl-C stops this peer`)
    },
  })
}

/** @throws ConfigError UNREADABLE, UNKNOWN_KEY, BAD_VALUE; TopologyError */
const readConfiguration = async (path: string): Promise<RunConfiguration> => {
  // What is parsed travels in one such frame.
  const bytesMax = limits.controlFrameBytesMax
  const input = await readYaml(path, { what: 'run configuration', bytesMax })
  try {
    return parseRunConfiguration(input)
  } catch (error) {
    if (isMurmurationError(error)) error.message = `the run configuration ${path}: ${error.message}`
    throw error
  }
}
