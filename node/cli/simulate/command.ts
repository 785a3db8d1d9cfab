import type { Command } from 'commander'
import { loaded } from '../interrupt.js'
import { addSimulateOptions, type SimulateOptions } from './options.js'

export const declareSimulate = (command: Command): void => {
  addSimulateOptions(command)
  command.action(async (options: SimulateOptions) =>
    (await loaded(import('./simulate.js'))).simulate(options),
  )
}
