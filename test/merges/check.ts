import { average, averagingRule } from '../../protocols/averaging/index.js'
import { certificateFault, type Certificate } from '../../protocols/final-merge/index.js'
import type { Layout } from '../../protocols/model/index.js'
import { signaturesOf, simulate, type Simulation } from '../harness/index.js'
import type { SimulatedPeer } from '../harness/swarm/peer.js'
import { simulatedMerge, type MergeTest } from './scenario.js'

export interface MergeVerdict {
  readonly test: MergeTest
  /** What does not hold, a sentence each. */
  readonly violations: readonly string[]
  readonly trace: readonly string[]
  /** Peers that ended with a result; those that are there at the end without one. */
  readonly merged: number
  readonly unmerged: number
  /** Of the results. */
  readonly attempts: number
  readonly accused: boolean
  /** Sent, mean over the peers, from beginning to end. Models here are so small that words weigh more. */
  readonly bytesPerPeer: number
}

const EVENTS_MAX = 3_000_000

/**
 * Simulates a merge to its end and checks what is promised.
 * @param print for what happens, a line each.
 */
export const checkMerge = (test: MergeTest, print?: (line: string) => void): MergeVerdict => {
  const simulation = simulate({
    ...simulatedMerge(test),
    observer: {
      noted: (peer, text) => print?.(`${simulation.nowMs.toFixed(3)} ${peer} ${text}`),
    },
  })
  const violations: string[] = []
  try {
    simulation.run(EVENTS_MAX)
    violations.push(
      ...certificatesAreRight(test, simulation),
      ...oneCertificatePerCall(simulation),
      ...nobodyIsLost(simulation),
      ...onlyLiarsAreAccused(test, simulation),
    )
  } catch (error) {
    violations.push(error instanceof Error ? (error.stack ?? error.message) : String(error))
  }
  const outcomes = simulation.peers.flatMap((id) => simulation.merged(id) ?? [])
  const bytes = simulation.peers.reduce((sum, _, index) => sum + simulation.swarm.bytesSentBy(index), 0)
  return {
    ...{ test, violations, trace: simulation.trace, merged: outcomes.length },
    unmerged: simulation.swarm.peers.filter(({ alive, id }) => alive && !simulation.merged(id)).length,
    attempts: outcomes.reduce((sum, { attempts }) => sum + attempts, 0),
    accused: simulation.swarm.peers.some((peer) => simulation.merging!.accusedBy(peer).length > 0),
    bytesPerPeer: bytes / test.peers,
  }
}

/** Every certificate holds, and its result is the average of the models it names, recomputed from what was frozen. */
const certificatesAreRight = (test: MergeTest, simulation: Simulation): string[] => {
  const { layout } = simulation.training
  return simulation.peers.flatMap((id) => {
    const outcome = simulation.merged(id)
    if (!outcome) return []
    const certificate = outcome.certificate!
    const fault = certificateFault(certificate, signaturesOf('nobody').verify)
    if (fault) return [`${id} has a certificate that proves nothing: ${JSON.stringify(fault)}`]
    const expected = averageOf(test, certificate, layout, (owner, digest) =>
      simulation.merging!.frozenBy(peerOf(simulation, owner)).get(digest),
    )
    if (!expected) return [`${id} has a certificate over a model that nobody froze`]
    const isSame = expected.every((value, index) => Object.is(value, outcome.weights[index]))
    return isSame ? [] : [`the result of ${id} is not the average of ${certificate.roster.length} models`]
  })
}

/** The same in another way than the merge: whole models, one after the other. */
const averageOf = (
  { rule, weighting }: MergeTest,
  { roster }: Certificate,
  layout: Layout,
  frozen: (owner: string, digest: string) => Float32Array | undefined,
): Float32Array | undefined => {
  const samples = roster.reduce((sum, model) => sum + model.samples, 0)
  const models = roster.map(({ id, digest, samples: own }) => ({
    from: id,
    weights: frozen(id, digest),
    weight: weighting === 'samples' && samples > 0 ? own / samples : 1 / roster.length,
  }))
  if (models.some(({ weights }) => weights === undefined)) return undefined
  const contributions = models.map((model) => ({ ...model, weights: model.weights! }))
  const out = new Float32Array(layout.length)
  average({ rule: averagingRule('mean'), layout, contributions, out })
  averagingRule(rule).sharded!.finish?.(
    layout,
    out,
    contributions.map(({ weight, weights }) => ({
      share: weight,
      summary: averagingRule(rule).sharded!.summarise!(layout, weights),
    })),
  )
  return out
}

/** One call has one result. */
const oneCertificatePerCall = (simulation: Simulation): string[] => {
  const results = new Map<string, string>()
  return simulation.peers.flatMap((id) => {
    const certificate = simulation.merged(id)?.certificate
    if (!certificate) return []
    const call = `${certificate.mergeId} of ${certificate.members.join(',')}`
    const result = `${certificate.roster.map((model) => model.id).join(',')} to ${certificate.digest}`
    const known = results.get(call) ?? result
    results.set(call, known)
    return known === result ? [] : [`merge ${call} has two results: ${known} and, at ${id}, ${result}`]
  })
}

/** Whoever is there has its model and is free to go on, with a result or without. */
const nobodyIsLost = (simulation: Simulation): string[] =>
  simulation.swarm.peers.flatMap((peer) => {
    if (!peer.alive) return []
    const { id } = peer
    const phase = simulation.merging!.phaseOf(peer)
    if (phase !== 'merged' && phase !== 'abandoned' && phase !== 'idle') return [`${id} hangs while ${phase}`]
    if (phase === 'merged') return simulation.merged(id) ? [] : [`${id} has merged without a result`]
    const isWhole = simulation.model(id).every((value) => Number.isFinite(value))
    if (!isWhole) return [`the model of ${id} is broken`]
    return simulation.engine(id).state.frozen ? [`${id} is still frozen, though its merge is over`] : []
  })

const onlyLiarsAreAccused = ({ liars = [] }: MergeTest, simulation: Simulation): string[] => {
  const isHonest = (id: string): boolean => !liars.some((liar) => liar.id === id)
  return simulation.swarm.peers
    .filter(({ id }) => isHonest(id))
    .flatMap((peer) =>
      simulation
        .merging!.accusedBy(peer)
        .filter(({ id }) => isHonest(id))
        .map(({ id, fault }) => `${peer.id} accuses ${id}, which is honest: ${fault}`),
    )
}

const peerOf = (simulation: Simulation, id: string): SimulatedPeer =>
  simulation.swarm.peers[simulation.swarm.indexOf(id)]!
