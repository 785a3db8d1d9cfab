import type { Command } from 'commander'
import { addJsonOption } from './common-options.js'

export const addStatusCommand = (program: Command): void => {
  const command = program
    .command('status')
    .description('what a peer is doing, and who is in its run')
    .argument('<multiaddr>', 'a peer of the run, as it printed itself')
  addJsonOption(command)
  command.action(async (address: string, options: { readonly json: boolean }) =>
    (await import('./status.js')).status(address, options),
  )
}
