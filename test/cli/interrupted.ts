/**
 * Runs commands in this process after Ctrl-C was pressed, as if while it loads what they need. Reads `[[arg, …], …]` from
 * its argument; prints, as JSON, the exit code of each and what it wrote on stderr.
 */
import { once } from 'node:events'
import { interruptSignal } from '../../node/cli/interrupt.js'
import { run } from '../../node/cli/run.js'

export interface Stopped {
  readonly exitCode: number
  readonly stderr: string
}

const signal = interruptSignal()
const aborted = once(signal, 'abort')
// Signals do not keep a process alive that waits for them.
const alive = setInterval(() => {}, 1_000)
// A terminal sends it, and npx sends it once more.
process.kill(process.pid, 'SIGINT')
process.kill(process.pid, 'SIGINT')
await aborted
clearInterval(alive)

const ended: Stopped[] = []
for (const args of JSON.parse(process.argv[2]!) as readonly (readonly string[])[]) {
  let stderr = ''
  process.stderr.write = (text: string | Uint8Array) => {
    stderr += String(text)
    return true
  }
  ended.push({ exitCode: await run(args), stderr })
}
process.stdout.write(JSON.stringify(ended), () => process.exit(0))
