import type { Head } from '../../protocols/wire/index.js'

/** The head of the only snapshot of a round: its version is the round's number. */
export const headOfRound = (round: number): Head => ({
  version: round,
  round,
  samples: 1,
  digest: 'd'.repeat(64),
  degree: 1,
  finished: false,
  loss: null,
  accuracy: null,
})
