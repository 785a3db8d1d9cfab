import { stringify } from 'yaml'
import type { MergeVerdict } from './check.js'

const replayCommand = (seed: number): string => `npm run test:merges -- --seed ${seed} --trace`

/** What a reader needs to understand and replay a failure; undefined when nothing failed. */
export const failureOf = ({ test, violations }: MergeVerdict) => {
  if (violations.length === 0) return undefined
  const replay = replayCommand(test.seed)
  return {
    text: [
      `seed ${test.seed} failed`,
      ...violations.map((violation) => `  ${violation}`),
      '',
      stringify(test).trimEnd(),
      '',
      `replay: ${replay}`,
    ].join('\n'),
    json: { seed: test.seed, violations, scenario: test, replay },
  }
}

/** Of many merges. */
export interface Tally {
  add(verdict: MergeVerdict): void
  summary(): { readonly json: object; readonly lines: readonly string[] }
}

export const createTally = (): Tally => {
  const sums = { seeds: 0, results: 0, abandonments: 0, attempts: 0, bytesPerPeer: 0, accusing: 0 }
  return {
    add({ merged, unmerged, attempts, bytesPerPeer, accused }) {
      sums.seeds += 1
      sums.results += merged
      sums.abandonments += unmerged
      sums.attempts += attempts
      sums.bytesPerPeer += bytesPerPeer
      sums.accusing += accused ? 1 : 0
    },
    summary() {
      const { seeds, results, abandonments, accusing } = sums
      const attemptsPerResult = rounded(sums.attempts / Math.max(1, results))
      const kilobytesPerPeer = rounded(sums.bytesPerPeer / Math.max(1, seeds) / 1000)
      return {
        json: { results, abandonments, attemptsPerResult, kilobytesPerPeer, seedsWithAccusations: accusing },
        lines: [
          `${results} peers ended with a result after ${attemptsPerResult} attempts, ${abandonments} without one`,
          `${kilobytesPerPeer} kB sent per peer, words included`,
          `somebody was accused in ${accusing} seeds`,
        ],
      }
    },
  }
}

const rounded = (value: number): number => Number(value.toFixed(2))
