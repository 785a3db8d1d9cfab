import type { Command } from 'commander'
import { addJsonOption } from './common-options.js'
import { loaded } from './interrupt.js'

export const declareStatus = (command: Command): void => {
  command.argument('<multiaddr>', 'a peer of the run, as it printed itself')
  addJsonOption(command)
  command.action(async (address: string, options: { readonly json: boolean }) =>
    (await loaded(import('./status.js'))).status(address, options),
  )
}
