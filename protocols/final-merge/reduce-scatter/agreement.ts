import { limits } from '../../limits.js'
import type { RosterEntry } from '../../wire/types.js'
import type { Fetch, Fetched } from '../contract.js'
import type { Ballot } from './ballot.js'
import { Doubts } from './doubts.js'
import { droppedOf } from './left-out.js'
import type { Standing } from './standing.js'

export interface AgreementConfig {
  readonly self: string
  readonly standing: Standing
  readonly ballot: Ballot
  /** Members with a fetch under way. */
  readonly busy: Set<string>
}

type Probe = { readonly type: 'fetch'; readonly fetch: Fetch }

/**
 * Whose models are averaged, attempt by attempt: the roster that this peer would have, whether those whom others leave
 * out of theirs are still there, and whom of them to go on without.
 */
export class Agreement {
  /** Of the attempt, counted from 1. */
  private attempt = 0
  /** Its roster, or the one that is proposed for it. */
  private roster: readonly RosterEntry[] = []
  /** While a roster is agreed on. */
  private doubts = new Doubts()

  constructor(private readonly config: AgreementConfig) {}

  get number(): number {
    return this.attempt
  }

  get entries(): readonly RosterEntry[] {
    return this.roster
  }

  /**
   * Proposes what counts of these entries.
   * @returns why there can be no such attempt; then nothing has changed.
   */
  propose(attempt: number, from: readonly RosterEntry[]): string | undefined {
    const { standing } = this.config
    const { members, quorum } = standing.call
    if (attempt > limits.mergeAttemptsMax) return `no average after ${attempt - 1} attempts`
    const entries = standing.without(from)
    if (attempt === 1 && entries.length < quorum)
      return `${entries.length} of ${members.length} members committed, ${quorum} are needed`
    if (2 * entries.length <= members.length) return 'the models of half of the members or more are missing'
    this.adopt(attempt, entries)
    this.doubts = new Doubts()
    return undefined
  }

  /** What two thirds agreed on. */
  adopt(attempt: number, entries: readonly RosterEntry[]): void {
    this.attempt = attempt
    this.roster = entries
  }

  /** All who are waited for have announced a roster, and those doubted have answered or are gone. */
  get isOver(): boolean {
    const { standing, ballot } = this.config
    const announced = new Set(ballot.announced(this.attempt))
    const named = new Set(this.roster.map(({ member }) => standing.call.members[member]!))
    // Whose commitment was lost on its way here may be in the roster all the same.
    const isExpected = (id: string): boolean => standing.commitmentOf(id) !== undefined || named.has(id)
    const hasSpoken = (id: string): boolean => announced.has(id) || !isExpected(id)
    return standing.awaited().every(hasSpoken) && !this.doubts.areOpen
  }

  // Are they still there?

  /** Those in the roster, but this peer, whom others leave out after this attempt, and who does. Liars have no say. */
  private leftOutAfter(attempt: number): ReadonlyMap<string, readonly string[]> {
    const { self, standing, ballot } = this.config
    const by = ballot.leftOut(attempt)
    const leftOut = this.roster.flatMap(({ member }) => {
      const id = standing.call.members[member]!
      const others = (by.get(member) ?? []).filter((other) => !standing.isLiar(other))
      return id === self || others.length === 0 ? [] : [[id, others] as const]
    })
    return new Map(leftOut)
  }

  /** Those of the roster agreed on whom others leave out of a further one, and who does. */
  leftOut(): ReadonlyMap<string, readonly string[]> {
    return this.leftOutAfter(this.attempt)
  }

  /** Others leave them out of this attempt's roster: are they still there? */
  probeLeftOut(): Probe[] {
    for (const id of this.leftOutAfter(this.attempt - 1).keys()) this.doubts.doubt(id)
    return this.probe()
  }

  /** While a roster is agreed on nothing else is asked of them. */
  probe(): Probe[] {
    const { standing, busy } = this.config
    return this.roster.flatMap(({ member, digest }): Probe[] => {
      const from = standing.call.members[member]!
      if (!this.doubts.isToBeAsked(from) || busy.has(from) || busy.size >= limits.mergePullsMax) return []
      busy.add(from)
      return [{ type: 'fetch', fetch: { what: 'leaves', from, digest } }]
    })
  }

  tick(): void {
    this.doubts.tick()
  }

  fetched(fetched: Fetched): void {
    if (this.doubts.fetched(fetched)) this.config.standing.lose(fetched.fetch.from)
  }

  // Going on without some

  /** How many more may be left out of a further attempt; negative when there can be none. */
  get room(): number {
    if (this.attempt >= limits.mergeAttemptsMax) return -1
    const { standing } = this.config
    const left = standing.without(this.roster).length
    return left - (Math.floor(standing.call.members.length / 2) + 1)
  }

  /**
   * Whom of those left out by others to drop, when nobody is known to be gone, and yet it goes on no further: perhaps
   * for one of them.
   * @param salt the same for all who decide.
   */
  droppable(salt: string, isSpared: (id: string) => boolean): readonly string[] {
    const by = [...this.leftOut()].filter(([id]) => !isSpared(id))
    return droppedOf({ by: new Map(by), room: this.room, salt })
  }
}
