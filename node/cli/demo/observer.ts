import { average, averagingRule } from '../../../protocols/averaging/index.js'
import { consensusDistance, type Layout } from '../../../protocols/model/index.js'
import type { RoundReport } from '../../peer.js'
import type { Trainer } from '../../../protocols/training/contract.js'

/** One row of the demo's table: what the peers were like after the same local round. */
export interface SwarmRound {
  readonly round: number
  readonly localAccuracyMean: number
  readonly localAccuracyMin: number
  /** Of the average of the peers' models after this round, as the final merge would make it: an estimate of its result. */
  readonly mergedAccuracy: number
  readonly consensusDistance: number
  readonly bytesSentPerPeer: number
  readonly peersAlive: number
  /** For people only. */
  readonly trainLoss: number
}

/**
 * Watches the peers from outside. It takes no part: without it they would train, mix and merge just the same.
 * A round is complete when every living peer has reported it or a later one.
 */
export interface Observer {
  report(peer: number, report: RoundReport): void
  died(peer: number): void
  /** Resolves when every row that was complete has been delivered. */
  settled(): Promise<void>
}

/** Bytes of models kept for peers that lag behind; beyond, the oldest row is made from those who are there. Guess. */
const PENDING_BYTES_MAX = 256 * 1024 * 1024
/** Rounds kept for them, however small the models. */
const PENDING_ROUNDS_MAX = 64
const FLOAT_BYTES = 4

export const createObserver = ({
  peers,
  layout,
  evaluator,
  onRound,
}: {
  readonly peers: number
  readonly layout: Layout
  readonly evaluator: Pick<Trainer, 'evaluate'>
  readonly onRound: (round: SwarmRound) => void
}): Observer => {
  const roundBytes = peers * layout.length * FLOAT_BYTES
  const pendingMax = Math.min(PENDING_ROUNDS_MAX, Math.max(1, Math.floor(PENDING_BYTES_MAX / roundBytes)))
  const newestRound = new Map<number, number>(Array.from({ length: peers }, (_, index) => [index, 0]))
  const pending = new Map<number, Map<number, RoundReport>>()
  let lastComplete = 0
  let delivered: Promise<void> = Promise.resolve()

  const deliverComplete = (): void => {
    const reached = Math.min(...newestRound.values())
    for (const [round, reports] of [...pending].sort(([a], [b]) => a - b)) {
      if (round > reached && pending.size <= pendingMax) return
      pending.delete(round)
      lastComplete = round
      deliver(round, [...reports.values()])
    }
  }

  /** Reduces the models to their mean at once: what waits for the evaluation is one model, not all. */
  const deliver = (round: number, reports: readonly RoundReport[]): void => {
    const models = reports.map(({ weights }) => weights)
    const mean = new Float32Array(layout.length)
    const weight = 1 / models.length
    const contributions = models.map((weights, index) => ({
      from: String(index).padStart(6, '0'),
      weights,
      weight,
    }))
    average({ rule: averagingRule('mean'), layout, contributions, out: mean })
    const accuracies = reports.map(({ accuracy }) => accuracy!)
    const row = {
      round,
      localAccuracyMean: meanOf(accuracies),
      localAccuracyMin: Math.min(...accuracies),
      consensusDistance: consensusDistance(models, mean),
      bytesSentPerPeer: Math.round(meanOf(reports.map(({ bytesSent }) => bytesSent))),
      peersAlive: newestRound.size,
      trainLoss: meanOf(reports.map(({ loss }) => loss)),
    }
    delivered = delivered.then(async () => {
      const { accuracy: mergedAccuracy } = await evaluator.evaluate(mean)
      onRound({ ...row, mergedAccuracy })
    })
    // Whoever waits for the rows learns of the failure; until then it is nobody's.
    delivered.catch(() => {})
  }

  return {
    report(peer, report) {
      if (report.accuracy === null || !newestRound.has(peer)) return
      newestRound.set(peer, Math.max(newestRound.get(peer)!, report.round))
      // Of a row that was made without this peer nothing is kept; it may still complete a later one.
      if (report.round > lastComplete) {
        let reports = pending.get(report.round)
        if (!reports) pending.set(report.round, (reports = new Map<number, RoundReport>()))
        reports.set(peer, report)
      }
      deliverComplete()
    },
    died(peer) {
      newestRound.delete(peer)
      if (newestRound.size > 0) deliverComplete()
    },
    settled: () => delivered,
  }
}

export const meanOf = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length
