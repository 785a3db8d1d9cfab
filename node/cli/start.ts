import { setTimeout as delay } from 'node:timers/promises'
import { reportFailure } from './failure.js'
import { run } from './run.js'

/** Milliseconds that a slow reader gets to take the last lines. Guess. */
const FLUSH_MS = 1_000

/** libp2p keeps timers for a second or two after it has stopped, so commands end explicitly. */
const end = async (code: number): Promise<never> => {
  const flushed = Promise.all(
    [process.stdout, process.stderr].map(
      (stream) => new Promise<void>((resolve) => stream.write('', () => resolve())),
    ),
  )
  await Promise.race([flushed, delay(FLUSH_MS)])
  process.exit(code)
}

/** Runs one command, and ends the process with its exit code. @param args without the program's own name. */
export const start = async (args: readonly string[]): Promise<never> => {
  // A bug outside any promise that a command waits for; rejections that nobody handles end here too.
  process.on('uncaughtException', (error) => void end(reportFailure(error, args)))
  return end(await run(args))
}
