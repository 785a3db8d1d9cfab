import { INTERRUPTED, Interrupted } from './exit-codes.js'

/**
 * Milliseconds within which a second signal of the same name is the same key press: a terminal sends it to every process
 * of the foreground, and npx passes on what it gets. Guess, well below the time in which a person presses again.
 */
const SAME_PRESS_MS = 200

let interrupt: AbortSignal | undefined

/**
 * Turns Ctrl-C, SIGTERM and a closed terminal into an aborted signal, so that commands stop in order. The second one
 * ends the process at once. One signal for the whole process.
 */
export const interruptSignal = (): AbortSignal => (interrupt ??= listen())

const listen = (): AbortSignal => {
  const controller = new AbortController()
  let first: { readonly name: NodeJS.Signals; readonly atMs: number } | undefined
  const onSignal = (name: NodeJS.Signals): void => {
    const atMs = performance.now()
    if (first === undefined) {
      first = { name, atMs }
      return controller.abort()
    }
    if (name === first.name && atMs - first.atMs < SAME_PRESS_MS) return
    process.stderr.write('murmur: ended at once; what was not saved yet is lost\n')
    process.exit(INTERRUPTED)
  }
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, onSignal)
  return controller.signal
}

/** Resolves when the signal aborts. */
export const aborted = (signal: AbortSignal): Promise<'aborted'> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve('aborted')
    signal.addEventListener('abort', () => resolve('aborted'), { once: true })
  })

/**
 * What does a command, once it is loaded. That takes up to a second, and whoever presses Ctrl-C meanwhile need not wait
 * for it. @throws Interrupted
 */
export const loaded = async <T>(loading: Promise<T>): Promise<T> => {
  const signal = interruptSignal()
  const module = await Promise.race([loading, aborted(signal)])
  if (module === 'aborted' || signal.aborted) throw new Interrupted('stopped before anything was started')
  return module
}
