import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import pino from 'pino'
import { reasonOf } from '../../protocols/errors.js'
import { encodeRunConfiguration, runIdOf, type RunConfiguration } from '../../protocols/run/index.js'
import { loadDataset, parseDataSource } from '../data/index.js'
import { createIdentity, describeSnapshot, peerIdOf } from '../network/index.js'
import { createClaims, createPeer, type Peer, type PeerResult } from '../peer.js'
import { atomicWrite, loadOrCreateIdentity, openClaimsFile } from '../store/index.js'
import { layoutOf } from '../trainer/index.js'
import { beforeStart } from './before-start.js'
import { codecAdvice } from './codec-advice.js'
import { checkAskedCodec } from './codec-option.js'
import { weightsRatio } from './codec-traffic.js'
import { Interrupted } from './exit-codes.js'
import { claimFolder } from './folder-claim.js'
import { aborted } from './interrupt.js'
import { listenAddress, wantsMdns, type MemberOptions } from './member-options.js'
import { openOutputFolder, type OutputFolder } from './output-folder.js'
import { createNarrator } from './narrator.js'
import { mergedModels, percent } from '../units.js'
import { sayNextSteps } from './next-steps.js'
import type { Output } from './output.js'
import { saveRunModel } from './save-model.js'
import { saveResult as saveRunResult } from './save-result.js'

/** Milliseconds that a peer stays after the merge to answer those that are not done: once all are, and at most. Guess. */
const LINGER_MS = { done: 500, waiting: 5_000 }

const lingered = (peer: Peer): Promise<void> =>
  Promise.race([peer.settled.then(() => delay(LINGER_MS.done)), delay(LINGER_MS.waiting)])

export interface MemberRun {
  readonly configuration: RunConfiguration
  readonly options: MemberOptions
  readonly dial: readonly string[]
  readonly output: Output
  readonly interrupt: AbortSignal
  /** Once the peer listens: tell people how to reach it. */
  readonly onListening: (peer: Peer) => void
}

/**
 * Takes part in a run from start to merge, shows what happens, and saves the result.
 * @param run its options have passed `checkMemberOptions`.
 */
export const takePart = async (run: MemberRun): Promise<void> => {
  const { configuration, options, output, interrupt, onListening } = run
  const name = options.name ?? `peer-${randomBytes(2).toString('hex')}`
  const codec = options.codec ?? configuration.codec
  const { folder, weights } = await beforeStart(async () => {
    const layout = layoutOf(configuration.model, configuration.inputShape, configuration.classes)
    checkAskedCodec(codec, configuration.codec)
    const folder = await openOutputFolder(options.out ?? `murmur-${name}`)
    return { folder, weights: layout.length }
  })
  const advice = codecAdvice(codec, weights, configuration)
  if (advice !== undefined) output.say(advice)
  const out = folder.path
  let peer: Peer
  try {
    claimFolder(await folder.file('peer.pid'))
    peer = await startPeer(run, { name, folder })
  } catch (error) {
    await folder.giveUp()
    throw interrupt.aborted ? new Interrupted('stopped before anything was started') : error
  }
  try {
    await atomicWrite(join(out, 'run.json'), encodeRunConfiguration(configuration))
    onListening(peer)
    const ended = await Promise.race([peer.result, aborted(interrupt)])
    if (ended === 'aborted') throw new Interrupted(stoppedAmong(peer.members))
    await saveResult({ result: ended, configuration, out, output, data: options.data })
    await Promise.race([lingered(peer), aborted(interrupt)])
  } catch (error) {
    await saveLocalModel({ peer, configuration, out, output })
    throw error
  } finally {
    await peer.stop()
    // Until then it may have reported.
    output.endProgress()
  }
}

/** @param members of the run that are here, this peer among them. */
const stoppedAmong = (members: number): string =>
  members > 1
    ? 'stopped; the others go on without this peer'
    : 'stopped; nobody else was in the run, which ends with this peer'

/** @throws what its parts throw; only the folder is left then. */
const startPeer = async (
  { configuration, options, dial, output, interrupt }: MemberRun,
  { name, folder }: { readonly name: string; readonly folder: OutputFolder },
): Promise<Peer> => {
  const dataset = await loadDataset(parseDataSource(options.data), {
    seed: options.dataSeed,
    part: options.part && { ...options.part, partition: options.partition },
  })
  output.say(`data: ${dataset.describe}`)
  const { bytes: identity } = await loadOrCreateIdentity({
    path: await folder.file('identity.key'),
    create: createIdentity,
    check: (bytes) => void peerIdOf(bytes),
  })
  const listen = listenAddress(options, dial)
  const claims = openClaimsFile(await folder.file('merge-claims.jsonl'))
  return createPeer({
    configuration,
    identity,
    claims: createClaims(claims.known, (slot, value) => claims.append(slot, value)),
    name,
    train: dataset.train,
    test: dataset.test,
    listen: [listen],
    dial,
    mdns: wantsMdns(options, listen),
    codec: options.codec,
    estimateEvery: options.estimateEvery,
    ...(options.backend ? { backend: options.backend } : {}),
    log: pino({ level: process.env.MURMUR_LOG ?? 'silent' }, pino.destination(2)),
    signal: interrupt,
    onReport: createNarrator(configuration, output),
  })
}

const saveResult = async ({
  result,
  configuration,
  out,
  output,
  data,
}: {
  readonly result: PeerResult
  readonly configuration: RunConfiguration
  readonly out: string
  readonly output: Output
  readonly data: string
}): Promise<void> => {
  const saved = await saveRunResult(out, { configuration, result })
  const {
    weights: _weights,
    statistics: _statistics,
    certificate: _c,
    statisticsCertificate: _s,
    tuned,
    ...figures
  } = result
  output.endProgress()
  output.say(
    `${mergedModels(result.roster.length)} (digest ${result.digest.slice(0, 16)}…): accuracy ${percent(result.localAccuracy)} before, ` +
      `${percent(result.mergedAccuracy)} after` +
      (result.error === null ? '' : `; average reached to ${result.error.toExponential(0)}`) +
      (result.missing.length === 0 ? '' : `; without ${result.missing.join(', ')}`),
  )
  output.say(`The merged model: ${saved.model}`)
  if (tuned && saved.tuned) {
    output.say(`Tuned to the data here (accuracy ${percent(tuned.accuracy)}): ${saved.tuned}`)
  }
  const hasStatistics = result.statistics !== null
  const { method } = configuration.finalMerge
  sayNextSteps(output, { saved, data, runId: runIdOf(configuration), method, hasStatistics })
  output.emit({
    type: 'result',
    ...figures,
    weightsRatio: weightsRatio(figures.codecs),
    tunedAccuracy: tuned?.accuracy ?? null,
    ...saved,
  })
}

/** What this peer has learned is kept when the run does not end in a merge. */
const saveLocalModel = async ({
  peer,
  configuration,
  out,
  output,
}: {
  readonly peer: Peer
  readonly configuration: RunConfiguration
  readonly out: string
  readonly output: Output
}): Promise<void> => {
  const { weights } = peer
  if (!weights) return
  const path = join(out, 'local.safetensors')
  const what = `local model of run ${runIdOf(configuration).slice(0, 8)}`
  try {
    const { digest } = await describeSnapshot(weights)
    await saveRunModel(path, { configuration, weights, digest, peers: 1 })
    output.say(`The ${what} was kept: ${path}`)
  } catch (error) {
    // What ended the run comes first: it is reported after this.
    output.say(`The ${what} is lost: ${reasonOf(error)}`)
  }
}
