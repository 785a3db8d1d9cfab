import type { Topology } from '../../../protocols/topology/index.js'
import { SimulationError } from '../errors.js'
import { finish } from '../swarm/finish.js'
import { peerNames, type SimulatedPeer } from '../swarm/peer.js'
import { createSwarm, type Swarm } from '../swarm/swarm.js'
import type { Training } from '../training/contract.js'
import { createMeasure } from './measure.js'
import { createMeasurements } from './measurements.js'
import type { Recorder } from './recorder.js'
import type { CellSettings } from './settings.js'

/** Gossip learning itself, or each peer for itself: the engines that ship, measured whenever the mean round passes the next mark. */
export const runGossipCell = async ({
  settings,
  topology,
  training,
  recorder,
  signal,
}: {
  readonly settings: CellSettings
  readonly topology: Topology
  readonly training: Training
  readonly recorder: Recorder
  readonly signal?: AbortSignal | undefined
}) => {
  const { seed, peers, rounds, localSteps, rule, mixing, catchUp, mode, codec, evaluateEvery } = settings
  const { links, partitions, devices, churn, timeouts } = settings
  const measurements = createMeasurements(createMeasure(training, peers), recorder)
  let reported = 0
  let nodeRounds = 0

  const report = (round: number): void => {
    const models = new Map(presentIn(swarm).map(({ index, model }) => [index, model]))
    const oldest = measurements.begin(figuresOf(swarm, round), models)
    if (oldest) swarm.agenda.planWith(0, () => {}, oldest)
  }

  const swarm: Swarm = createSwarm({
    ...{ seed, names: peerNames(peers), training, rounds, localSteps, mixing, mode, codec },
    topology,
    world: { links, partitions, devices, churn, timeouts },
    rule: rule === 'none' ? 'mean' : rule,
    catchUp,
    schedule: topology === nobody ? 'never' : settings.schedule,
    observer: {
      roundEnded() {
        nodeRounds += 1
        const passed = evaluateEvery * Math.floor(swarm.meanRound / evaluateEvery)
        // The last one is reported at the end.
        if (passed <= reported || passed >= rounds) return
        reported = passed
        report(passed)
      },
    },
  })
  try {
    await finish({ swarm, seed, step: () => !swarm.isOver && swarm.agenda.step(), signal })
    if (swarm.alive === 0) {
      throw new SimulationError('STALLED', 'all peers are gone; there is nothing left to measure', { seed })
    }
    report(rounds)
    await measurements.recorded()
  } catch (error) {
    // What is being measured was reached: whether it is recorded must not depend on how fast the threads are.
    if (!signal?.aborted) await measurements.recorded().catch(() => {})
    throw error
  } finally {
    measurements.end()
  }
  return recorder.end({
    virtualMs: swarm.agenda.nowMs,
    nodeRounds,
    samples: nodeRounds * localSteps * settings.batch,
  })
}

/** No communication: not even announcements. */
export const nobody: Topology = { name: 'none', kind: 'fixed', check() {}, neighbours: () => [] }

/** What is known of a round before its models are measured. */
const figuresOf = (swarm: Swarm, round: number) => {
  const present = presentIn(swarm)
  // A latecomer has no loss before its first round.
  const losses = present.flatMap(({ loss }) => loss ?? [])
  return {
    ...{ round, virtualMs: swarm.agenda.nowMs, peersAlive: present.length },
    trainLoss: meanOf(losses, (loss) => loss),
    bytesSentPerPeer: meanOf(swarm.peers, ({ index }) => swarm.bytesSentBy(index)),
  }
}

const presentIn = ({ peers }: Swarm): readonly SimulatedPeer[] => peers.filter(({ alive }) => alive)

const meanOf = <T>(items: readonly T[], of: (item: T) => number): number =>
  items.reduce((sum, item) => sum + of(item), 0) / items.length
