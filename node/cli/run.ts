import '../polyfills.js'
import { Command, CommanderError } from 'commander'
import { addDemoCommand } from './demo/command.js'
import { addDoctorCommand } from './doctor-command.js'
import { addEvalCommand } from './evaluate-command.js'
import { USAGE } from './exit-codes.js'
import { reportFailure } from './failure.js'
import { addJoinCommand } from './join-command.js'
import { addMergeCommand } from './merge-command.js'
import { addSimulateCommand } from './simulate/command.js'
import { addStatusCommand } from './status-command.js'
import { addTopologyCommand } from './topology/command.js'
import { addUpCommand } from './up-command.js'
import { addVerifyCommand } from './verify-command.js'
import { VERSION } from './version.js'

/**
 * One command, from its arguments to its exit code. Its failure has been reported then.
 * @param args without the program's own name.
 */
export const run = async (args: readonly string[]): Promise<number> => {
  try {
    await createProgram().parseAsync(args, { from: 'user' })
    return 0
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0
    // Without a command, its help has been printed already.
    if (error instanceof CommanderError && error.code === 'commander.help') return USAGE
    return reportFailure(error, args)
  }
}

const createProgram = (): Command => {
  const program = new Command('murmur')
    .description(
      'Decentralized gossip learning: peers train on their own data and average weights, with no server.',
    )
    .version(VERSION)
    .showSuggestionAfterError()
    // Failures are reported in one place; commands take these settings over.
    .configureOutput({ outputError: () => {} })
    .exitOverride()
  for (const add of [
    addDemoCommand,
    addSimulateCommand,
    addUpCommand,
    addJoinCommand,
    addMergeCommand,
    addStatusCommand,
    addEvalCommand,
    addVerifyCommand,
    addTopologyCommand,
    addDoctorCommand,
  ]) {
    add(program)
  }
  return program
}
