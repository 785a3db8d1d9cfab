/** Entry of a sweep's thread, loaded by piscina, which calls its default export with every task. */
import type { Ended } from './cell-runner.js'
import type { CellTask } from './cell-task.js'

/**
 * Under tsx piscina's `require` gets this file as CommonJS, and Node 20 applies no loader to what a thread imports:
 * tsx is registered first, so that everything below is the same ES modules as in the main thread.
 */
const load = async () => {
  if (import.meta.url.endsWith('.ts')) (await import('tsx/esm/api')).register()
  return import('./cell-task.js')
}

let loaded: ReturnType<typeof load> | undefined

export default async (task: CellTask): Promise<Ended> => (await (loaded ??= load())).runTask(task)
