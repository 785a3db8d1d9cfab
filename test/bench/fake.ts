import type { BenchGroup, BenchResult } from '../../scripts/bench/contract.js'

/** A line of a table that stands for none in particular. */
export const line = (given: Partial<BenchResult> & { readonly name: string }): BenchResult => ({
  group: 'mix',
  value: 16,
  unit: 'ms',
  reference: 8,
  ratio: 0.5,
  goal: '≥ 0.6 ×',
  met: false,
  ...given,
})

/** A group that measures nothing and has these results. */
export const fakeGroup = (name: string, results: readonly BenchResult[]): BenchGroup => ({
  name,
  summary: `stands for ${name}`,
  run: () => Promise.resolve(results.map((result) => ({ ...result, group: name }))),
})
