import { INTERRUPTED } from './exit-codes.js'

let interrupt: AbortSignal | undefined

/**
 * Turns Ctrl-C, SIGTERM and a closed terminal into an aborted signal, so that commands stop in order. The second one
 * ends the process at once. One signal for the whole process.
 */
export const interruptSignal = (): AbortSignal => (interrupt ??= listen())

const listen = (): AbortSignal => {
  const controller = new AbortController()
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(INTERRUPTED)
    controller.abort()
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
