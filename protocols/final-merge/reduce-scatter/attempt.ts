import { limits } from '../../limits.js'
import type { RosterEntry } from '../../wire/types.js'
import type { Fetched, MergeConfig, MergeEffect, MergeEvent, MergeRoster } from '../contract.js'
import { entriesDigest, thirdOf } from '../statement.js'
import type { Accusations } from './accusations.js'
import type { Call } from './calls.js'
import { averageLooksMax } from './deadline.js'
import { Exchange } from './exchange.js'
import { createOwners, type Owners } from './owners.js'
import type { Pieces } from './pieces.js'

export interface AttemptConfig {
  readonly config: MergeConfig
  readonly call: Call
  /** Counted from 1. */
  readonly number: number
  /** What two thirds agreed on. */
  readonly entries: readonly RosterEntry[]
  readonly pieces: Pieces
  /** Members with a fetch under way. */
  readonly busy: Set<string>
  readonly accusations: Accusations
}

/** What tells an attempt how far its average is. */
export type AttemptEvent = MergeEvent & { readonly type: 'checked' | 'judged' | 'wanted' }

/** One attempt at the average, over one roster. */
export class Attempt {
  readonly roster: MergeRoster
  private readonly owners: Owners
  private readonly exchange: Exchange
  /** Since when others leave a member out. */
  private readonly leftOutMs = new Map<string, number>()

  constructor(private readonly parts: AttemptConfig) {
    const { config, call, entries, pieces, busy } = parts
    const { self, chunks, random, rule } = config
    this.roster = rosterOf(config, call, entries)
    const ids = this.roster.models.map(({ id }) => id)
    this.owners = createOwners({ members: ids, chunks, salt: call.mergeId })
    this.exchange = new Exchange({
      ...{ self, roster: ids, chunks, random, rosterDigest: this.roster.digest, pieces, busy },
      digests: new Map(this.roster.models.map(({ id, digest }) => [id, digest])),
      owners: this.owners,
      audits: limits.mergeAudits,
      averageLooksMax: averageLooksMax(config.timing(call.members.length)),
      sketches: rule.linear,
    })
  }

  /** Members without whom there has to be another attempt. */
  get lost(): ReadonlySet<string> {
    return this.exchange.lost
  }

  /** Its result was asked for. */
  get isDone(): boolean {
    return this.exchange.isDone
  }

  begin(): MergeEffect[] {
    const duties = Array.from({ length: this.parts.config.chunks }, (_, chunk) => ({
      owner: this.owners.candidates(chunk)[0]!,
      witness: this.owners.witness(chunk),
    }))
    return [{ type: 'begin', roster: this.roster, duties }, ...this.exchange.next()]
  }

  next(): MergeEffect[] {
    return this.exchange.next()
  }

  tick(): void {
    this.exchange.tick()
  }

  fetched(fetched: Fetched): void {
    this.exchange.fetched(fetched)
  }

  /** @returns who has lied. */
  handle(event: AttemptEvent): MergeEffect[] {
    switch (event.type) {
      case 'checked':
        this.exchange.checked(event.bad)
        return []
      case 'judged':
        return this.judged(event)
      case 'wanted':
        this.exchange.wanted(event.chunk)
        return []
    }
  }

  private judged({ chunk, wrong, falseSketches }: AttemptEvent & { readonly type: 'judged' }): MergeEffect[] {
    const { accusations, config } = this.parts
    this.exchange.judged(chunk)
    const source = this.exchange.sourceOf(chunk)
    const isForeign = source !== undefined && source !== config.self
    return [
      ...(wrong && isForeign ? accusations.accuse(source, 'wrong-average') : []),
      ...falseSketches.flatMap((id) => accusations.accuse(id, 'false-sketch')),
    ]
  }

  /**
   * Others leave members out of later rosters: those may be gone.
   * @param by ids of the others, by member.
   * @returns whether one is left out for the first time.
   */
  doubt(by: ReadonlyMap<string, readonly string[]>, nowMs: number): boolean {
    const before = this.leftOutMs.size
    for (const [id, others] of by) {
      if (!this.leftOutMs.has(id)) this.leftOutMs.set(id, nowMs)
      // A third of the members: one honest peer at least says so.
      if (others.length >= thirdOf(this.parts.call.members.length)) this.exchange.lost.add(id)
      else this.exchange.doubt(id)
    }
    return this.leftOutMs.size > before
  }

  /** Others have left it out for so long. */
  isLeftOutFor(id: string, { nowMs, ms }: { readonly nowMs: number; readonly ms: number }): boolean {
    return nowMs - (this.leftOutMs.get(id) ?? nowMs) >= ms
  }

  /** It has answered since others left it out. */
  isThere(id: string): boolean {
    return this.exchange.isThere(id)
  }

  /** There has to be another attempt without it. */
  lose(id: string): void {
    this.exchange.lost.add(id)
  }

  /**
   * Time is up: whoever does not answer any more is lost. More time may help if nobody is, and something came since this
   * was asked last, or all that is missing are averages of others. Else whoever was asked and owes something is lost.
   * @returns whether it goes on, where there may be more time.
   */
  runOut(mayExtend: boolean): boolean {
    const { exchange } = this
    for (const id of exchange.silent()) exchange.lost.add(id)
    if (exchange.lost.size > 0) return false
    if (mayExtend && (exchange.takeAdvance() || exchange.owing().length === 0)) {
      exchange.tick()
      exchange.hurry()
      return true
    }
    for (const id of exchange.owing()) exchange.lost.add(id)
    return false
  }
}

const rosterOf = ({ weighting }: MergeConfig, call: Call, entries: readonly RosterEntry[]): MergeRoster => {
  const total = entries.reduce((sum, { samples }) => sum + samples, 0)
  const bySamples = weighting === 'samples' && total > 0
  const models = entries.map(({ member, digest, samples }) => ({
    id: call.members[member]!,
    digest,
    share: bySamples ? samples / total : 1 / entries.length,
  }))
  return { digest: entriesDigest(call.digest, entries), models }
}
