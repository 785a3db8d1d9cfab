import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** The built command, from here whether this file is compiled or not: users get no other. */
const places = ['../../node/cli/main.js', '../../dist/node/cli/main.js'].map((path) =>
  fileURLToPath(new URL(path, import.meta.url)),
)

export const murmurPath = (): string => {
  const path = places.find((place) => existsSync(place))
  if (path === undefined) throw new Error('the command is not built: run npm run build')
  return path
}

/** Characters of what it says beside events kept for the message of a child that fails. */
const LAST_WORDS_MAX = 2_000

type Event = Readonly<Record<string, unknown>>

export interface Child {
  readonly pid: number
  /** Resolves with the first line of stdout that is such an event and, where asked, one that `fits`; also one of the past. */
  event(type: string, fits?: (event: Event) => boolean): Promise<Event>
  /** Resolves when it has ended, however. */
  readonly ended: Promise<void>
  /** Ends it at once; resolves when it is gone. */
  kill(): Promise<void>
}

/**
 * A process of this Node that writes JSON lines with a `type` on stdout; other lines are passed over. It ends with the signal and with this process.
 * @param args of node: a file and what it is told.
 */
export const startChild = (
  args: readonly string[],
  { signal, cwd }: { readonly signal: AbortSignal; readonly cwd: string },
): Child => {
  const child: ChildProcess = spawn(process.execPath, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  const kill = (): void => void child.kill('SIGKILL')
  process.on('exit', kill)
  signal.addEventListener('abort', kill, { once: true })
  if (signal.aborted) kill()

  const events: Event[] = []
  const waiting = new Set<() => void>()
  const look = (): void => waiting.forEach((check) => check())
  let lastWords = ''
  const keep = (text: string): void => void (lastWords = (lastWords + text).slice(-LAST_WORDS_MAX))
  child.stderr!.setEncoding('utf8').on('data', keep)
  createInterface(child.stdout!).on('line', (line) => {
    const event = eventIn(line)
    // Whatever a library or Node itself prints there is no event; it may say why none comes.
    if (event) events.push(event)
    else keep(`${line}\n`)
    look()
  })
  let over = false
  const ended = new Promise<void>((resolve) =>
    child.once('close', () => {
      over = true
      process.off('exit', kill)
      signal.removeEventListener('abort', kill)
      look()
      resolve()
    }),
  )
  return {
    pid: child.pid!,
    ended,
    event: (type, fits = () => true) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          const found = events.find((event) => event.type === type && fits(event))
          if (found === undefined && !over) return
          waiting.delete(check)
          if (found) resolve(found)
          else reject(new Error(`${args.join(' ')} ended without the event ${type}: ${lastWords}`))
        }
        waiting.add(check)
        check()
      }),
    async kill() {
      kill()
      await ended
    },
  }
}

const eventIn = (line: string): Event | undefined => {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? (value as Event) : undefined
  } catch {
    return undefined
  }
}
