import '../polyfills.js'
import { Command, CommanderError } from 'commander'
import { ABOUT, commands } from './commands.js'
import { USAGE } from './exit-codes.js'
import { reportFailure } from './failure.js'
import { loaded } from './interrupt.js'
import { VERSION } from './version.js'

/**
 * One command, from its arguments to its exit code. Its failure has been reported then.
 * @param args without the program's own name.
 */
export const run = async (args: readonly string[]): Promise<number> => {
  try {
    const program = await loaded(programFor(args))
    await program.parseAsync(args, { from: 'user' })
    return 0
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0
    // Without a command, its help has been printed already.
    if (error instanceof CommanderError && error.code === 'commander.help') return USAGE
    return reportFailure(error, args)
  }
}

/** With the options of the command that is meant; of all of them where that is not clear, for the help and the hints. */
const programFor = async ([name]: readonly string[]): Promise<Command> => {
  const program = new Command('murmur')
    .description(ABOUT)
    .version(VERSION)
    .showSuggestionAfterError()
    // Failures are reported in one place; commands take these settings over.
    .configureOutput({ outputError: () => {} })
    .exitOverride()
  const meant = commands.filter((command) => command.name === name)
  const added = meant.length > 0 ? meant : commands
  const declared = await Promise.all(added.map(({ declare }) => declare()))
  added.forEach((command, index) => {
    declared[index]!(program.command(command.name).description(command.about))
  })
  return program
}
