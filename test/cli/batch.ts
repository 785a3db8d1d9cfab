/**
 * Runs many commands, one after the other, in this process: starting one for each would take minutes. Reads
 * `[{ "folder", "args" }]` from the file named first; prints, as JSON, what each wrote and its exit code.
 */
import { readFileSync } from 'node:fs'
import { run } from '../../node/cli/run.js'

export interface Command {
  /** Where it runs. */
  readonly folder: string
  readonly args: readonly string[]
}

export interface Outcome {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

const print = process.stdout.write.bind(process.stdout)

/** Collects what is written to a stream, from now on. */
const collect = (stream: NodeJS.WriteStream): (() => string) => {
  let text = ''
  stream.write = (chunk: string | Uint8Array, ...rest: readonly unknown[]) => {
    text += String(chunk)
    const done = rest.find((value) => typeof value === 'function') as (() => void) | undefined
    done?.()
    return true
  }
  return () => text
}

const commands = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as readonly Command[]
const outcomes: Outcome[] = []
for (const { folder, args } of commands) {
  process.chdir(folder)
  const stdout = collect(process.stdout)
  const stderr = collect(process.stderr)
  const exitCode = await run(args)
  outcomes.push({ exitCode, stdout: stdout(), stderr: stderr() })
}
print(JSON.stringify(outcomes), () => process.exit(0))
