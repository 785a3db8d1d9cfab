#!/usr/bin/env node
import '../polyfills.js'
import { Command, CommanderError } from 'commander'
import { isMurmurationError } from '../../protocols/errors.js'
import { addDemoCommand } from './demo/command.js'
import { addEvalCommand } from './evaluate.js'
import { exitCodeOf, USAGE } from './exit-codes.js'
import { addJoinCommand } from './join.js'
import { addMergeCommand } from './merge.js'
import { addStatusCommand } from './status.js'
import { addUpCommand } from './up.js'
import { VERSION } from './version.js'

const program = new Command('murmur')
  .description(
    'Decentralized gossip learning: peers train on their own data and average weights, with no server.',
  )
  .version(VERSION)
  .showSuggestionAfterError()
  .showHelpAfterError('(--help after the command lists its options)')
for (const add of [
  addDemoCommand,
  addUpCommand,
  addJoinCommand,
  addMergeCommand,
  addStatusCommand,
  addEvalCommand,
]) {
  add(program)
}
for (const command of [program, ...program.commands]) command.exitOverride()

/** libp2p keeps timers for a second or two after it has stopped, so commands end explicitly. */
const end = (code: number): never => process.exit(code)

try {
  await program.parseAsync()
  end(0)
} catch (error) {
  if (error instanceof CommanderError) end(error.exitCode === 0 ? 0 : USAGE)
  const expected = isMurmurationError(error)
  const message = expected
    ? error.message
    : `a bug in murmur: ${error instanceof Error ? error.stack : String(error)}`
  process.stderr.write(`murmur: ${message}\n`)
  const code = exitCodeOf(error)
  if (process.argv.includes('--json')) {
    const name = expected ? error.code : 'BUG'
    process.stdout.write(`${JSON.stringify({ type: 'error', code: name, message, exitCode: code })}\n`)
  }
  end(code)
}
