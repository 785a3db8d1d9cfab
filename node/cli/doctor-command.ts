import type { Command } from 'commander'
import { addJsonOption } from './common-options.js'
import { loaded } from './interrupt.js'

export const declareDoctor = (command: Command): void => {
  addJsonOption(command)
  command.action(async (options: { readonly json: boolean }) =>
    (await loaded(import('./doctor.js'))).doctor(options),
  )
}
