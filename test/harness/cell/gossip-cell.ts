import type { Topology } from '../../../protocols/topology/index.js'
import { SimulationError } from '../errors.js'
import { finish } from '../simulation.js'
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
  const { seed, peers, rounds, localSteps, rule, mixing, catchUp, mode, evaluateEvery } = settings
  const { links, partitions, devices, churn, timeouts } = settings
  const measurements = createMeasurements(createMeasure(training, peers), recorder)
  let due = evaluateEvery
  let nodeRounds = 0

  const report = (round: number): void => {
    const present = swarm.peers.filter(({ alive }) => alive)
    const figures = {
      ...{ round, virtualMs: swarm.agenda.nowMs, peersAlive: present.length },
      // A latecomer has no loss before its first round.
      trainLoss: meanOf(
        present.filter((peer) => peer.round > 0),
        ({ loss }) => loss,
      ),
      bytesSentPerPeer: meanOf(swarm.peers, ({ index }) => swarm.bytesSentBy(index)),
    }
    const oldest = measurements.begin(figures, new Map(present.map(({ index, model }) => [index, model])))
    if (oldest) swarm.agenda.planWith(0, () => {}, oldest)
  }

  const swarm: Swarm = createSwarm({
    ...{ seed, names: peerNames(peers), training, rounds, localSteps, mixing, mode },
    topology,
    world: { links, partitions, devices, churn, timeouts },
    rule: rule === 'none' ? 'mean' : rule,
    catchUp,
    schedule: topology === nobody ? 'never' : settings.schedule,
    observer: {
      roundEnded() {
        nodeRounds += 1
        if (swarm.meanRound < due || due >= rounds) return
        report(due)
        due += evaluateEvery * Math.ceil((swarm.meanRound - due + 1e-9) / evaluateEvery)
      },
    },
  })
  try {
    await finish({ agenda: swarm.agenda, step: () => !swarm.isOver && swarm.agenda.step(), signal })
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

const meanOf = (peers: readonly SimulatedPeer[], of: (peer: SimulatedPeer) => number): number =>
  peers.reduce((sum, peer) => sum + of(peer), 0) / peers.length
