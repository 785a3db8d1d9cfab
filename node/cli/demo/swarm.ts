import { fork, type ChildProcess } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import type { FromPeer, FromProcess, Setup, ToPeer, ToProcess } from './messages.js'

/** The demo's peers: each in one of some operating-system processes. */
export interface Swarm {
  /** When its processes were started, by the clock of `performance`. */
  readonly startedMs: number
  /** The process of each peer. */
  readonly pids: readonly number[]
  /** What has happened, from the start on. Call it once. */
  listen(handlers: SwarmHandlers): void
  /** Each process makes its peers. */
  setUp(setup: Setup): void
  /** To a peer that is ready. */
  send(index: number, message: ToPeer): void
  /**
   * Asks processes with a peer that is ready to let their peers say goodbye, and ends the others, and those that do not go within the grace. Resolves
   * when no process is left. Safe to call twice.
   * @param options.goodbye false when every peer has its result: eight goodbyes take half a second. @default true
   */
  stop(options?: { readonly goodbye?: boolean }): Promise<void>
}

export interface SwarmHandlers {
  onMessage(index: number, message: FromPeer): void
  /** A process is gone with all its peers, whatever the reason; `lastWords` is the end of what it wrote on stderr. */
  onExit(
    indexes: readonly number[],
    exit: { readonly code: number | null; readonly signal: string | null; readonly lastWords: string },
  ): void
}

/** Milliseconds that a process gets for its peers to say goodbye. Guess. */
const STOP_GRACE_MS = 3_000
/** Characters of stderr kept per process. */
const LAST_WORDS_MAX = 2_000

const ENTRY = new URL(
  import.meta.url.endsWith('.ts') ? './peer-process.ts' : './peer-process.js',
  import.meta.url,
)

/** @param processes at most as many as `peers`, which are dealt out to them in turn */
export const startSwarm = ({
  peers,
  processes,
}: {
  readonly peers: number
  readonly processes: number
}): Swarm => {
  const startedMs = performance.now()
  const running = new Set<ChildProcess>()
  const ready = new Set<ChildProcess>()
  let handlers: SwarmHandlers | undefined
  const early: ((told: SwarmHandlers) => void)[] = []
  /** Processes start before anybody listens. */
  const tell = (what: (told: SwarmHandlers) => void): void =>
    handlers === undefined ? void early.push(what) : what(handlers)

  const start = (indexes: readonly number[]): ChildProcess => {
    const child = fork(ENTRY, { serialization: 'advanced', stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
    let lastWords = ''
    running.add(child)
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      lastWords = (lastWords + text).slice(-LAST_WORDS_MAX)
    })
    child.on('message', (received) => {
      const { index, message } = received as FromProcess
      if (message.type === 'ready') ready.add(child)
      tell((told) => told.onMessage(index, message))
    })
    child.on('exit', (code, signal) => {
      running.delete(child)
      tell((told) => told.onExit(indexes, { code, signal, lastWords: lastWords.trim() }))
    })
    child.on('error', ({ message }) => {
      // A message to a process that has just died: its exit is reported above. One that never came to life has no exit.
      if (child.pid !== undefined) return
      lastWords = message
      child.emit('exit', null, null)
    })
    return child
  }

  const killAll = (): void => running.forEach((child) => child.kill('SIGKILL'))
  // However this process ends, short of kill -9, it leaves none behind. After kill -9 they notice by themselves.
  process.on('exit', killAll)

  const all = Array.from({ length: peers }, (_, index) => index)
  const shares = Array.from({ length: Math.min(peers, processes) }, (_, turn) =>
    all.filter((index) => index % processes === turn),
  )
  const children = shares.map(start)
  /** One for each core. */
  const threads = Math.max(1, Math.floor(availableParallelism() / processes))
  const processOf = (index: number): ChildProcess => children[index % processes]!

  const exited = (child: ChildProcess): Promise<void> =>
    running.has(child) ? new Promise((resolve) => child.once('exit', () => resolve())) : Promise.resolve()

  const post = (child: ChildProcess, message: ToProcess): void => {
    if (child.connected) child.send(message, () => {})
  }

  const end = async (goodbye: boolean): Promise<void> => {
    for (const child of running) {
      if (ready.has(child)) post(child, { type: 'stop', goodbye })
      else child.kill('SIGKILL')
    }
    const gone = Promise.all(children.map(exited))
    const cancel = new AbortController()
    await Promise.race([gone, delay(STOP_GRACE_MS, undefined, { signal: cancel.signal }).catch(() => {})])
    cancel.abort()
    killAll()
    await gone
    process.off('exit', killAll)
  }

  let stopping: Promise<void> | undefined
  return {
    startedMs,
    pids: all.map((index) => processOf(index).pid!),
    listen(told) {
      handlers = told
      for (const what of early.splice(0)) what(told)
    },
    setUp: (setup) =>
      children.forEach((child, place) => {
        const indexes = shares[place]!
        post(child, { type: 'setup', indexes, threads, ...setup })
      }),
    send: (index, message) => post(processOf(index), { type: 'peer', index, message }),
    stop: ({ goodbye = true } = {}) => (stopping ??= end(goodbye)),
  }
}
