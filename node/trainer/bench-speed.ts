import type { Layout } from '../../protocols/model/index.js'
import { sharedFloats } from '../kernels/model-memory.js'
import { initialWeights } from './initial-weights.js'
import type { ThreadSetup } from './messages.js'
import type { Bench } from './session.js'

/** Steps of one measurement, and measurements, of which the fastest counts: 50–300 ms per backend for the catalogue's models. */
const STEPS = 30
const MEASUREMENTS = 3

/**
 * How fast a bench trains: a session over the first part, which is thrown away. The bench is as it was afterwards.
 * @throws TrainerError DIVERGED as `Session.train`
 */
export const samplesPerSecond = (
  bench: Bench,
  { parts, batch }: Pick<ThreadSetup, 'parts' | 'batch'>,
  layout: Layout,
): number => {
  const session = bench.open({ part: parts[0]!, seed: 0, stopped: () => false })
  const weights = initialWeights(layout, 0)
  const into = sharedFloats(layout.length)
  try {
    session.train({ weights, steps: 3, into })
    const times = Array.from(
      { length: MEASUREMENTS },
      () => session.train({ weights, steps: STEPS, into }).elapsedMs,
    )
    return (STEPS * batch * 1000) / Math.min(...times)
  } finally {
    session.dispose()
  }
}
