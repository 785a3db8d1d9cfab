import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Bytes received between two collections. Guess: half of the 8 MiB that an exchange may take beside the model. */
const COLLECT_EVERY_BYTES = 4 * 1024 * 1024

/**
 * Lets go of the buffers in which the cipher hands over what it has read. Each record comes in one of its own, and V8
 * collects them only once 32 MiB are there, by then with pauses in which the whole heap is marked. Collected every few
 * megabytes they never leave the young generation: its collection takes about a millisecond.
 * @returns to be told of the bytes that were received and copied to where they belong.
 */
export const createSpentBuffers = (collect = youngCollection()): ((bytes: number) => void) => {
  let spent = 0
  return (bytes) => {
    spent += bytes
    if (spent < COLLECT_EVERY_BYTES) return
    spent = 0
    collect()
  }
}

/** V8's own function, which a flag reveals in contexts that are made after it is set. Nothing where there is none. */
const youngCollection = (): (() => void) => {
  setFlagsFromString('--expose-gc')
  const gc: unknown = runInNewContext('typeof gc === "function" ? gc : undefined')
  setFlagsFromString('--no-expose-gc')
  if (typeof gc !== 'function') return () => {}
  return () => void (gc as (options: object) => void)({ type: 'minor', execution: 'sync' })
}
