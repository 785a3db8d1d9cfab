/** One line of the table: what was measured, and against what in the same run. */
export interface BenchResult {
  readonly group: string
  readonly name: string
  /** What was measured of ours, in `unit`. */
  readonly value: number
  readonly unit: string
  /** The same of something else, measured in the same run; null where there is nothing to compare with. */
  readonly reference: number | null
  /** How we do against the reference, more is better: value / reference, and the other way round for times. */
  readonly ratio: number | null
  /** As people read it: `≥ 0.6 ×`, `≤ 4 ms`; null for what is only reported. */
  readonly goal: string | null
  /** Null without a goal. */
  readonly met: boolean | null
}

export interface BenchOptions {
  /** A smoke run: the same measurements, each as short as it can be; its figures mean nothing. */
  readonly quick: boolean
  /** Shows progress to people. */
  readonly tell: (line: string) => void
  readonly signal: AbortSignal
}

/** What `npm run bench -- NAME` runs. */
export interface BenchGroup {
  readonly name: string
  /** One line for people. */
  readonly summary: string
  run(options: BenchOptions): Promise<readonly BenchResult[]>
}
