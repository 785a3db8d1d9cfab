import { limits } from '../../limits.js'
import type { RosterEntry } from '../../wire/types.js'
import type { Fetched, MergeConfig, MergeEffect, MergeEvent, MergeTiming } from '../contract.js'
import { entriesDigest } from '../statement.js'
import type { Accusations } from './accusations.js'
import { Attempt } from './attempt.js'
import type { Ballot } from './ballot.js'
import type { Call } from './calls.js'
import { Doubts } from './doubts.js'
import { droppedOf } from './left-out.js'
import { Pieces } from './pieces.js'
import type { Claimed, Said, Voices } from './voices.js'
import { voteFor } from './vote.js'
import type { Words } from './words.js'

const UNSETTLED = 'not enough members held the same result in time'

export interface FrozenModel {
  readonly digest: string
  readonly samples: number
}

/** What a participation asks for: effects, and that a result be read which this peer could not make. */
export type Step =
  MergeEffect | { readonly type: 'read'; readonly digest: string; readonly holders: readonly string[] }

export interface ParticipationConfig {
  readonly config: MergeConfig
  readonly voices: Voices
  readonly words: Words
  readonly accusations: Accusations
  /** Members with a fetch under way. */
  readonly busy: Set<string>
}

/** What a peer does in a call that names it, from the freeze to its vote. */
export class Participation {
  phase: 'freezing' | 'committing' | 'agreeing' | 'exchanging' | 'ready' | 'voted' | 'reading' = 'freezing'
  /** Digest of the result at hand. */
  held: string | undefined
  /** When the present phase ends, whatever is missing. */
  private deadlineMs = Infinity
  /** When agreeing on a roster ends, though others be busy with the attempt before. */
  private agreeingEndMs = Infinity
  /** When waiting for two thirds ends, but for patience with members whom others leave out. */
  private readyEndMs = -Infinity
  /** Of the present exchange. */
  private extensions = 0
  /** Number of the attempt, counted from 1. */
  private number = 0
  /** None while there is no roster, once its result was read, and for a peer that has lost the model that the roster names. */
  private attempt: Attempt | undefined
  /** Its roster, or the one that is proposed for it. */
  private entries: readonly RosterEntry[] = []
  /** While a roster is agreed on. */
  private doubts = new Doubts()
  /** Not in any further roster that this peer proposes. */
  private readonly gone = new Set<string>()
  private pieces: Pieces
  /** The own model, once it is frozen. */
  frozen: FrozenModel | undefined

  /** @param before in a call that was given up: the own model may be frozen already, and pieces of others' be there. */
  constructor(
    private readonly parts: ParticipationConfig,
    public call: Call,
    private ballot: Ballot,
    before?: Participation,
  ) {
    this.frozen = before?.frozen
    this.pieces = before?.pieces ?? new Pieces()
  }

  private get config(): MergeConfig {
    return this.parts.config
  }

  private get timing(): MergeTiming {
    return this.config.timing(this.call.members.length)
  }

  /** An exchange lasts no longer. */
  private get exchangeMs(): number {
    return (1 + limits.mergeExtensionsMax) * this.timing.pullMs
  }

  begin(nowMs: number): Step[] {
    this.deadlineMs = nowMs + this.timing.commitMs
    return this.frozen ? this.commit(this.frozen, nowMs) : [{ type: 'freeze' }]
  }

  /** Goes on under a better call for the same merge, while nothing was said but the commitment. */
  moveTo(call: Call, ballot: Ballot, nowMs: number): Step[] {
    this.deadlineMs += this.config.timing(call.members.length).commitMs - this.timing.commitMs
    this.call = call
    this.ballot = ballot
    return this.advance(nowMs)
  }

  /** The own model is frozen; what was held of others' before is gone. */
  froze(frozen: FrozenModel, nowMs: number): Step[] {
    this.frozen = frozen
    this.pieces = new Pieces()
    return this.commit(frozen, nowMs)
  }

  private commit({ digest, samples }: FrozenModel, nowMs: number): Step[] {
    this.phase = 'committing'
    const { mergeId } = this.call
    // Restarted in between: it has committed to a model that it no longer has. It may still read.
    const isFree = this.config.claim(`commitment ${mergeId}`, `${digest} ${samples}`)
    return [
      ...(isFree ? [this.parts.words.say({ type: 'commitment', mergeId, digest, samples }, nowMs)] : []),
      ...this.advance(nowMs),
    ]
  }

  /** Moves on as soon as nothing is missing. */
  advance(nowMs: number): Step[] {
    if (this.phase === 'freezing' || this.phase === 'voted' || this.phase === 'reading') return []
    const followed = this.follow(nowMs)
    if (followed.length > 0) return followed
    const awaited = this.call.members.filter((id) => !this.isOut(id))
    if (this.phase === 'committing' && awaited.every((id) => this.commitmentOf(id)))
      return this.propose(1, this.committed(), nowMs)
    if (this.phase === 'agreeing') {
      const announced = new Set(this.ballot.announced(this.number))
      const haveSpoken = awaited.every((id) => announced.has(id) || !this.commitmentOf(id))
      if (haveSpoken && !this.doubts.areOpen) return this.narrow(nowMs)
    }
    return []
  }

  /** What two thirds agree on, whatever this peer was doing. */
  private follow(nowMs: number): Step[] {
    const ready = this.ballot.readyForVote()
    if (ready) return this.voteFor(ready.claimed, ready.holders, nowMs)
    const agreed = this.ballot.agreedRoster()
    if (!agreed) return []
    const isNew = this.phase === 'agreeing' ? agreed.attempt >= this.number : agreed.attempt > this.number
    return isNew ? this.beginAttempt(agreed.attempt, agreed.proposal.entries, nowMs) : []
  }

  // Roster

  private isOut(id: string): boolean {
    return this.gone.has(id) || this.parts.accusations.isLiar(id)
  }

  private commitmentOf(id: string): FrozenModel | undefined {
    return this.parts.voices.of(id, this.call.mergeId)?.commitment
  }

  private committed(): RosterEntry[] {
    return this.call.members.flatMap((id, member) => {
      const commitment = this.commitmentOf(id)
      return commitment ? [{ member, ...commitment }] : []
    })
  }

  private propose(attempt: number, from: readonly RosterEntry[], nowMs: number): Step[] {
    const { members, mergeId, digest: call, quorum } = this.call
    if (attempt > limits.mergeAttemptsMax) return this.abandon(`no average after ${attempt - 1} attempts`)
    const entries = from.filter(({ member }) => !this.isOut(members[member]!))
    if (attempt === 1 && entries.length < quorum)
      return this.abandon(`${entries.length} of ${members.length} members committed, ${quorum} are needed`)
    if (2 * entries.length <= members.length)
      return this.abandon('the models of half of the members or more are missing')
    const { agreeMs } = this.timing
    // Others may be busy with the attempt before for as long as that may last.
    const agreed = this.ballot.agreedRoster()
    const isBusy = agreed !== undefined && agreed.attempt >= attempt - 1
    this.agreeingEndMs = nowMs + agreeMs + (attempt > 1 ? this.exchangeMs : 0)
    this.number = attempt
    this.entries = entries
    this.phase = 'agreeing'
    this.attempt = undefined
    this.doubts = new Doubts()
    this.deadlineMs = isBusy ? this.agreeingEndMs : nowMs + agreeMs
    const isFree = this.config.claim(`roster ${mergeId} ${attempt}`, entriesDigest(call, entries))
    return [
      ...(isFree ? [this.parts.words.say({ type: 'roster', mergeId, call, attempt, entries }, nowMs)] : []),
      ...this.probeLeftOut(),
      ...this.advance(nowMs),
    ]
  }

  /** Those in the roster, but this peer, whom others leave out after this attempt, and who does. Liars have no say. */
  private leftOutAfter(attempt: number): ReadonlyMap<string, readonly string[]> {
    const by = this.ballot.leftOut(attempt)
    const leftOut = this.entries.flatMap(({ member }) => {
      const id = this.call.members[member]!
      const others = (by.get(member) ?? []).filter((other) => !this.parts.accusations.isLiar(other))
      return id === this.config.self || others.length === 0 ? [] : [[id, others] as const]
    })
    return new Map(leftOut)
  }

  /** Others leave them out: are they still there? */
  private probeLeftOut(): Step[] {
    for (const id of this.leftOutAfter(this.number - 1).keys()) this.doubts.doubt(id)
    return this.probe()
  }

  /** While a roster is agreed on nothing else is asked of them. */
  private probe(): Step[] {
    const { busy } = this.parts
    return this.entries.flatMap(({ member, digest }): Step[] => {
      const from = this.call.members[member]!
      if (!this.doubts.isToBeAsked(from) || busy.has(from) || busy.size >= limits.mergePullsMax) return []
      busy.add(from)
      return [{ type: 'fetch', fetch: { what: 'leaves', from, digest } }]
    })
  }

  /** All have spoken, or time is up, and there is no common roster: again, with what most have in common. */
  private narrow(nowMs: number): Step[] {
    return this.propose(this.number + 1, this.ballot.majorityEntries(this.number), nowMs)
  }

  // The average

  private beginAttempt(number: number, entries: readonly RosterEntry[], nowMs: number): Step[] {
    const { config, call, pieces } = this
    const { busy, accusations } = this.parts
    this.number = number
    this.phase = 'exchanging'
    this.deadlineMs = nowMs + this.timing.pullMs
    this.extensions = 0
    this.entries = entries
    this.attempt = undefined
    const own = entries.find(({ member }) => call.members[member] === config.self)
    // A restarted peer may be in it with a model that it no longer has: it can only read the result.
    if (own && own.digest !== this.commitmentOf(config.self)?.digest) return []
    this.attempt = new Attempt({ config, call, number, entries, pieces, busy, accusations })
    return [...this.attempt.begin(), ...this.replaceLost(nowMs)]
  }

  /** Whatever can be done now, and a further attempt when this one cannot succeed. */
  work(nowMs: number): Step[] {
    if (this.phase !== 'exchanging' && this.phase !== 'ready') return []
    const next = this.attempt?.next() ?? []
    return [...next, ...this.replaceLost(nowMs)]
  }

  private replaceLost(nowMs: number): Step[] {
    const lost = this.attempt?.lost
    if (!lost || lost.size === 0) return []
    for (const id of lost) this.gone.add(id)
    // Two thirds may hold the result all the same.
    if (this.phase === 'ready' && this.room() < 0) return []
    return this.propose(this.number + 1, this.entries, nowMs)
  }

  /** How many more may be left out of a further attempt; negative when there can be none. */
  private room(): number {
    if (this.number >= limits.mergeAttemptsMax) return -1
    const { members } = this.call
    const left = this.entries.filter(({ member }) => !this.isOut(members[member]!)).length
    return left - (Math.floor(members.length / 2) + 1)
  }

  /** Nobody is known to be gone, and yet it goes on no further: perhaps for somebody whom others leave out. */
  private dropLeftOut(isPatient: (id: string) => boolean = () => false): void {
    const by = [...this.leftOutAfter(this.number)].filter(([id]) => !isPatient(id))
    const salt = this.attempt?.roster.digest ?? ''
    for (const id of droppedOf({ by: new Map(by), room: this.room(), salt })) this.attempt?.lose(id)
  }

  fetched(fetched: Fetched, nowMs: number): Step[] {
    const { fetch, arrived, problem } = fetched
    if (fetch.what === 'pieces') this.pieces.add(fetch.digest, arrived)
    const isLie = problem === 'false' && fetch.what !== 'reduced' && fetch.what !== 'result'
    const accused = isLie ? this.parts.accusations.accuse(fetch.from, 'false-model') : []
    this.attempt?.fetched(fetched)
    if (this.phase !== 'agreeing') return [...accused, ...this.work(nowMs)]
    if (this.doubts.fetched(fetched)) this.gone.add(fetch.from)
    return [...accused, ...this.probe(), ...this.advance(nowMs)]
  }

  checked(bad: readonly number[], nowMs: number): Step[] {
    this.attempt?.checked(bad)
    return this.work(nowMs)
  }

  judged(event: MergeEvent & { readonly type: 'judged' }, nowMs: number): Step[] {
    const accused = this.attempt?.judged(event) ?? []
    return [...accused, ...this.work(nowMs)]
  }

  wanted(chunk: number, nowMs: number): Step[] {
    this.attempt?.wanted(chunk)
    return this.work(nowMs)
  }

  /** A member named in the call has announced a roster. */
  challenged(from: string, roster: Said & { readonly type: 'roster' }, nowMs: number): Step[] {
    if (roster.call !== this.call.digest || !this.call.members.includes(from)) return []
    if (this.phase === 'agreeing') {
      return roster.attempt < this.number ? [] : this.probeLeftOut()
    }
    const isNew = roster.attempt > this.number && this.attempt?.doubt(this.leftOutAfter(this.number), nowMs)
    // Or this peer would give up before it may drop them; once for each, so that nobody is waited for without end.
    if (isNew && this.phase === 'ready' && nowMs < this.readyEndMs)
      this.deadlineMs = Math.max(this.deadlineMs, nowMs + this.exchangeMs)
    return this.work(nowMs)
  }

  // Result

  assembled(digest: string, nowMs: number): Step[] {
    if (this.phase !== 'exchanging' || !this.attempt?.isDone) return []
    const { mergeId, digest: call } = this.call
    const roster = this.attempt.roster.digest
    this.phase = 'ready'
    this.held = digest
    // The others' exchange may be extended.
    this.readyEndMs = nowMs + this.timing.agreeMs + this.exchangeMs
    this.deadlineMs = this.readyEndMs
    return [
      this.parts.words.say({ type: 'ready', mergeId, call, attempt: this.number, roster, digest }, nowMs),
      ...this.advance(nowMs),
    ]
  }

  /** Does nothing until the result that others hold is there. */
  suspend(): void {
    this.phase = 'reading'
  }

  /** It is. */
  read(digest: string, nowMs: number): Step[] {
    this.phase = 'ready'
    this.held = digest
    // What it could not make is not its own concern any more.
    this.attempt = undefined
    this.deadlineMs = nowMs + this.timing.agreeMs
    return this.advance(nowMs)
  }

  /**
   * Two thirds hold and have verified the same: more than a third of the members, one honest peer among them, whatever
   * this one was able to do itself.
   */
  private voteFor(claimed: Claimed, holders: readonly string[], nowMs: number): Step[] {
    const { config, call } = this
    const { words } = this.parts
    const { roster, digest } = claimed
    if (digest !== this.held) return [{ type: 'read', digest, holders }]
    this.phase = 'voted'
    this.deadlineMs = nowMs + this.timing.agreeMs
    words.settleOn(roster)
    return voteFor(claimed, { config, call, words, nowMs })
  }

  // Time

  abandon(reason: string): Step[] {
    const missing = this.call.members.filter((id) => !this.commitmentOf(id) || this.isOut(id))
    return [{ type: 'abandoned', reason, missing }]
  }

  tick(nowMs: number): Step[] {
    if (nowMs >= this.deadlineMs) return this.passDeadline(nowMs)
    if (this.phase === 'agreeing') {
      this.doubts.tick()
      return this.probe()
    }
    this.attempt?.tick()
    if (this.phase === 'ready') this.dropOverdue(nowMs)
    return this.work(nowMs)
  }

  /**
   * Who keeps its model from a few, too few to be believed, would else hold all up: it says that it holds the result,
   * and then they are two thirds who do, or it is dropped, when an honest exchange would have ended.
   */
  private dropOverdue(nowMs: number): void {
    const ms = this.exchangeMs
    const isPatient = (id: string): boolean =>
      this.ballot.holds(id, this.held!) || !this.attempt?.isLeftOutFor(id, { nowMs, ms })
    this.dropLeftOut(isPatient)
  }

  private passDeadline(nowMs: number): Step[] {
    const { quorum, members } = this.call
    switch (this.phase) {
      case 'freezing':
        return this.abandon('the own model could not be frozen in time')
      case 'committing':
        return this.propose(1, this.committed(), nowMs)
      case 'agreeing': {
        const announced = this.ballot.announced(this.number).length
        if (announced >= quorum) return this.narrow(nowMs)
        // They may have agreed on the attempt before since, and be busy with it.
        if (nowMs < this.agreeingEndMs && this.ballot.agreedRoster()) {
          this.deadlineMs = this.agreeingEndMs
          return this.probe()
        }
        return this.abandon(`${announced} of ${members.length} members are heard, ${quorum} are needed`)
      }
      case 'exchanging':
        return this.endExchange(nowMs)
      case 'ready':
        return this.endReady(nowMs)
      default:
        return this.abandon(UNSETTLED)
    }
  }

  /** Its patience may end with the wait itself. */
  private endReady(nowMs: number): Step[] {
    this.dropOverdue(nowMs)
    const further = this.replaceLost(nowMs)
    return further.length > 0 ? further : this.abandon(UNSETTLED)
  }

  /** More time while something comes, if nobody is to blame; then another attempt without those who are. */
  private endExchange(nowMs: number): Step[] {
    const { attempt } = this
    attempt?.blameSilent()
    const mayExtend = this.extensions < limits.mergeExtensionsMax
    if (attempt?.lost.size === 0 && mayExtend && attempt.takesLonger()) {
      this.extensions += 1
      this.deadlineMs = nowMs + this.timing.pullMs
      attempt.tick()
      return this.work(nowMs)
    }
    if (attempt?.lost.size === 0) attempt.blameOwing()
    // Those who wait for an average may know of nobody that keeps it from being made.
    if (attempt?.lost.size === 0) this.dropLeftOut()
    const further = this.replaceLost(nowMs)
    return further.length > 0 ? further : this.abandon('the average was not done in time')
  }
}
