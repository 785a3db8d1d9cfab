/** One peer of the demo, as a process of its own. Started by `murmur demo`, steered over the IPC channel. */
import '../../polyfills.js'
import { setTimeout as delay } from 'node:timers/promises'
import { isMurmurationError, reasonOf } from '../../../protocols/errors.js'
import { loadDataset, parseDataSource } from '../../data/index.js'
import { seededIdentity } from '../../network/index.js'
import { createPeer, type Peer, type PeerReport } from '../../peer.js'
import { saveResult } from '../save-result.js'
import { figuresOf, type FromPeer, type ToPeer } from './messages.js'

const LISTEN = '/ip4/127.0.0.1/tcp/0'
/** Peers that a new peer dials; it learns of the rest from them. */
const DIALS = 4
/** Milliseconds until a peer that was told to stop, or has lost the demo, ends whatever it does. Guess. */
const STOP_MS = 2_500

/** Without a callback, a demo that is gone would be an uncaught error here. */
const send = (message: FromPeer): void => {
  if (process.connected) process.send!(message, () => {})
}

const fail = (error: unknown): void => {
  const code = isMurmurationError(error) ? error.code : 'BUG'
  const name = error instanceof Error ? error.name : 'Error'
  send({ type: 'failed', error: { name, code, message: reasonOf(error) } })
}

let peer: Peer | undefined
let saving: Promise<void> = Promise.resolve()
let stopping: Promise<void> | undefined
/** Told before this peer was there. */
let begun = false

const stop = (): Promise<void> => {
  const farewell = Promise.all([peer?.stop(), saving])
  stopping ??= Promise.race([farewell, delay(STOP_MS)]).then(
    () => process.exit(0),
    () => process.exit(1),
  )
  return stopping
}

const setUp = async (setup: ToPeer & { type: 'setup' }): Promise<void> => {
  const { index, configuration } = setup
  const dataset = await loadDataset(parseDataSource(setup.data), {
    seed: configuration.seed,
    part: { index, of: configuration.minPeers, partition: setup.partition },
  })
  const created = await createPeer({
    configuration,
    identity: seededIdentity('demo', configuration.seed, index),
    name: `peer-${index}`,
    train: dataset.train,
    test: dataset.test,
    listen: [LISTEN],
    dial: [],
    mdns: false,
    evaluateEvery: setup.reportEvery,
    // The demo has all models, and evaluates their average itself.
    estimateEvery: 0,
    ...(setup.backend === undefined ? {} : { backend: setup.backend }),
    onReport: (report) => send({ type: 'report', report: forTransport(report, setup.reportEvery) }),
  })
  peer = created
  if (begun) peer.begin()
  saving = created.result
    .then(async (result) => {
      const saved = await saveResult(setup.out, { configuration, result })
      send({ type: 'result', result: figuresOf(result), saved })
    })
    .catch(fail)
  send({
    type: 'ready',
    id: peer.id,
    address: peer.addresses()[0]!,
    backend: peer.backend,
    labelCounts: dataset.labelCounts,
  })
}

/** Shared memory cannot cross to another process: weights go as a copy, and only when they are asked for. */
const forTransport = (report: PeerReport, every: number): PeerReport => {
  if (report.type === 'merged') return { ...report, weights: new Float32Array(0), statistics: null }
  if (report.type !== 'round') return report
  const wanted = report.round % every === 0
  return { ...report, weights: wanted ? Float32Array.from(report.weights) : new Float32Array(0) }
}

/** The members tell each other the rest of the addresses. One that does not answer has died: the next takes its place. */
const go = async (addresses: readonly string[]): Promise<void> => {
  let reached = 0
  for (const address of addresses) {
    if (reached === DIALS) return
    const answered = await peer!.dial(address).then(
      () => true,
      () => false,
    )
    if (answered) reached += 1
  }
}

process.on('message', (message: ToPeer) => {
  switch (message.type) {
    case 'setup':
      return void setUp(message).catch(fail)
    case 'go':
      return void go(message.addresses)
    case 'begin':
      begun = true
      return peer?.begin()
    case 'stop':
      return void stop()
  }
})
// Ctrl-C and a closing terminal reach every process of it; the demo decides what happens.
for (const signal of ['SIGINT', 'SIGHUP']) process.on(signal, () => {})
process.on('disconnect', () => void stop())
