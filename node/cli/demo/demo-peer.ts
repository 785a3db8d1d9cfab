import { isMurmurationError, reasonOf } from '../../../protocols/errors.js'
import { loadDataset, parseDataSource } from '../../data/index.js'
import { seededIdentity } from '../../network/index.js'
import { createPeer, type Peer, type PeerReport } from '../../peer.js'
import { saveResult } from '../save-result.js'
import { figuresOf, type FromPeer, type ToPeer } from './messages.js'

const LISTEN = '/ip4/127.0.0.1/tcp/0'
/** Peers that a new peer dials; it learns of the rest from them. */
const DIALS = 4

/** One peer of the demo, in its process. */
export interface DemoPeer {
  handle(message: ToPeer): void
  /** Says goodbye. Resolves when nothing of it is left, its result safe on the disk if it had one. */
  stop(): Promise<void>
}

export const createDemoPeer = ({
  index,
  send,
}: {
  readonly index: number
  readonly send: (message: FromPeer) => void
}): DemoPeer => {
  let peer: Peer | undefined
  let saving: Promise<void> = Promise.resolve()
  /** Told before this peer was there. */
  let begun = false

  const fail = (error: unknown): void => {
    const code = isMurmurationError(error) ? error.code : 'BUG'
    const name = error instanceof Error ? error.name : 'Error'
    send({ type: 'failed', error: { name, code, message: reasonOf(error) } })
  }

  const setUp = async (setup: ToPeer & { type: 'setup' }): Promise<void> => {
    const { configuration } = setup
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

  return {
    handle(message) {
      switch (message.type) {
        case 'setup':
          return void setUp(message).catch(fail)
        case 'go':
          return void go(message.addresses)
        case 'begin':
          begun = true
          return peer?.begin()
      }
    },
    stop: async () => void (await Promise.all([peer?.stop(), saving])),
  }
}

/** Shared memory cannot cross to another process: weights go as a copy, and only when they are asked for. */
const forTransport = (report: PeerReport, every: number): PeerReport => {
  if (report.type === 'merged') return { ...report, weights: new Float32Array(0), statistics: null }
  if (report.type !== 'round') return report
  const wanted = report.round % every === 0
  return { ...report, weights: wanted ? Float32Array.from(report.weights) : new Float32Array(0) }
}
