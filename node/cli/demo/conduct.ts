import { join } from 'node:path'
import type { Layout } from '../../../protocols/model/index.js'
import type { RunConfiguration } from '../../../protocols/run/index.js'
import type { Trainer } from '../../../protocols/training/contract.js'
import type { PeerReport, PeerResult } from '../../peer.js'
import type { BackendChoice } from '../../trainer/index.js'
import { CliError, Interrupted, PeerFailure } from '../exit-codes.js'
import { aborted } from '../interrupt.js'
import { bar, type Output } from '../output.js'
import type { FromPeer } from './messages.js'
import { createObserver, meanOf, type SwarmRound } from './observer.js'
import { startSwarm } from './swarm.js'
import { peerLine, tableHead, tableRow } from './table.js'

export interface SwarmResult {
  readonly peers: number
  /** Peers whose models are in the result. */
  readonly peersMerged: number
  readonly localAccuracyMean: number
  readonly localAccuracyMin: number
  readonly mergedAccuracy: number
  readonly digest: string
  /** Every peer that ended the run saved the same bits. */
  readonly digestsEqual: boolean
  readonly bytesSentPerPeer: number
  readonly seconds: number
  /** Names of the peers that are not in the result. */
  readonly missing: readonly string[]
  /** The result as one of the peers saved it. */
  readonly modelPath: string
}

export interface ConductOptions {
  readonly peers: number
  readonly data: string
  readonly partition: string
  readonly backend?: BackendChoice
  readonly out: string
  readonly configuration: RunConfiguration
  readonly layout: Layout
  /** Evaluates the average of the peers' models. */
  readonly evaluator: Trainer
  readonly output: Output
  readonly interrupt: AbortSignal
}

/** A row of the table every second round. */
const REPORT_EVERY = 2
/** Peers that a new peer dials; it learns of the rest from them. */
const DIALS = 4

type Ready = FromPeer & { type: 'ready' }

/** What is known of one peer's process. */
interface Seat {
  ready?: Ready
  result?: { readonly result: Omit<PeerResult, 'weights'>; readonly path: string }
  failure?: Error
  alive: boolean
}

/**
 * Starts the peers, introduces them to each other, shows what they report and waits for their results.
 * @throws PeerFailure when a peer fails before the start or all fail; Interrupted on Ctrl-C. No process is left behind.
 */
export const conduct = async (options: ConductOptions): Promise<SwarmResult> => {
  const { peers, configuration, output, interrupt } = options
  const startedMs = performance.now()
  const seats: Seat[] = Array.from({ length: peers }, () => ({ alive: true }))
  let begun = false
  let settle!: () => void
  let giveUp!: (error: Error) => void
  const settled = new Promise<void>((resolve, reject) => {
    settle = resolve
    giveUp = reject
  })

  const rounds = createProgress(options.configuration, output)
  const observer = createObserver({
    peers,
    layout: options.layout,
    evaluator: options.evaluator,
    onRound: (round) => rounds.show(round),
  })

  /** Over when every peer has a result, has failed or is dead. */
  const settleWhenOver = (): void => {
    if (seats.every(({ result, failure, alive }) => result || failure || !alive)) settle()
  }

  const swarm = startSwarm(peers, {
    onMessage(index, message) {
      const seat = seats[index]!
      switch (message.type) {
        case 'ready':
          seat.ready = message
          if (seats.every(({ ready }) => ready)) begin()
          return
        case 'report':
          return onReport(index, message.report)
        case 'result':
          seat.result = message
          return settleWhenOver()
        case 'failed':
          seat.failure = new PeerFailure(index, message.error)
          if (!begun) return giveUp(seat.failure)
          output.say(`peer-${index}: ${message.error.message}`)
          observer.died(index)
          return settleWhenOver()
      }
    },
    onExit(index, { code, signal, lastWords }) {
      const seat = seats[index]!
      seat.alive = false
      if (seat.result || seat.failure || interrupt.aborted) return
      const how = signal === null ? `exit code ${code}` : signal
      const details = lastWords === '' ? '' : `\n${lastWords}`
      if (!begun)
        return giveUp(new CliError('PEER_DIED', `peer-${index} died while it started (${how})${details}`))
      output.say(`peer-${index} died (${how}); the others go on${details}`)
      output.emit({ type: 'peerDied', peer: `peer-${index}`, how })
      observer.died(index)
      settleWhenOver()
    },
  })

  const begin = (): void => {
    begun = true
    seats.forEach(({ ready }, index) => {
      const { id, address, labelCounts, backend } = ready!
      const pid = swarm.pids[index]!
      output.say(peerLine({ index, pid, labelCounts }))
      output.emit({ type: 'peer', peer: `peer-${index}`, pid, id, address, backend, labelCounts })
      const known = seats.slice(Math.max(0, index - DIALS), index).map((seat) => seat.ready!.address)
      swarm.send(index, { type: 'go', addresses: known })
    })
    output.say(`training with ${seats[0]!.ready!.backend}; Ctrl-C stops everything`)
    output.say()
    output.say(tableHead())
  }

  const onReport = (index: number, report: PeerReport): void => {
    switch (report.type) {
      case 'round':
        rounds.reached(index, report.round)
        return observer.report(index, report)
      case 'refused':
        return output.say(`peer-${index} refused something: ${report.message}`)
      case 'merging':
        return rounds.merging()
      default:
        return
    }
  }

  try {
    seats.forEach((_, index) =>
      swarm.send(index, {
        type: 'setup',
        index,
        configuration,
        data: options.data,
        partition: options.partition,
        backend: options.backend,
        reportEvery: REPORT_EVERY,
        out: join(options.out, `peer-${index}`),
      }),
    )
    const outcome = await Promise.race([settled, aborted(interrupt)])
    if (outcome === 'aborted') throw new Interrupted('the demo was stopped; no merged model was saved')
    await observer.settled()
    output.endProgress()
    return resultOf(seats, (performance.now() - startedMs) / 1000)
  } finally {
    await swarm.stop()
  }
}

/** The table's rows and the bar below them. */
const createProgress = ({ rounds: total, minPeers }: RunConfiguration, output: Output) => {
  const reached = new Map<number, number>()
  const startedMs = performance.now()
  let merging = false
  return {
    show(round: SwarmRound): void {
      output.say(tableRow(round))
      output.emit({ type: 'round', ...round })
    },
    reached(peer: number, round: number): void {
      reached.set(peer, round)
      if (merging) return
      const done = [...reached.values()].reduce((sum, value) => sum + value, 0) / (total * minPeers)
      const leftSeconds = ((performance.now() - startedMs) / 1000) * (1 / done - 1)
      output.progress(`${bar(done)}  about ${Math.ceil(leftSeconds)} s left`)
    },
    merging(): void {
      if (!merging) output.progress(`${bar(1)}  merging …`)
      merging = true
    },
  }
}

const resultOf = (seats: readonly Seat[], seconds: number): SwarmResult => {
  const ended = seats.flatMap(({ result }) => result ?? [])
  const [first] = ended
  if (!first)
    throw seats.find(({ failure }) => failure)?.failure ?? new CliError('PEER_DIED', 'every peer died')
  const results = ended.map(({ result }) => result)
  const nameOf = (id: string): string => `peer-${seats.findIndex(({ ready }) => ready?.id === id)}`
  const inRoster = new Set(first.result.roster)
  return {
    peers: seats.length,
    peersMerged: inRoster.size,
    localAccuracyMean: meanOf(results.map(({ localAccuracy }) => localAccuracy)),
    localAccuracyMin: Math.min(...results.map(({ localAccuracy }) => localAccuracy)),
    mergedAccuracy: first.result.mergedAccuracy,
    digest: first.result.digest,
    digestsEqual: results.every(({ digest }) => digest === first.result.digest),
    bytesSentPerPeer: Math.round(meanOf(results.map(({ bytesSent }) => bytesSent))),
    seconds: Math.round(seconds * 10) / 10,
    missing: seats.flatMap(({ ready }) => (ready && !inRoster.has(ready.id) ? [nameOf(ready.id)] : [])),
    modelPath: first.path,
  }
}
