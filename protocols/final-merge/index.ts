export { allToAll } from './all-to-all.js'
export type {
  MergeConfig,
  MergeEffect,
  MergeEvent,
  MergeMachine,
  MergeMethod,
  MergeOutcome,
  MergePhase,
  MergeTiming,
} from './contract.js'
export { rosterDigest } from './roster.js'
