import { CommanderError } from 'commander'
import { isMurmurationError } from '../../protocols/errors.js'
import { CliError, exitCodeOf } from './exit-codes.js'
import { printable } from './printable.js'

/**
 * Says on stderr what went wrong and, with `--json`, on stdout as the last line, of type `error`.
 * @returns the exit code.
 */
export const reportFailure = (thrown: unknown, args: readonly string[]): number => {
  const error = thrown instanceof CommanderError ? asUsageError(thrown) : thrown
  const expected = isMurmurationError(error)
  const message = expected
    ? error.message
    : `a bug in murmur: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`
  const exitCode = exitCodeOf(error)
  process.stderr.write(`murmur: ${printable(message)}\n`)
  if (args.includes('--json')) {
    const code = expected ? error.code : 'BUG'
    process.stdout.write(`${JSON.stringify({ type: 'error', code, message, exitCode })}\n`)
  }
  return exitCode
}

/** Commander's `error: unknown option '--ronds'\n(Did you mean --rounds?)` as a sentence that says what to do. */
const asUsageError = ({ message }: CommanderError): CliError => {
  const what = message
    .replace(/^error: /, '')
    .replace(/\s*\n\((Did you mean [^)]*)\)$/, '. $1')
    .replace(/([^.?!])$/, '$1.')
  return new CliError('USAGE', `${what} Nothing was started; --help after the command lists its options.`)
}
