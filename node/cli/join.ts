import { decodeRunConfiguration, type RunConfiguration } from '../../protocols/run/index.js'
import { WireError } from '../../protocols/errors.js'
import { layoutOf } from '../trainer/index.js'
import { beforeStart } from './before-start.js'
import { CliError, Interrupted } from './exit-codes.js'
import { interruptSignal } from './interrupt.js'
import type { MemberOptions } from './member-options.js'
import { checkMemberOptions } from './member-check.js'
import { takePart } from './member.js'
import { createOutput } from './output.js'
import { discover, visit } from './visitor.js'

export const joinRun = async (given: string | undefined, options: MemberOptions): Promise<void> => {
  const output = createOutput(options)
  const interrupt = interruptSignal()
  // Before any peer is looked for or asked.
  await beforeStart(() => checkMemberOptions(options))
  if (given === undefined && options.mdns === false) {
    throw new CliError(
      'USAGE',
      'with --no-mdns there is no looking around; give the address that `murmur up` printed. Nothing was started.',
    )
  }
  if (given === undefined) output.progress('looking for a run on the local network …')
  const address = given ?? (await discover(interrupt))
  output.endProgress()
  if (interrupt.aborted) throw new Interrupted('stopped before joining')
  if (address === undefined) {
    throw new CliError(
      'NOTHING_FOUND',
      'no run answered on the local network. Nothing was started; give the address that `murmur up` printed.',
    )
  }
  const configuration = await beforeStart(() => fetchConfiguration(address))
  await takePart({
    configuration,
    options,
    dial: [address],
    output,
    interrupt,
    onListening: (peer) =>
      output.say(`joined run ${configuration.name}, training with ${peer.backend}; Ctrl-C leaves it`),
  })
}

/** @throws NetworkError, WireError FOREIGN_LAYOUT when this program builds another model from the same words. */
const fetchConfiguration = (address: string): Promise<RunConfiguration> =>
  visit({}, async (network) => {
    const welcome = await network.fetchRun(await network.dial(address))
    const configuration = decodeRunConfiguration(welcome.configuration)
    const { model, inputShape, classes } = configuration
    const layout = layoutOf(model, inputShape, classes)
    if (layout.fingerprint !== welcome.layout) {
      throw new WireError(
        'FOREIGN_LAYOUT',
        `the run's ${model} is laid out differently there (${welcome.layout.slice(0, 8)}) than here ` +
          `(${layout.fingerprint.slice(0, 8)}). Nothing was started; use the same version of murmur on all peers.`,
        { theirs: welcome.layout, ours: layout.fingerprint },
      )
    }
    return configuration
  })
