import type { Command } from 'commander'
import { addJsonOption } from './common-options.js'

export const addDoctorCommand = (program: Command): void => {
  const command = program
    .command('doctor')
    .description('which training backends start on this machine, how fast they are, and which one auto takes')
  addJsonOption(command)
  command.action(async (options: { readonly json: boolean }) => (await import('./doctor.js')).doctor(options))
}
