import { assertFits, type Layout } from '../../protocols/model/index.js'
import type { Trainer } from '../../protocols/training/contract.js'
import type { ActiveBackend } from './backend-choice.js'
import type { Diagnostics } from './messages.js'
import { checkSeed, checkStatistics, checkSteps } from './options.js'
import type { RequestQueue } from './request-queue.js'
import { shareFloats } from './shared-memory.js'

export interface ThreadTrainer extends Trainer {
  readonly backend: ActiveBackend['name']
  /** Why this backend: one sentence for people. */
  readonly backendReason: string
  /** What tfjs holds in the thread, for all trainers in it; for tests and for `doctor`. */
  diagnostics(): Promise<Diagnostics>
}

/**
 * The contract over a queue. Checks arguments here, so that a mistake costs no turn of the thread. Weights on a
 * SharedArrayBuffer are lent to the thread; others are copied onto one.
 */
export const createThreadTrainer = ({
  layout,
  statisticsLength,
  backend,
  vector,
  queue,
  close,
}: {
  readonly layout: Layout
  readonly statisticsLength: number
  readonly backend: ActiveBackend
  /** Gives room for weights, on shared memory. */
  readonly vector: (length: number) => Float32Array
  readonly queue: Pick<RequestQueue, 'ask'>
  /** Safe to call twice. */
  readonly close: () => Promise<void>
}): ThreadTrainer => {
  const lent = (weights: Float32Array): Float32Array => {
    assertFits(weights, layout)
    return shareFloats(weights, vector)
  }
  return {
    layout,
    statisticsLength,
    backend: backend.name,
    backendReason: backend.why,
    async initialWeights(seed) {
      checkSeed(seed)
      const into = vector(layout.length)
      await queue.ask({ kind: 'initialWeights', seed, into })
      return into
    },
    async train({ weights, steps }) {
      checkSteps(steps)
      const into = vector(layout.length)
      const figures = await queue.ask({ kind: 'train', weights: lent(weights), steps, into })
      return { ...figures, weights: into }
    },
    reset: () => queue.ask({ kind: 'reset' }),
    async mix({ rule, contributions, catchUp }) {
      const into = vector(layout.length)
      await queue.ask({
        kind: 'mix',
        into,
        rule,
        contributions: contributions.map(({ from, weight, weights, since }) => ({
          from,
          weight,
          weights: lent(weights),
          since: since && lent(since),
        })),
        catchUp: catchUp && { ...catchUp, now: lent(catchUp.now) },
      })
      return into
    },
    async estimateStatistics(weights) {
      return queue.ask({ kind: 'estimateStatistics', weights: lent(weights) })
    },
    async evaluate(weights, statistics) {
      if (statistics) checkStatistics(statistics, statisticsLength)
      const shared = statistics && shareFloats(statistics)
      return queue.ask({ kind: 'evaluate', weights: lent(weights), statistics: shared })
    },
    diagnostics: () => queue.ask({ kind: 'diagnostics' }),
    close,
  }
}
