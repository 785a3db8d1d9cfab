import { createPace } from '../../world/devices.js'
import type { Training, Weights } from '../../training/contract.js'
import { createMeasure } from '../measure.js'
import type { Recorder } from '../recorder.js'
import type { CellSettings } from '../settings.js'
import { createNetworkCosts, type NetworkCosts } from './network-costs.js'

/** How the models of a lock-step round become the next ones, and what that costs. */
interface Exchange {
  /** Shares of the models in the average, by peer. */
  readonly shares: readonly number[]
  /** Bytes that all together send in one round. */
  readonly bytesPerRound: number
  /** When everyone holds the result, given when each began and ended training. Milliseconds. */
  endMs(startMs: number, trainMs: readonly number[]): number
}

const BYTES_PER_WEIGHT = 4

/**
 * The comparisons that need no gossip: everyone trains from the same model (after the first round), then all models
 * are averaged exactly. Devices and links are those of the scenario; nobody comes or goes.
 *
 * - `fedavg`: a server sends the model to everyone and averages what comes back, weighted by examples (McMahan et al.
 *   2017, "Communication-Efficient Learning of Deep Networks from Decentralized Data", algorithm 1, all clients
 *   taking part, H steps instead of epochs).
 * - `allreduce`: ring all-reduce of the uniform average (Patarasuk and Yuan 2009).
 * - `centralised`: one device with all the data, and as many steps as all peers would do together.
 */
export const runSynchronousCell = async ({
  settings,
  training,
  recorder,
  signal,
}: {
  readonly settings: CellSettings
  /** With one peer for `centralised`. */
  readonly training: Training
  readonly recorder: Recorder
  readonly signal?: AbortSignal | undefined
}) => {
  const { rounds, evaluateEvery, seed } = settings
  const isCentralised = settings.baseline === 'centralised'
  const peers = isCentralised ? 1 : settings.peers
  const steps = isCentralised ? settings.localSteps * settings.peers : settings.localSteps
  const pace = createPace(settings.devices, peers, seed)
  const exchange = exchangeOf(settings, training, createNetworkCosts(settings, peers, seed))
  const measure = createMeasure(training, peers)
  const everyone = Array.from({ length: peers }, (_, peer) => peer)
  let models: readonly Weights[] = everyone.map((peer) => training.initial(peer))
  let virtualMs = 0
  for (let round = 1; round <= rounds; round++) {
    const trained = await Promise.all(
      everyone.map(async (peer) => training.train(peer, models[peer]!, steps)),
    )
    // The toy answers at once: without this no signal would ever come in.
    await new Promise((resolve) => setImmediate(resolve))
    signal?.throwIfAborted()
    const trainMs = everyone.map((peer) => pace.roundMs(peer, steps))
    virtualMs = exchange.endMs(virtualMs, trainMs)
    const shared = isCentralised ? trained[0]!.weights : averageOf(training, trained, exchange.shares)
    models = everyone.map(() => shared)
    if (round % evaluateEvery === 0 || round === rounds) {
      const measurement = await measure(new Map([[0, shared]]))
      recorder.round({
        ...{ round, virtualMs, peersAlive: peers, ...measurement },
        trainLoss: trained.reduce((sum, { loss }) => sum + loss / peers, 0),
        bytesSentPerPeer: (exchange.bytesPerRound * round) / peers,
      })
    }
  }
  const nodeRounds = rounds * settings.peers
  return recorder.end({ virtualMs, nodeRounds, samples: nodeRounds * settings.localSteps * settings.batch })
}

const averageOf = (
  training: Training,
  trained: readonly { readonly weights: Weights }[],
  shares: readonly number[],
): Weights => {
  const contributions = trained.map(({ weights }, peer) => ({
    // Summed in the order of their ids.
    from: String(peer).padStart(9, '0'),
    weights,
    weight: shares[peer]!,
  }))
  return training.mix(0, { rule: 'mean', contributions, catchUp: { now: trained[0]!.weights, fraction: 0 } })
}

const exchangeOf = (settings: CellSettings, training: Training, costs: NetworkCosts): Exchange => {
  const { peers } = settings
  const modelBytes = training.layout.length * BYTES_PER_WEIGHT
  const uniform = Array.from({ length: peers }, () => 1 / peers)
  const latest = (startMs: number, trainMs: readonly number[]): number =>
    startMs + trainMs.reduce((most, ms) => Math.max(most, ms))
  switch (settings.baseline) {
    case 'fedavg':
      return {
        shares: byExamples(training.labelCounts) ?? uniform,
        // Down to everyone and up again.
        bytesPerRound: 2 * peers * modelBytes,
        endMs: (startMs, trainMs) => {
          let endMs = startMs
          trainMs.forEach((ms, peer) => {
            const downMs = costs.arrivalMs(costs.server, peer, modelBytes, startMs)
            endMs = Math.max(endMs, costs.arrivalMs(peer, costs.server, modelBytes, downMs + ms))
          })
          return endMs
        },
      }
    case 'allreduce':
      return {
        shares: uniform,
        bytesPerRound: 2 * (peers - 1) * modelBytes,
        endMs(startMs, trainMs) {
          const trainedMs = latest(startMs, trainMs)
          if (peers === 1) return trainedMs
          // 2(n − 1) steps round the ring, each as slow as its slowest link, which is drawn once a round.
          let slowestMs = 0
          for (let peer = 0; peer < peers; peer++) {
            const arrivalMs = costs.arrivalMs(peer, (peer + 1) % peers, modelBytes / peers, trainedMs)
            slowestMs = Math.max(slowestMs, arrivalMs - trainedMs)
          }
          return trainedMs + 2 * (peers - 1) * slowestMs
        },
      }
    default:
      return { shares: [1], bytesPerRound: 0, endMs: latest }
  }
}

const byExamples = (labelCounts: Training['labelCounts']): readonly number[] | undefined => {
  if (!labelCounts) return undefined
  const examples = labelCounts.map((counts) => counts.reduce((sum, count) => sum + count, 0))
  const total = examples.reduce((sum, count) => sum + count, 0)
  return examples.map((count) => count / total)
}
