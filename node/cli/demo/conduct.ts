import type { Layout } from '../../../protocols/model/index.js'
import type { RunConfiguration } from '../../../protocols/run/index.js'
import type { Trainer } from '../../../protocols/training/contract.js'
import type { PeerReport } from '../../peer.js'
import type { BackendChoice } from '../../trainer/index.js'
import { CliError, Interrupted, PeerFailure } from '../exit-codes.js'
import { aborted } from '../interrupt.js'
import type { Output } from '../output.js'
import { createObserver } from './observer.js'
import { createProgress } from './progress.js'
import { isOver, resultOf, savedBy, STOPPED, type Seat, type SwarmResult } from './seats.js'
import type { Swarm } from './swarm.js'
import { peerLine, tableHead } from './table.js'

export interface ConductOptions {
  /** Its processes are ended at the end. */
  readonly swarm: Swarm
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

/** Rows of the table, about. Each costs an evaluation by every peer, and its model to this process. Guess: a screenful. */
const ROWS = 15

/** Every how many rounds peers report: of those near enough the first by which the last round has a row. */
export const reportEvery = (rounds: number): number => {
  const least = Math.max(2, Math.ceil(rounds / ROWS))
  const some = Array.from({ length: least }, (_, more) => least + more)
  return some.find((every) => rounds % every === 0) ?? least
}
/** Milliseconds after the first result until a peer that has none is ended: several deadlines of the merge. Guess. */
const STRAGGLER_MS = 60_000

/**
 * Sets the peers up, introduces them to each other, shows what they report and waits for their results.
 * @throws PeerFailure when a peer fails before the start or all fail; Interrupted on Ctrl-C. No process is left behind.
 */
export const conduct = async (options: ConductOptions): Promise<SwarmResult> => {
  const { swarm, peers, configuration, output, interrupt } = options
  const seats: Seat[] = Array.from({ length: peers }, () => ({ alive: true, started: false, mixed: 0 }))
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

  let stragglers: NodeJS.Timeout | undefined
  const endStragglers = (): void => {
    seats.forEach((seat, index) => {
      if (isOver(seat)) return
      const late = `has no result ${STRAGGLER_MS / 1000} s after the first one`
      output.say(`peer-${index} ${late}; it is not waited for`)
      seat.failure = new CliError('PEER_DIED', `peer-${index} ${late}`)
      gone(index, late)
    })
    settleWhenOver()
  }

  /** The peers wait for each other before they begin; the dead will not come. */
  const beginWithoutTheDead = (): void => {
    if (!begun || seats.every(({ alive, failure }) => alive && !failure)) return
    seats.forEach(({ alive, started }, index) => {
      if (alive && !started) swarm.send(index, { type: 'begin' })
    })
  }

  /** Over when every peer has a result, has failed or is dead. */
  const settleWhenOver = (): void => {
    if (seats.every(isOver)) settle()
  }

  /** One that will report no more. */
  const gone = (index: number, how: string): void => {
    output.emit({ type: 'peerDied', peer: `peer-${index}`, how })
    observer.died(index)
  }

  swarm.listen({
    onMessage(index, message) {
      const seat = seats[index]!
      switch (message.type) {
        case 'ready':
          seat.ready = message
          rounds.starting(seats.filter(({ ready }) => ready).length)
          if (seats.every(({ ready }) => ready)) begin()
          return
        case 'report':
          return onReport(index, message.report)
        case 'result':
          // Too late: it was said to be missing.
          if (seat.failure) return
          seat.result = message
          stragglers ??= setTimeout(endStragglers, STRAGGLER_MS)
          return settleWhenOver()
        case 'failed':
          if (interrupt.aborted) return
          seat.failure = new PeerFailure(index, message.error)
          if (!begun) return giveUp(seat.failure)
          output.say(`peer-${index}: ${message.error.message}`)
          observer.died(index)
          beginWithoutTheDead()
          return settleWhenOver()
      }
    },
    onExit(indexes, { code, signal, lastWords }) {
      for (const index of indexes) seats[index]!.alive = false
      const died = indexes.filter((index) => !seats[index]!.result && !seats[index]!.failure)
      if (died.length === 0 || interrupt.aborted) return
      const how = signal ?? (code === null ? 'it did not start' : `exit code ${code}`)
      const details = lastWords === '' ? '' : `\n${lastWords}`
      const names = died.map((index) => `peer-${index}`).join(', ')
      const who = died.length > 1 ? `${names}, which shared a process,` : names
      // Ctrl-C reaches all processes of a terminal, and one that is still loading dies of it.
      if (!begun && signal === 'SIGINT') return giveUp(new Interrupted(STOPPED))
      if (!begun) {
        const message = `${who} died while starting (${how}); the demo was stopped. Try again.${details}`
        return giveUp(new CliError('PEER_DIED', message))
      }
      const rest = seats.every(isOver) ? 'no other is left' : 'the others go on'
      output.say(`${who} died (${how}); ${rest}${details}`)
      for (const index of died) gone(index, how)
      beginWithoutTheDead()
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
      const known = seats.slice(0, index).map((seat) => seat.ready!.address)
      swarm.send(index, { type: 'go', addresses: known.reverse() })
    })
    output.say(`training with ${seats[0]!.ready!.backend}; Ctrl-C stops everything`)
    output.say()
    output.say(tableHead())
    beginWithoutTheDead()
  }

  const onReport = (index: number, report: PeerReport): void => {
    switch (report.type) {
      case 'round':
        seats[index]!.mixed += report.mixedFrom.length
        rounds.reached(index, report.round)
        return observer.report(index, report)
      case 'refused':
        return output.say(`peer-${index} refused something: ${report.message}`)
      case 'started':
        seats[index]!.started = true
        return
      case 'merging':
        return rounds.merging()
      default:
        return
    }
  }

  try {
    swarm.setUp({
      configuration,
      data: options.data,
      partition: options.partition,
      backend: options.backend,
      reportEvery: reportEvery(configuration.rounds),
      out: options.out,
    })
    const outcome = await Promise.race([settled, aborted(interrupt)])
    if (outcome === 'aborted') {
      // Those that are saving say so until they are gone.
      await swarm.stop()
      throw new Interrupted(savedBy(seats))
    }
    await observer.settled()
    output.endProgress()
    await swarm.stop({ goodbye: false })
    return resultOf(seats, (performance.now() - swarm.startedMs) / 1000)
  } finally {
    clearTimeout(stragglers)
    await swarm.stop()
  }
}
