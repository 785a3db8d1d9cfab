#!/usr/bin/env node
import { setTimeout as delay } from 'node:timers/promises'
import { Interrupted } from './exit-codes.js'
import { reportFailure } from './failure.js'
import { interruptSignal } from './interrupt.js'

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

const args = process.argv.slice(2)
// A bug outside any promise that a command waits for; rejections that nobody handles end here too.
process.on('uncaughtException', (error) => void end(reportFailure(error, args)))

// Before the rest is loaded, which takes a second: whoever changes their mind meanwhile is heard.
const interrupt = interruptSignal()
const { run } = await import('./run.js')
if (interrupt.aborted) await end(reportFailure(new Interrupted('stopped before anything was started'), args))
await end(await run(args))
