import type { Command } from 'commander'
import { addSimulateOptions, type SimulateOptions } from './options.js'

export const addSimulateCommand = (program: Command): void => {
  const command = program
    .command('simulate')
    .description(
      'run N peers in one process and in virtual time; options that take lists (a,b,c) make a sweep of all combinations',
    )
  addSimulateOptions(command)
  command.action(async (options: SimulateOptions) => (await import('./simulate.js')).simulate(options))
}
