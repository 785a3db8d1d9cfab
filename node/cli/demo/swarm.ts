import { fork, type ChildProcess } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import type { FromPeer, ToPeer } from './messages.js'

/** The demo's peers: N operating-system processes. */
export interface Swarm {
  readonly pids: readonly number[]
  send(index: number, message: ToPeer): void
  /** Ends one process at once. Its exit is reported like any other. */
  kill(index: number): void
  /**
   * Asks those that are ready to say goodbye and ends the others, and those that do not go within the grace. Resolves
   * when no process is left. Safe to call twice.
   */
  stop(): Promise<void>
}

export interface SwarmHandlers {
  onMessage(index: number, message: FromPeer): void
  /** The process is gone, whatever the reason; `lastWords` is the end of what it wrote on stderr. */
  onExit(
    index: number,
    exit: { readonly code: number | null; readonly signal: string | null; readonly lastWords: string },
  ): void
}

/** Milliseconds that a peer gets to say goodbye. Guess. */
const STOP_GRACE_MS = 3_000
/** Characters of stderr kept per peer. */
const LAST_WORDS_MAX = 2_000

const ENTRY = new URL(
  import.meta.url.endsWith('.ts') ? './peer-process.ts' : './peer-process.js',
  import.meta.url,
)

export const startSwarm = (count: number, handlers: SwarmHandlers): Swarm => {
  const running = new Set<ChildProcess>()
  const ready = new Set<ChildProcess>()
  const start = (index: number): ChildProcess => {
    const child = fork(ENTRY, { serialization: 'advanced', stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
    let lastWords = ''
    running.add(child)
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      lastWords = (lastWords + text).slice(-LAST_WORDS_MAX)
    })
    child.on('message', (message) => {
      if ((message as FromPeer).type === 'ready') ready.add(child)
      handlers.onMessage(index, message as FromPeer)
    })
    // A message to a process that has just died: its exit is reported below.
    child.on('error', () => {})
    child.on('exit', (code, signal) => {
      running.delete(child)
      handlers.onExit(index, { code, signal, lastWords: lastWords.trim() })
    })
    return child
  }
  const children = Array.from({ length: count }, (_, index) => start(index))

  const killAll = (): void => running.forEach((child) => child.kill('SIGKILL'))
  // However this process ends, short of kill -9, it leaves none behind. After kill -9 they notice by themselves.
  process.on('exit', killAll)

  const exited = (child: ChildProcess): Promise<void> =>
    running.has(child) ? new Promise((resolve) => child.once('exit', () => resolve())) : Promise.resolve()

  const post = (child: ChildProcess, message: ToPeer): void => {
    if (child.connected) child.send(message, () => {})
  }

  const end = async (): Promise<void> => {
    for (const child of running) {
      if (ready.has(child)) post(child, { type: 'stop' })
      else child.kill('SIGKILL')
    }
    const all = Promise.all(children.map(exited))
    const cancel = new AbortController()
    await Promise.race([all, delay(STOP_GRACE_MS, undefined, { signal: cancel.signal }).catch(() => {})])
    cancel.abort()
    killAll()
    await all
    process.off('exit', killAll)
  }

  let stopping: Promise<void> | undefined
  return {
    pids: children.map(({ pid }) => pid!),
    send: (index, message) => post(children[index]!, message),
    kill: (index) => void children[index]!.kill('SIGKILL'),
    stop: () => (stopping ??= end()),
  }
}
