import type { RunConfiguration } from '../../protocols/run/index.js'
import type { Learner } from './learner.js'
import type { Merger } from './merger.js'
import type { PeerReport } from './reports.js'
import type { RollCall } from './roll-call.js'

/** A peer that starts this many rounds behind the others begins from a member's snapshot. Guess: before, little is lost. */
const LATE_ROUNDS = 5
/** A finished peer waits at least this long for the others before it calls for the merge, or as long as it has trained. Guess. */
const PATIENCE_MIN_MS = 10_000

/** When this peer begins to train and when it calls for the merge. */
export interface Lifecycle {
  /** This peer could begin now, from these weights. */
  ready(initialWeights: Float32Array): void
  /** Begins with the members that are here, once it is ready. */
  begin(): void
  finished(round: number): void
  /** A moment to look whether anything is due. */
  tick(): void
  readonly begun: boolean
}

export const createLifecycle = ({
  configuration,
  self,
  rollCall,
  learner,
  merger,
  onReport,
}: {
  readonly configuration: RunConfiguration
  readonly self: string
  readonly rollCall: RollCall
  readonly learner: Learner
  readonly merger: Merger
  readonly onReport: (report: PeerReport) => void
}): Lifecycle => {
  let initialWeights: Float32Array | undefined
  let begunMs: number | undefined
  let finishedMs: number | undefined
  let told = false

  const beginWhenEnough = (): void => {
    if (begunMs !== undefined || initialWeights === undefined) return
    const { members } = rollCall
    const furthest = Math.max(
      ...members.map((id) => Math.min(rollCall.headOf(id)?.round ?? 0, configuration.rounds)),
    )
    // A run that is under way is not held up by those who have left it since.
    if (!told && furthest === 0 && members.length < configuration.minPeers) return
    begunMs = performance.now()
    const late = furthest >= LATE_ROUNDS
    onReport({ type: 'started', members: members.length, late })
    learner.dispatch({ type: 'start', weights: initialWeights, late })
  }

  /** Once all present have finished, or patience with the slow ones is over. Whoever is first calls; all may. */
  const callMergeWhenDue = (): void => {
    if (begunMs === undefined || finishedMs === undefined || merger.phase !== 'idle') return
    const patienceMs = Math.max(PATIENCE_MIN_MS, finishedMs - begunMs)
    const { members } = rollCall
    const allDone = members.every((id) => id === self || rollCall.headOf(id)?.finished)
    // Alone in a run of several: more likely cut off, or not yet met, than the last one. Patience first.
    const cutOff = members.length === 1 && configuration.minPeers > 1
    if ((allDone && !cutOff) || performance.now() - finishedMs >= patienceMs) merger.call(rollCall.members)
  }

  const tick = (): void => {
    beginWhenEnough()
    callMergeWhenDue()
  }

  return {
    ready(weights) {
      initialWeights = weights
      tick()
      if (begunMs === undefined) {
        onReport({ type: 'waiting', members: rollCall.members.length, needed: configuration.minPeers })
      }
    },
    begin() {
      told = true
      tick()
    },
    finished(round) {
      finishedMs = performance.now()
      onReport({ type: 'finished', round })
      callMergeWhenDue()
    },
    tick,
    get begun() {
      return begunMs !== undefined
    },
  }
}
