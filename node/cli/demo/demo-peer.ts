import { createPeer, type PeerReport } from '../../peer.js'
import { saveResult } from '../save-result.js'
import { figuresOf, type FromPeer, type Setup, type ToPeer } from './messages.js'
import { peerFolder } from './peer-folders.js'
import type { DemoTraining } from './shared-training.js'

const LISTEN = '/ip4/127.0.0.1/tcp/0'
/** Peers that a new peer dials; it learns of the rest from them. */
const DIALS = 4

/** One peer of the demo, in its process. */
export interface DemoPeer {
  handle(message: ToPeer): void
  /** Says goodbye. Resolves when nothing of it is left, its result safe on the disk if it had one. */
  stop(): Promise<void>
}

/** @throws what `createPeer` throws */
export const createDemoPeer = async ({
  index,
  setup,
  training,
  send,
  fail,
}: {
  readonly index: number
  readonly setup: Setup
  readonly training: Omit<DemoTraining, 'index'>
  readonly send: (message: FromPeer) => void
  /** It will have no result. */
  readonly fail: (error: unknown) => void
}): Promise<DemoPeer> => {
  const { configuration, reportEvery } = setup
  const { identity, train, test, labelCounts, trainer, models } = training
  const peer = await createPeer({
    ...{ configuration, identity, train, test },
    name: `peer-${index}`,
    listen: [LISTEN],
    dial: [],
    mdns: false,
    training: { trainer, models },
    evaluateEvery: reportEvery,
    // The demo has all models, and evaluates their average itself.
    estimateEvery: 0,
    onReport: (report) => send({ type: 'report', report: forTransport(report, reportEvery) }),
  })
  const saving = peer.result
    .then(async (result) => {
      const saved = await saveResult(peerFolder(setup.out, index), { configuration, result })
      send({ type: 'result', result: figuresOf(result), saved })
    })
    .catch(fail)

  /** The members tell each other the rest of the addresses. One that does not answer has died: the next takes its place. */
  const go = async (addresses: readonly string[]): Promise<void> => {
    let reached = 0
    for (const address of addresses) {
      if (reached === DIALS) return
      const answered = await peer.dial(address).then(
        () => true,
        () => false,
      )
      if (answered) reached += 1
    }
  }

  send({ type: 'ready', id: peer.id, address: peer.addresses()[0]!, backend: peer.backend, labelCounts })
  return {
    handle(message) {
      switch (message.type) {
        case 'go':
          return void go(message.addresses)
        case 'begin':
          return peer.begin()
      }
    },
    // Also where the goodbye fails, what is being saved is safe first.
    stop: () => peer.stop().finally(() => saving),
  }
}

/** Shared memory cannot cross to another process: weights go as a copy, and only when they are asked for. */
const forTransport = (report: PeerReport, every: number): PeerReport => {
  if (report.type === 'merged') return { ...report, weights: new Float32Array(0), statistics: null }
  if (report.type !== 'round') return report
  const wanted = report.round % every === 0
  return { ...report, weights: wanted ? Float32Array.from(report.weights) : new Float32Array(0) }
}
