import { limits } from '../../limits.js'
import type { MergeMessage } from '../../wire/types.js'
import type {
  MergeConfig,
  MergeEffect,
  MergeEvent,
  MergeMachine,
  MergeMethod,
  MergePhase,
} from '../contract.js'
import { mergeIdOf } from '../merge-id.js'
import { heldByAll, rosterDigest } from '../roster.js'
import { callBytes, callDigest } from '../statement.js'
import { Pulls } from './pulls.js'
import { createVoices, type Vote } from './voices.js'
import { Words } from './words.js'

/**
 * The plain final merge: every member pulls every frozen model and averages them in peer-id order. Costs (n − 1)·M
 * received per peer; exact, leaderless, and every peer ends with the same bits.
 *
 * The members tell each other whose models they hold, and each narrows its set to what all it heard hold, until all
 * say the same: that is the roster. Then each votes once, with the digest of the average; the result is the vote of
 * more than half of those that committed, so no two results can both win. All deadlines count from the moment the
 * merge was first heard of, so nobody gives up on those that still have time. It assumes crashes and loss, not lies:
 * see README.md.
 */
export const allToAll: MergeMethod = { name: 'all-to-all', create: (config) => createAllToAll(config) }

const createAllToAll = ({ self, run, period, timing, signatures }: MergeConfig): MergeMachine => {
  const mergeId = mergeIdOf(period, 1)
  /** Who is waited for: complete once a call was heard, which other words about the merge may overtake. */
  const named = new Set<string>([self])
  let called = false
  const voices = createVoices(rosterDigest)
  const words = new Words(self, voices)
  const pulls = new Pulls()

  let phase: MergePhase = 'idle'
  let startedMs = 0
  let attempt = 0
  /** What the average under way, or done, is over. */
  let roster: readonly string[] = []
  let averaged: Vote | undefined

  const handle = (event: MergeEvent, nowMs: number): MergeEffect[] => {
    switch (event.type) {
      case 'call':
        hearCall(event.members)
        return phase === 'idle' ? [words.say(callMessage(), nowMs), ...freeze(nowMs)] : []
      case 'message':
        return event.message.mergeId === mergeId && event.from !== self
          ? hear(event.from, event.message, nowMs)
          : []
      case 'frozen':
        return phase === 'freezing' ? commit(event.digest, event.samples, nowMs) : []
      case 'pulled':
        pulls.hold(event.from)
        return [...pullAll(), ...advance(nowMs)]
      case 'pullFailed':
        pulls.fail(event.from)
        return [...pullAll(), ...advance(nowMs)]
      case 'averaged':
        return phase === 'averaging' ? vote(event.digest, nowMs) : []
      case 'tick':
        return tick(nowMs)
      default:
        return []
    }
  }

  const hear = (from: string, message: MergeMessage, nowMs: number): MergeEffect[] => {
    voices.hear(from, message)
    if (message.type === 'call') hearCall([from, ...message.members])
    // Any word about this merge says that it was called.
    if (phase === 'idle') return freeze(nowMs)
    return [...pullFrom(from), ...advance(nowMs), ...answerLatecomer(message, nowMs)]
  }

  const hearCall = (members: readonly string[]): void => {
    called = true
    for (const id of members) if (named.size < limits.mergeMembersMax) named.add(id)
  }

  /**
   * A member that is not done when we are needs our word once more. It repeats the call; nobody does who is done, or
   * those who are would answer each other for ever.
   */
  const answerLatecomer = (message: MergeMessage, nowMs: number): MergeEffect[] =>
    phase === 'merged' && message.type === 'call' && nowMs - words.lastMs >= timing(named.size).repeatMs
      ? words.again(nowMs)
      : []

  // Freeze, commit, pull

  const freeze = (nowMs: number): MergeEffect[] => {
    phase = 'freezing'
    startedMs = nowMs
    return [{ type: 'freeze' }, nextTick(nowMs)]
  }

  const commit = (digest: string, samples: number, nowMs: number): MergeEffect[] => {
    phase = 'committing'
    pulls.hold(self)
    const said = words.say({ type: 'commitment', mergeId, digest, samples }, nowMs)
    return [said, ...pullAll(), ...advance(nowMs)]
  }

  const pullAll = (): MergeEffect[] => voices.committed().flatMap(pullFrom)

  /** Pulls begin as commitments come, before all are in. */
  const pullFrom = (from: string): MergeEffect[] => {
    const digest = voices.of(from)?.digest
    const open = phase === 'committing' || phase === 'pulling'
    return open && digest !== undefined ? pulls.begin(from, digest) : []
  }

  // Moving on

  /** Moves on as soon as nothing is missing. */
  const advance = (nowMs: number): MergeEffect[] => {
    switch (phase) {
      case 'committing':
        return called && [...named].every((id) => voices.of(id)?.digest !== undefined)
          ? beginPulling(nowMs)
          : []
      case 'pulling':
        return voices.committed().every((id) => pulls.isDone(id)) ? gather(pulls.all(), nowMs) : []
      case 'gathering':
        return adoptMajority() ?? (voices.committed().every(saidHoldings) ? narrow(nowMs) : [])
      case 'comparing':
        return voices.committed().every((id) => voices.of(id)!.vote !== undefined) ? conclude() : []
      default:
        return []
    }
  }

  const passDeadline = (nowMs: number): MergeEffect[] => {
    switch (phase) {
      case 'freezing':
        return abandon('the own model could not be frozen in time')
      case 'committing':
        return beginPulling(nowMs)
      case 'pulling':
        return gather(pulls.all(), nowMs)
      case 'gathering':
        return narrow(nowMs)
      case 'comparing':
        return conclude()
      default:
        return []
    }
  }

  /** Milliseconds after which the present phase ends whatever is missing, from the start of the merge. */
  const deadline = (): number => {
    const { commitMs, pullMs, agreeMs } = timing(named.size)
    if (phase === 'freezing' || phase === 'committing') return commitMs
    if (phase === 'pulling') return commitMs + pullMs
    return commitMs + pullMs + agreeMs * (phase === 'comparing' ? attempt + 1 : attempt)
  }

  const beginPulling = (nowMs: number): MergeEffect[] => {
    phase = 'pulling'
    return advance(nowMs)
  }

  // Roster

  const gather = (have: readonly string[], nowMs: number): MergeEffect[] => {
    phase = 'gathering'
    attempt += 1
    return [
      words.say({ type: 'holdings', mergeId, attempt, have: [...have].sort() }, nowMs),
      ...advance(nowMs),
    ]
  }

  const saidHoldings = (id: string): boolean => (voices.of(id)!.holdings?.attempt ?? 0) >= attempt

  /** All the same: average. Otherwise say again, with what all those heard hold. */
  const narrow = (nowMs: number): MergeEffect[] => {
    const committed = voices.committed()
    const holdings = committed.filter(saidHoldings).map((id) => voices.of(id)!.holdings!.have)
    if (2 * holdings.length <= committed.length) return abandon('half of the members or more fell silent')
    const common = heldByAll(holdings)
    if (2 * common.length <= named.size)
      return abandon('the models of half of the members or more are missing')
    if (holdings.every((have) => have.size === common.length)) return averageOver(common)
    if (attempt >= limits.mergeAttemptsMax) return abandon(`no common roster after ${attempt} attempts`)
    return gather(common, nowMs)
  }

  const averageOver = (ids: readonly string[]): MergeEffect[] => {
    phase = 'averaging'
    roster = ids
    return [{ type: 'average', roster }]
  }

  // Result

  const vote = (digest: string, nowMs: number): MergeEffect[] => {
    phase = 'comparing'
    const result = { roster: rosterDigest(roster), digest }
    averaged = result
    // Voting twice could make two majorities.
    if (voices.of(self)?.vote) return conclude()
    return [
      words.say({ type: 'result', mergeId, attempt, ...unsigned(), ...result }, nowMs),
      ...advance(nowMs),
    ]
  }

  /** The others have decided while this peer was still gathering, or it voted for another roster. */
  const adoptMajority = (): MergeEffect[] | undefined => {
    const majority = voices.majority()
    if (!majority || (majority.roster === averaged?.roster && majority.digest === averaged.digest))
      return undefined
    const ids = voices.rosterWith(majority.roster)
    const possible = ids?.every((id) => pulls.has(id)) && majority.roster !== averaged?.roster
    return possible
      ? averageOver(ids!)
      : abandon('the others agreed on a result that this peer cannot compute')
  }

  const conclude = (): MergeEffect[] => {
    const majority = voices.majority()
    if (!majority) return abandon('no result was announced by more than half of the members')
    const adopted = adoptMajority()
    if (adopted) return adopted
    phase = 'merged'
    const agreed = voices.votersFor(majority)
    return [
      {
        ...{ type: 'merged', mergeId, roster, agreed, missing: missing(), digest: majority.digest },
        ...{ attempts: attempt, certificate: undefined },
      },
    ]
  }

  const missing = (): string[] => [...named].filter((id) => !roster.includes(id)).sort()

  const abandon = (reason: string): MergeEffect[] => {
    phase = 'abandoned'
    return [{ type: 'abandoned', reason, missing: [...named].filter((id) => !pulls.has(id)).sort() }]
  }

  // Saying, and saying again

  const callMessage = (): MergeMessage => {
    const members = [...named].sort()
    const signature = signatures.sign(callBytes({ run, mergeId, members }))
    return { type: 'call', mergeId, members, caller: self, signature }
  }

  /** Members compare votes; nobody outside can check them. */
  const unsigned = () => ({
    call: callDigest({ run, mergeId, members: [...named].sort() }),
    signature: new Uint8Array(0),
  })

  const repeat = (nowMs: number): MergeEffect[] => [
    { type: 'broadcast', message: callMessage() },
    ...words.again(nowMs),
  ]

  const nextTick = (nowMs: number): MergeEffect => ({
    type: 'setTick',
    atMs: nowMs + timing(named.size).repeatMs,
  })

  const tick = (nowMs: number): MergeEffect[] => {
    if (phase === 'idle' || phase === 'merged' || phase === 'abandoned') return []
    if (nowMs >= startedMs + deadline()) return [...passDeadline(nowMs), nextTick(nowMs)]
    pulls.tick()
    return [...repeat(nowMs), ...pullAll(), nextTick(nowMs)]
  }

  return {
    handle,
    get phase() {
      return phase
    },
  }
}
