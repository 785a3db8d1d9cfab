/**
 * Measures what the program is fast at, each figure against something else in the same run, and prints one table.
 *
 *     npm run bench -- [GROUP…] [--json FILE] [--compare FILE] [--quick]
 */
import '../../node/polyfills.js'
import { isMurmurationError } from '../../protocols/errors.js'
import { BenchError, exitCodes } from './errors.js'
import { groups } from './groups.js'
import { runBench } from './run.js'

/** Milliseconds that a group gets to end what it has started. Guess. */
const STOP_MS = 5_000

const controller = new AbortController()
const stop = (): void => {
  if (controller.signal.aborted) process.exit(exitCodes.interrupted)
  controller.abort()
  setTimeout(() => process.exit(exitCodes.interrupted), STOP_MS)
}
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, stop)

try {
  const code = await runBench(process.argv.slice(2), {
    groups,
    print: (line) => console.log(line),
    tell: (line) => console.error(line),
    signal: controller.signal,
  })
  process.exit(code)
} catch (error) {
  if (!isMurmurationError(error)) throw error
  console.error(`bench: ${error.message}`)
  const wrong = error instanceof BenchError && error.code !== 'NOT_WRITABLE'
  process.exit(wrong ? exitCodes.usage : exitCodes.groupFailed)
}
