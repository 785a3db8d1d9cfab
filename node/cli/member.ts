import { randomBytes } from 'node:crypto'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import pino from 'pino'
import { encodeRunConfiguration, runIdOf, type RunConfiguration } from '../../protocols/run/index.js'
import { loadDataset, parseDataSource } from '../data/index.js'
import { createIdentity, describeSnapshot, peerIdOf } from '../network/index.js'
import { createPeer, type Peer, type PeerReport, type PeerResult } from '../peer.js'
import { atomicWrite, ensureWritable, loadOrCreateIdentity } from '../store/index.js'
import { Interrupted } from './exit-codes.js'
import { aborted } from './interrupt.js'
import { wantsMdns, type MemberOptions } from './member-options.js'
import { bar, percent, size, type Output } from './output.js'
import { saveRunModel } from './save-model.js'

/** Milliseconds that a peer stays after the merge to answer those that are not done: all known to be done, or not. Guess. */
const LINGER_MS = { done: 1_000, waiting: 5_000 }

export interface MemberRun {
  readonly configuration: RunConfiguration
  readonly options: MemberOptions
  readonly dial: readonly string[]
  readonly output: Output
  readonly interrupt: AbortSignal
  /** Once the peer listens: tell people how to reach it. */
  readonly onListening: (peer: Peer) => void
}

/** Takes part in a run from start to merge, shows what happens, and saves the result. */
export const takePart = async ({
  configuration,
  options,
  dial,
  output,
  interrupt,
  onListening,
}: MemberRun): Promise<void> => {
  const name = options.name ?? `peer-${randomBytes(2).toString('hex')}`
  const out = resolve(options.out ?? `murmur-${name}`)
  await ensureWritable(out)
  const dataset = await loadDataset(parseDataSource(options.data), {
    seed: options.dataSeed,
    part: options.part && { ...options.part, partition: options.partition },
  })
  output.say(`data: ${dataset.describe}`)
  const { bytes: identity } = await loadOrCreateIdentity({
    path: join(out, 'identity.key'),
    create: createIdentity,
    check: (bytes) => void peerIdOf(bytes),
  })
  await atomicWrite(join(out, 'run.json'), encodeRunConfiguration(configuration))

  const peer = await createPeer({
    configuration,
    identity,
    name,
    train: dataset.train,
    test: dataset.test,
    listen: [options.listen],
    dial,
    mdns: wantsMdns(options),
    ...(options.backend ? { backend: options.backend } : {}),
    log: pino({ level: process.env.MURMUR_LOG ?? 'silent' }, pino.destination(2)),
    onReport: createNarrator(configuration, output),
  })
  try {
    onListening(peer)
    const ended = await Promise.race([peer.result, aborted(interrupt)])
    if (ended === 'aborted') throw new Interrupted('stopped; the others go on without this peer')
    await saveResult({ result: ended, configuration, out, output, data: options.data })
    const allDone = ended.agreed.length === ended.roster.length
    await Promise.race([delay(allDone ? LINGER_MS.done : LINGER_MS.waiting), aborted(interrupt)])
  } catch (error) {
    await saveLocalModel({ peer, configuration, out, output })
    throw error
  } finally {
    output.endProgress()
    await peer.stop()
  }
}

/** Says what a peer reports, for people and for programs. */
const createNarrator = (configuration: RunConfiguration, output: Output) => {
  /** Without a terminal for a progress line, about ten lines a run. */
  const sayEvery = Math.max(1, Math.floor(configuration.rounds / 10))
  return (report: PeerReport): void => {
    if (report.type === 'round') {
      const { weights: _weights, mixedFrom, ...figures } = report
      output.emit({ ...figures, mixedFrom: mixedFrom.length })
    } else output.emit(report)
    switch (report.type) {
      case 'waiting':
        return output.progress(`waiting for peers: ${report.members} of ${report.needed} are here`)
      case 'member':
        return output.say(`${report.name} ${report.change} (${report.id})`)
      case 'started':
        return output.say(
          report.late
            ? 'the run is under way: beginning from the snapshot of a member'
            : `training begins with ${report.members} members`,
        )
      case 'round': {
        const { round, loss, accuracy, mixedFrom, bytesSent } = report
        const line =
          `round ${round}/${configuration.rounds}  loss ${loss.toFixed(3)}  accuracy ${percent(accuracy)}  ` +
          `mixed with ${mixedFrom.length}  sent ${size(bytesSent)}`
        if (output.isTerminal) return output.progress(`${bar(round / configuration.rounds)}  ${line}`)
        if (round % sayEvery === 0) output.say(line)
        return
      }
      case 'refused':
        return output.say(`refused: ${report.message}`)
      case 'finished':
        return output.progress('finished training; waiting for the others')
      case 'merging':
        return output.progress(`merging ${report.members} models …`)
      case 'listening':
      case 'abandoned':
        return
    }
  }
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
  const path = join(out, 'model.safetensors')
  const { weights, ...figures } = result
  await saveRunModel(path, { configuration, weights, digest: result.digest, peers: result.roster.length })
  output.endProgress()
  output.say(
    `merged ${result.roster.length} models: accuracy ${percent(result.localAccuracy)} before, ` +
      `${percent(result.mergedAccuracy)} after` +
      (result.missing.length === 0 ? '' : `; without ${result.missing.join(', ')}`),
  )
  output.say(`The merged model: ${path}`)
  output.say(`Try it:           npx murmur eval ${path} --data ${data}`)
  output.emit({ type: 'result', ...figures, model: path })
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
  const { digest } = await describeSnapshot(weights)
  await saveRunModel(path, { configuration, weights, digest, peers: 1 })
  output.say(`The local model of run ${runIdOf(configuration).slice(0, 8)} was kept: ${path}`)
}
