import type { Command } from 'commander'
import { addJsonOption } from './common-options.js'

export const addMergeCommand = (program: Command): void => {
  const command = program
    .command('merge')
    .description('call for the final merge of a run now; asked from the machine of one of its peers')
    .argument('<multiaddr>', 'a peer of the run, as it printed itself')
  addJsonOption(command)
  command.action(async (address: string, options: { readonly json: boolean }) =>
    (await import('./merge.js')).merge(address, options),
  )
}
