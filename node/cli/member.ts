import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import pino from 'pino'
import { encodeRunConfiguration, runIdOf, type RunConfiguration } from '../../protocols/run/index.js'
import { loadDataset, parseDataSource } from '../data/index.js'
import { peerIdOf } from '../network/index.js'
import { createClaims, createPeer, type Peer } from '../peer.js'
import { atomicWrite, openClaimsFile } from '../store/index.js'
import { layoutOf } from '../trainer/index.js'
import { beforeStart } from './before-start.js'
import { codecAdvice } from './codec-advice.js'
import { checkAskedCodec } from './codec-option.js'
import { endMerged, endWithout } from './endings.js'
import { Interrupted } from './exit-codes.js'
import { claimFolder } from './folder-claim.js'
import { sayFormerResults } from './former-results.js'
import { aborted } from './interrupt.js'
import { listenAddress, wantsMdns, type MemberOptions } from './member-options.js'
import { openOutputFolder, type OutputFolder } from './output-folder.js'
import { createNarrator } from './narrator.js'
import type { Output } from './output.js'
import { IDENTITY, peerIdentity } from './peer-identity.js'
import { createPeriodModels, type PeriodModels } from './period-models.js'

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
  const periodModels = createPeriodModels(out, { configuration, output })
  let peer: Peer
  try {
    claimFolder(await folder.file('peer.pid'))
    await sayFormerResults(output, out, runIdOf(configuration))
    peer = await startPeer(run, { name, folder, periodModels })
  } catch (error) {
    await folder.giveUp()
    throw interrupt.aborted ? new Interrupted('stopped before anything was started') : error
  }
  try {
    await atomicWrite(join(out, 'run.json'), encodeRunConfiguration(configuration))
    onListening(peer)
    const ended = await Promise.race([peer.result, aborted(interrupt)])
    if (ended === 'aborted') throw new Interrupted(stoppedAmong(peer.members))
    const periods = await periodModels.settled()
    await endMerged({ result: ended, configuration, out, output, data: options.data, periods })
    await Promise.race([peer.lingered(), aborted(interrupt)])
  } catch (error) {
    await endWithout({ peer, configuration, out, output, periods: await periodModels.settled() })
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
  {
    name,
    folder,
    periodModels,
  }: { readonly name: string; readonly folder: OutputFolder; readonly periodModels: PeriodModels },
): Promise<Peer> => {
  const dataset = await loadDataset(parseDataSource(options.data), {
    seed: options.dataSeed,
    part: options.part && { ...options.part, partition: options.partition },
  })
  output.say(`data: ${dataset.describe}`)
  const { bytes: identity } = await peerIdentity(await folder.file(IDENTITY))
  output.say(`this peer: ${name} (${peerIdOf(identity)})`)
  const listen = listenAddress(options, dial)
  const claims = openClaimsFile(await folder.file('merge-claims.jsonl'))
  const narrate = createNarrator(configuration, output)
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
    onReport(report) {
      narrate(report)
      if (report.type === 'merged') periodModels.keep(report.period, report)
    },
  })
}
