import { isMurmurationError, MurmurationError } from '../../../protocols/errors.js'
import type { CellRecord, ResultRecord, RoundRecord } from '../cell/records.js'
import type { CellSettings } from '../cell/settings.js'

/** What cell/run-cell.ts exports, and whatever takes its place in a test. */
export interface CellModule {
  /** @throws typed errors; nothing was started. */
  readonly checkCell: (settings: CellSettings) => Promise<void>
  readonly runCell: (
    settings: CellSettings,
    options: {
      readonly onRecord: (record: CellRecord | RoundRecord) => void
      /** Training threads; 0: in this thread. */
      readonly threads: number
      readonly signal?: AbortSignal | undefined
    },
  ) => Promise<ResultRecord>
}

/** URL of the module that runs cells, from the sources or from the compiled files, whichever this file is. */
export const CELL_MODULE = new URL(
  import.meta.url.endsWith('.ts') ? '../cell/run-cell.ts' : '../cell/run-cell.js',
  import.meta.url,
).href

/** An error as it crosses a thread boundary: structured cloning drops its class and its code. */
export interface Failure {
  readonly name: string
  /** `BUG` for what nobody expected; the message has its stack then. */
  readonly code: string
  readonly message: string
}

export type Ended = { readonly result: ResultRecord } | { readonly failure: Failure }

/** Runs cells, here or in threads. */
export interface CellRunner {
  /** Never rejects: a cell that fails has an outcome like any other. Records come in order, before it resolves. */
  run(settings: CellSettings, onRecord: (record: CellRecord | RoundRecord) => void): Promise<Ended>
  /** Ends what is running; the promises above settle. Resolves when no thread is left. */
  stop(): Promise<void>
}

export const failureOf = (error: unknown): Failure => {
  const name = error instanceof Error ? error.name : 'Error'
  if (isMurmurationError(error)) return { name, code: error.code, message: error.message }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return { name, code: 'BUG', message }
}

/** The end of a thread that nobody asked for: out of memory, or a bug. */
export class CellThreadError extends MurmurationError<'THREAD_DIED'> {}

/** One cell in this process, which trains in threads of its own. */
export const runnerHere = (cellModule: string, threads: number): CellRunner => {
  const stopping = new AbortController()
  let running: Promise<unknown> = Promise.resolve()
  return {
    run(settings, onRecord) {
      const ended = (async (): Promise<Ended> => {
        try {
          const { runCell } = (await import(cellModule)) as CellModule
          return { result: await runCell(settings, { onRecord, threads, signal: stopping.signal }) }
        } catch (error) {
          return { failure: failureOf(error) }
        }
      })()
      running = ended
      return ended
    },
    async stop() {
      stopping.abort()
      await running
    },
  }
}
