import type { Weights } from '../training/contract.js'
import type { Measure, Measurement } from './measure.js'
import type { Recorder, RoundFigures } from './recorder.js'

/** Measurements under way before virtual time waits for the first of them. Guess: enough to keep the threads busy. */
const MEASUREMENTS_MAX = 2

/** Measurements that are under way, recorded in the order in which they began, whichever ends first. */
export interface Measurements {
  /**
   * Begins one.
   * @param figures what is known already. @param models as `Measure` takes them.
   * @returns the oldest that is under way, when there are too many: wait for it before time goes on.
   */
  begin(
    figures: Omit<RoundFigures, keyof Measurement>,
    models: ReadonlyMap<number, Weights>,
  ): Promise<void> | undefined
  /** Resolves once all are recorded. @throws what the first of them failed with; those behind it are not recorded. */
  recorded(): Promise<void>
  /** Nothing is recorded from now on. */
  end(): void
}

export const createMeasurements = (measure: Measure, recorder: Pick<Recorder, 'round'>): Measurements => {
  /** Each waits for the one before it, so the last few stand for all. */
  const reports: Promise<void>[] = []
  let ended = false
  return {
    begin(figures, models) {
      const before = reports.at(-1)
      const measured = measure(models)
      const report = (async () => {
        const measurement = await measured
        await before
        if (!ended) recorder.round({ ...figures, ...measurement })
      })()
      // Whoever waits for it learns of the failure.
      report.catch(() => {})
      reports.push(report)
      return reports.length > MEASUREMENTS_MAX ? reports.shift() : undefined
    },
    async recorded() {
      const outcomes = await Promise.allSettled(reports)
      for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
    },
    end: () => void (ended = true),
  }
}
