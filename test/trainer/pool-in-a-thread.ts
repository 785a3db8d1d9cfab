/** The entry of a worker thread that trains by a pool of its own, inline, and says what came out. */
import { getPriority } from 'node:os'
import { parentPort } from 'node:worker_threads'
import { interleaved, withPool } from './pool-scenario.js'

export interface ThreadReport {
  readonly weights: readonly Float32Array[]
  /** Of the thread while the pool was open. */
  readonly priority: number
}

await withPool({ threads: 0 }, async (pool) => {
  const report: ThreadReport = { weights: await interleaved(pool), priority: getPriority(0) }
  parentPort!.postMessage(report)
})
