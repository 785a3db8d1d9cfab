import type { RosterEntry } from '../../wire/types.js'
import type { Fetched, MergeConfig } from '../contract.js'
import { entriesDigest } from '../statement.js'
import type { Accusations } from './accusations.js'
import type { AttemptEvent } from './attempt.js'
import { Averaging } from './averaging.js'
import type { Ballot } from './ballot.js'
import type { Call } from './calls.js'
import { Deadline } from './deadline.js'
import type { FrozenModel } from './standing.js'
import type { Step } from './steps.js'
import { createTalks, type Talks } from './talks.js'
import type { Claimed, Said, Voices } from './voices.js'
import { voteFor } from './vote.js'
import type { Words } from './words.js'

const UNSETTLED = 'not enough members held the same result in time'

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
  /** The own model, once it is frozen. */
  private frozen: FrozenModel | undefined
  private talks: Talks
  private readonly averaging: Averaging
  private readonly deadline: Deadline

  /** @param before in a call that was given up: the own model may be frozen already, and pieces of others' be there. */
  constructor(
    private readonly parts: ParticipationConfig,
    call: Call,
    ballot: Ballot,
    before?: Participation,
  ) {
    this.frozen = before?.frozen
    this.talks = this.beginTalks(call, ballot)
    this.averaging = new Averaging(parts, before?.averaging.held)
    this.deadline = new Deadline(parts.config.timing(call.members.length))
  }

  get call(): Call {
    return this.talks.standing.call
  }

  private beginTalks(call: Call, ballot: Ballot): Talks {
    return createTalks(call, ballot, { ...this.parts, self: this.parts.config.self })
  }

  // Freezing and committing

  begin(nowMs: number): Step[] {
    this.deadline.committing(nowMs)
    return this.frozen ? this.commit(this.frozen, nowMs) : [{ type: 'freeze' }]
  }

  /** Goes on under a better call for the same merge, while nothing was said but the commitment. */
  moveTo(call: Call, ballot: Ballot, nowMs: number): Step[] {
    this.deadline.moveTo(this.parts.config.timing(call.members.length))
    this.talks = this.beginTalks(call, ballot)
    return this.advance(nowMs)
  }

  /** The own model is frozen; what was held of others' before is gone. */
  froze(frozen: FrozenModel, nowMs: number): Step[] {
    this.frozen = frozen
    this.averaging.forgetPieces()
    return this.commit(frozen, nowMs)
  }

  private commit({ digest, samples }: FrozenModel, nowMs: number): Step[] {
    this.phase = 'committing'
    const { mergeId } = this.call
    // Restarted in between: it has committed to a model that it no longer has. It may still read.
    const isFree = this.parts.config.claim(`commitment ${mergeId}`, `${digest} ${samples}`)
    return [
      ...(isFree ? [this.parts.words.say({ type: 'commitment', mergeId, digest, samples }, nowMs)] : []),
      ...this.advance(nowMs),
    ]
  }

  // Moving on

  /** Moves on as soon as nothing is missing. */
  advance(nowMs: number): Step[] {
    if (this.phase === 'freezing' || this.phase === 'voted' || this.phase === 'reading') return []
    const followed = this.follow(nowMs)
    if (followed.length > 0) return followed
    const { standing, agreement } = this.talks
    if (this.phase === 'committing' && standing.awaited().every((id) => standing.commitmentOf(id)))
      return this.propose(1, standing.committed(), nowMs)
    return this.phase === 'agreeing' && agreement.isOver ? this.narrow(nowMs) : []
  }

  /** What two thirds agree on, whatever this peer was doing. */
  private follow(nowMs: number): Step[] {
    const { ballot, agreement } = this.talks
    const ready = ballot.readyForVote()
    if (ready) return this.voteFor(ready.claimed, ready.holders, nowMs)
    const agreed = ballot.agreedRoster()
    if (!agreed) return []
    const { number } = agreement
    const isNew = this.phase === 'agreeing' ? agreed.attempt >= number : agreed.attempt > number
    return isNew ? this.beginAttempt(agreed.attempt, agreed.proposal.entries, nowMs) : []
  }

  // Agreeing on a roster

  private propose(attempt: number, from: readonly RosterEntry[], nowMs: number): Step[] {
    const { ballot, agreement } = this.talks
    const { config, words } = this.parts
    const { mergeId, digest: call } = this.call
    const refused = agreement.propose(attempt, from)
    if (refused) return this.abandon(refused)
    const { entries } = agreement
    const agreed = ballot.agreedRoster()
    this.phase = 'agreeing'
    this.averaging.stop()
    this.deadline.agreeing(nowMs, {
      isFirst: attempt === 1,
      isBusy: agreed !== undefined && agreed.attempt >= attempt - 1,
    })
    const isFree = config.claim(`roster ${mergeId} ${attempt}`, entriesDigest(call, entries))
    return [
      ...(isFree ? [words.say({ type: 'roster', mergeId, call, attempt, entries }, nowMs)] : []),
      ...agreement.probeLeftOut(),
      ...this.advance(nowMs),
    ]
  }

  /** All have spoken, or time is up, and there is no common roster: again, with what most have in common. */
  private narrow(nowMs: number): Step[] {
    const { ballot, agreement } = this.talks
    return this.propose(agreement.number + 1, ballot.majorityEntries(agreement.number), nowMs)
  }

  /** A member named in the call has announced a roster. */
  challenged(from: string, roster: Said & { readonly type: 'roster' }, nowMs: number): Step[] {
    const { agreement } = this.talks
    if (roster.call !== this.call.digest || !this.call.members.includes(from)) return []
    if (this.phase === 'committing' && this.deadline.isLate) return this.proposeIfEnough(nowMs)
    if (this.phase === 'agreeing') return roster.attempt < agreement.number ? [] : agreement.probeLeftOut()
    const isNew = roster.attempt > agreement.number && this.averaging.doubtLeftOut(this.talks, nowMs)
    if (isNew && this.phase === 'ready') this.deadline.bePatient(nowMs)
    return this.work(nowMs)
  }

  // The average

  private beginAttempt(number: number, entries: readonly RosterEntry[], nowMs: number): Step[] {
    this.phase = 'exchanging'
    this.deadline.exchanging(nowMs)
    this.talks.agreement.adopt(number, entries)
    return [...this.averaging.begin(number, entries, this.talks), ...this.replaceLost(nowMs)]
  }

  /** Whatever can be done now, and a further attempt when this one cannot succeed. */
  work(nowMs: number): Step[] {
    if (this.phase === 'reading') return this.averaging.next()
    if (this.phase !== 'exchanging' && this.phase !== 'ready') return []
    return [...this.averaging.next(), ...this.replaceLost(nowMs)]
  }

  private replaceLost(nowMs: number): Step[] {
    const { agreement } = this.talks
    if (!this.averaging.loseLost(this.talks)) return []
    // Two thirds may hold the result all the same.
    if (this.phase === 'ready' && agreement.room < 0) return []
    return this.propose(agreement.number + 1, agreement.entries, nowMs)
  }

  fetched(fetched: Fetched, nowMs: number): Step[] {
    const { agreement } = this.talks
    const accused = this.averaging.fetched(fetched)
    if (this.phase !== 'agreeing') return [...accused, ...this.work(nowMs)]
    agreement.fetched(fetched)
    return [...accused, ...agreement.probe(), ...this.advance(nowMs)]
  }

  attempted(event: AttemptEvent, nowMs: number): Step[] {
    return [...this.averaging.handle(event), ...this.work(nowMs)]
  }

  // The result

  /** The own average is put together; while this peer reads, it is what is read. */
  assembled(digest: string, nowMs: number): Step[] {
    const roster = this.averaging.done
    // Of an attempt that was given up meanwhile: as good as read.
    if (this.phase === 'reading' && roster === undefined) return this.read(digest, nowMs)
    if ((this.phase !== 'exchanging' && this.phase !== 'reading') || roster === undefined) return []
    const { mergeId, digest: call } = this.call
    const attempt = this.talks.agreement.number
    this.phase = 'ready'
    this.held = digest
    this.deadline.ready(nowMs)
    return [
      this.parts.words.say({ type: 'ready', mergeId, call, attempt, roster, digest }, nowMs),
      ...this.advance(nowMs),
    ]
  }

  /**
   * Until the result is there that others hold, or say they hold: no more words of its own and no deadline, but the own
   * average may still be done first.
   */
  suspend(): void {
    this.phase = 'reading'
  }

  tickReading(): Step[] {
    this.averaging.tick()
    return this.averaging.next()
  }

  /** It is. */
  read(digest: string, nowMs: number): Step[] {
    this.phase = 'ready'
    this.held = digest
    // What it could not make is not its own concern any more.
    this.averaging.stop()
    this.deadline.settling(nowMs)
    return this.advance(nowMs)
  }

  /**
   * Two thirds hold and have verified the same: more than a third of the members, one honest peer among them, whatever
   * this one was able to do itself.
   */
  private voteFor(claimed: Claimed, holders: readonly string[], nowMs: number): Step[] {
    const { call } = this
    const { config, words } = this.parts
    const { roster, digest } = claimed
    if (digest !== this.held) return [{ type: 'read', digest, holders }]
    this.phase = 'voted'
    this.deadline.voted(nowMs)
    words.settleOn(roster)
    return voteFor(claimed, { config, call, words, nowMs })
  }

  abandon(reason: string): Step[] {
    return [{ type: 'abandoned', reason, missing: this.talks.standing.missing() }]
  }

  // Time

  tick(nowMs: number): Step[] {
    if (this.deadline.isPast(nowMs)) return this.passDeadline(nowMs)
    if (this.phase === 'agreeing') {
      this.talks.agreement.tick()
      return this.talks.agreement.probe()
    }
    this.averaging.tick()
    if (this.phase === 'ready') this.dropOverdue(nowMs)
    return this.work(nowMs)
  }

  private dropOverdue(nowMs: number): void {
    this.averaging.dropOverdue(this.talks, { held: this.held!, nowMs, ms: this.deadline.exchangeMs })
  }

  private passDeadline(nowMs: number): Step[] {
    switch (this.phase) {
      case 'freezing':
        return this.abandon('the own model could not be frozen in time')
      case 'committing':
        return this.endCommitting(nowMs)
      case 'agreeing':
        return this.endAgreeing(nowMs)
      case 'exchanging':
        return this.endExchange(nowMs)
      case 'ready':
        return this.endReady(nowMs)
      default:
        return this.abandon(UNSETTLED)
    }
  }

  private proposeIfEnough(nowMs: number): Step[] {
    const heard = this.heardOf()
    return this.talks.standing.without(heard).length >= this.call.quorum ? this.propose(1, heard, nowMs) : []
  }

  /** Without enough models others' rosters may help: they heard commitments that were lost on their way here. */
  private endCommitting(nowMs: number): Step[] {
    const steps = this.proposeIfEnough(nowMs)
    if (steps.length > 0 || this.deadline.waitForRosters(nowMs)) return steps
    return this.propose(1, this.heardOf(), nowMs)
  }

  /** The models committed to, and those that others' rosters name: they must be what they are said to be, or are left out again. */
  private heardOf(): readonly RosterEntry[] {
    const committed = this.talks.standing.committed()
    const known = new Set(committed.map(({ member }) => member))
    const named = this.talks.ballot.undisputedEntries(1).filter(({ member }) => !known.has(member))
    const isOwn = ({ member }: RosterEntry): boolean => this.call.members[member] === this.parts.config.self
    return [...committed, ...named.filter((entry) => !isOwn(entry))].sort((a, b) => a.member - b.member)
  }

  private endAgreeing(nowMs: number): Step[] {
    const { ballot, agreement } = this.talks
    const { quorum, members } = this.call
    const announced = ballot.announced(agreement.number).length
    if (announced >= quorum) return this.narrow(nowMs)
    // They may have agreed on the attempt before since, and be busy with it.
    if (ballot.agreedRoster() && this.deadline.waitForBusy(nowMs)) return agreement.probe()
    return this.abandon(`${announced} of ${members.length} members are heard, ${quorum} are needed`)
  }

  /** More time while something comes, if nobody is to blame; then another attempt without those who are. */
  private endExchange(nowMs: number): Step[] {
    const { averaging, deadline } = this
    if (averaging.runOut(deadline.mayExtend, this.talks)) {
      deadline.extend(nowMs)
      return this.work(nowMs)
    }
    const further = this.replaceLost(nowMs)
    return further.length > 0 ? further : this.abandon('the average was not done in time')
  }

  /** Its patience may end with the wait itself. */
  private endReady(nowMs: number): Step[] {
    this.dropOverdue(nowMs)
    const further = this.replaceLost(nowMs)
    return further.length > 0 ? further : this.abandon(UNSETTLED)
  }
}
