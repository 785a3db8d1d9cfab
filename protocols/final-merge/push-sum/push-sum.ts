import type { PushSumConfig, PushSumEffect, PushSumEvent, PushSumMachine, PushSumPhase } from './contract.js'
import { createConvergence } from './convergence.js'
import { isSound } from './epoch.js'
import { createExchange } from './exchange.js'
import type { Consensus, PushSumMessage, StateMessage } from './messages.js'
import { outcomeOf } from './outcome.js'
import { createRoll } from './roll.js'

/**
 * The merge for networks where not all pairs can connect: mass goes from neighbour to neighbour until every peer's
 * estimate is near the average of all models. Push-sum over running sums, stopped by max-min consensus: see README.md.
 */
export const createPushSum = (config: PushSumConfig): PushSumMachine => {
  const { self, mergeId, session, tolerance, timing } = config
  const roll = createRoll(self)
  const exchange = createExchange(timing)
  const convergence = createConvergence()
  /** Neighbours that are not gone, and the view that each told last. */
  const neighbours = new Map<string, string | undefined>()

  let phase: PushSumPhase = 'idle'
  let called = false
  let share = 0
  let startedMs = 0
  /** The present epoch is over, and the estimates were too far apart. */
  let isEpochOver = false
  /** On the strength of which the merge is done. */
  let verdict: Consensus | undefined

  const isOver = (): boolean => phase === 'merged' || phase === 'abandoned'

  const handle = (event: PushSumEvent, nowMs: number): PushSumEffect[] => {
    if (event.type === 'asked')
      return isOver() ? [nothingFor(event.from)] : [exchange.serve(event.from, event.version)]
    if (phase === 'merged') return event.type === 'message' ? answerLatecomer(event) : []
    if (phase === 'abandoned') return []
    switch (event.type) {
      case 'call':
        return hearCall(event.members, nowMs)
      case 'message':
        return hear(event.from, event.message, nowMs)
      case 'frozen':
        return phase === 'freezing' ? begin(event.share, nowMs) : []
      case 'pulled': {
        const { from, label } = event
        if (roll.isGone(from) || !roll.isSame(from, label.session)) return []
        const absorb = exchange.take(from, label, nowMs)
        return [...(absorb ? [...joinIfLater(label.epoch), absorb] : []), ...advance(nowMs)]
      }
      case 'pullEnded':
        exchange.pullEnded(event.from, event.answered)
        return advance(nowMs)
      case 'split':
        exchange.hasSplit(event.weight)
        convergence.gave(event.version, event.values, exchange.leastUntaken)
        return [...joinNext(isEpochOver), sayState(), ...advance(nowMs)]
      case 'projected': {
        const own = { member: self, share, kept: share - exchange.lost }
        convergence.projected(event.epoch, event.values, own)
        return [sayState(), ...advance(nowMs)]
      }
      case 'gone':
        return lose(event.member, nowMs)
      case 'neighbours':
        return meet(event.neighbours, nowMs)
      case 'tick':
        return tick(nowMs)
    }
  }

  // Who is there

  const hear = (from: string, message: PushSumMessage, nowMs: number): PushSumEffect[] => {
    if (message.mergeId !== mergeId || from === self || roll.isGone(from)) return []
    if (message.type === 'call') return hearCall([from, ...message.members], nowMs)
    if (!roll.isSame(from, message.session)) return lose(from, nowMs)
    if (!isSound(message.consensus)) return []
    return message.done ? adopt(message.consensus) : hearState(from, message, nowMs)
  }

  /** Whoever hears of new members passes it on. */
  const hearCall = (members: readonly string[], nowMs: number): PushSumEffect[] => {
    const isNews = roll.name(members) || !called
    called = true
    const effects: PushSumEffect[] = isNews ? [say(callMessage())] : []
    if (phase === 'idle') return [...effects, ...freeze(nowMs)]
    return [...effects, ...joinNext(isNews), ...advance(nowMs)]
  }

  const hearState = (from: string, message: StateMessage, nowMs: number): PushSumEffect[] => {
    const effects = message.gone.flatMap((id) => lose(id, nowMs))
    if (phase === 'idle') return [...effects, ...freeze(nowMs)]
    if (isOver()) return effects
    // Before its word of what it has taken: that may be mass which it took in the new epoch.
    effects.push(...joinIfLater(message.consensus.epoch))
    convergence.hear(message.consensus)
    if (neighbours.has(from)) neighbours.set(from, message.consensus.view)
    const edge = message.edges.find((edge) => edge.with === self)
    if (edge) exchange.hear(from, edge, nowMs)
    return [...effects, ...advance(nowMs)]
  }

  const meet = (ids: readonly string[], nowMs: number): PushSumEffect[] => {
    const fresh = ids.filter((id) => id !== self && !neighbours.has(id) && !roll.isGone(id))
    for (const id of fresh) {
      neighbours.set(id, undefined)
      exchange.add(id, nowMs)
    }
    return [...joinNext(roll.name(fresh)), ...advance(nowMs)]
  }

  const lose = (member: string, nowMs: number): PushSumEffect[] => {
    if (isOver()) return []
    if (member === self) return abandon('the others count this peer as gone')
    if (!roll.lose(member)) return []
    if (!roll.isMajority) return abandon('half of the members or more are gone')
    exchange.lose(member)
    const forget: PushSumEffect[] = neighbours.delete(member) ? [{ type: 'forget', from: member }] : []
    return [...forget, ...joinNext(true), ...advance(nowMs)]
  }

  // From the start to the end

  const freeze = (nowMs: number): PushSumEffect[] => {
    phase = 'freezing'
    startedMs = nowMs
    meet(config.neighbours, nowMs)
    return [{ type: 'freeze' }, nextTick(nowMs)]
  }

  const begin = (own: number, nowMs: number): PushSumEffect[] => {
    phase = 'summing'
    share = own
    exchange.begin(nowMs)
    return [...joinNext(true), sayState(), ...advance(nowMs)]
  }

  /** Whatever has happened: ends if the estimates are near enough, otherwise takes and gives what there is. */
  const advance = (nowMs: number): PushSumEffect[] => {
    if (phase !== 'summing') return []
    const error = called ? convergence.complete(roll.live) : undefined
    if (error !== undefined && error <= tolerance) return finish(convergence.report()!)
    // The next one begins with the next split: before it hardly anything has changed.
    isEpochOver = error !== undefined
    return [...exchange.release(), ...exchange.go(convergence.number, nowMs)]
  }

  const joinNext = (isTime: boolean): PushSumEffect[] => (isTime ? join(convergence.number + 1) : [])

  const joinIfLater = (number: number): PushSumEffect[] => (number > convergence.number ? join(number) : [])

  const join = (number: number): PushSumEffect[] => {
    if (phase !== 'summing') return []
    convergence.join({ number, view: roll.view, leastUntaken: exchange.leastUntaken })
    return [{ type: 'project', epoch: number }]
  }

  /** Another has seen all contributions: this peer's own among them, unless it was left behind. */
  const adopt = (consensus: Consensus): PushSumEffect[] =>
    consensus.contributions.some(({ member }) => member === self)
      ? finish(consensus)
      : abandon('the others have merged without this peer')

  const finish = (consensus: Consensus): PushSumEffect[] => {
    phase = 'merged'
    verdict = consensus
    return [sayState(), { type: 'merged', ...outcomeOf(consensus, exchange.iterations) }]
  }

  const abandon = (reason: string): PushSumEffect[] => {
    phase = 'abandoned'
    return [{ type: 'abandoned', reason, error: convergence.error }]
  }

  const tick = (nowMs: number): PushSumEffect[] => {
    if (phase === 'idle') return []
    if (nowMs >= startedMs + timing.deadlineMs) return abandon('the estimates were not near enough in time')
    const isCallMissing = called && [...neighbours.values()].some((view) => view !== roll.view)
    const call = isCallMissing ? [say(callMessage())] : []
    if (phase === 'freezing') return [...call, nextTick(nowMs)]
    const isPoorer = exchange.retry(nowMs)
    return [
      ...[...call, ...joinNext(isPoorer || isEpochOver), sayState()],
      ...[...advance(nowMs), nextTick(nowMs)],
    ]
  }

  // Saying, and saying again

  const stateMessage = (): StateMessage => ({
    ...{ type: 'state', mergeId, session, gone: roll.gone, done: verdict !== undefined },
    consensus: verdict ?? convergence.report()!,
    edges: [...neighbours.keys()].map((id) => exchange.edgeTo(id)),
  })
  const callMessage = (): PushSumMessage => ({ type: 'call', mergeId, members: roll.live })
  const say = (message: PushSumMessage): PushSumEffect => ({ type: 'say', message })
  const sayState = (): PushSumEffect => say(stateMessage())
  const nextTick = (nowMs: number): PushSumEffect => ({ type: 'setTick', atMs: nowMs + timing.repeatMs })
  const nothingFor = (to: string): PushSumEffect => ({ type: 'serve', to, segment: null, after: 0 })

  /** Who is not done has missed that this peer is. Nobody answers that, so it does not go on for ever. */
  const answerLatecomer = (late: {
    readonly from: string
    readonly message: PushSumMessage
  }): PushSumEffect[] => {
    const { from, message } = late
    const isLate = message.mergeId === mergeId && !(message.type === 'state' && message.done)
    return isLate && from !== self ? [{ type: 'tell', to: from, message: stateMessage() }] : []
  }

  return {
    handle,
    get phase() {
      return phase
    },
    get members() {
      return roll.live
    },
  }
}
