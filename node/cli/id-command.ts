import type { Command } from 'commander'
import { addJsonOption } from './common-options.js'
import { loaded } from './interrupt.js'

export const declareId = (command: Command): void => {
  command.argument('<folder>', 'what the peer is given as --out; made where it is not there yet')
  addJsonOption(command)
  command.action(async (folder: string, options: { readonly json: boolean }) =>
    (await loaded(import('./id.js'))).sayId(folder, options),
  )
}
