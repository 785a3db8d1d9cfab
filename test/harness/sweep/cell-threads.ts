import { MessageChannel, receiveMessageOnPort, type MessagePort } from 'node:worker_threads'
import { reasonOf } from '../../../protocols/errors.js'
import type { CellRecord, RoundRecord } from '../cell/records.js'
import { CellThreadError, failureOf, type CellRunner, type Ended } from './cell-runner.js'
import type { CellTask } from './cell-task.js'

const ENTRY = new URL(
  import.meta.url.endsWith('.ts') ? './cell-thread.ts' : './cell-thread.js',
  import.meta.url,
)

/** Cells in threads of this process, one at a time in each; a thread that dies is replaced. */
export const runnerInThreads = async (cellModule: string, threads: number): Promise<CellRunner> => {
  // Loaded only by those who sweep.
  const { Piscina } = await import('piscina')
  const pool = new Piscina({
    filename: ENTRY.href,
    minThreads: threads,
    maxThreads: threads,
    // By default an idle thread sleeps in Atomics.wait and its ports stand still.
    atomics: 'disabled',
    recordTiming: false,
  })
  // A thread that fails while it has no task; the next task fails too, and says so.
  pool.on('error', () => {})
  return {
    async run(settings, onRecord) {
      const { port1: ours, port2: theirs } = new MessageChannel()
      ours.on('message', onRecord)
      const task: CellTask = { cellModule, settings, records: theirs }
      try {
        return (await pool.run(task, { transferList: [theirs] })) as Ended
      } catch (error) {
        return { failure: failureOf(threadDied(error)) }
      } finally {
        drain(ours, onRecord)
        ours.close()
      }
    },
    stop: () => pool.destroy(),
  }
}

/** The outcome comes over another port and may overtake the last records, which have arrived by then. */
const drain = (port: MessagePort, onRecord: (record: CellRecord | RoundRecord) => void): void => {
  for (;;) {
    const next = receiveMessageOnPort(port)
    if (next === undefined) return
    onRecord(next.message as CellRecord | RoundRecord)
  }
}

const threadDied = (error: unknown): CellThreadError =>
  new CellThreadError(
    'THREAD_DIED',
    `the thread of this cell ended: ${reasonOf(error)}. The other cells go on; run it alone, with fewer peers or a smaller model.`,
    {},
    { cause: error },
  )
