import type { RosterEntry } from '../../wire/types.js'
import type { Fetched, MergeConfig, MergeEffect } from '../contract.js'
import type { Accusations } from './accusations.js'
import type { Agreement } from './agreement.js'
import { Attempt, type AttemptEvent } from './attempt.js'
import { Pieces } from './pieces.js'
import type { Talks } from './talks.js'

export interface AveragingConfig {
  readonly config: MergeConfig
  readonly accusations: Accusations
  /** Members with a fetch under way. */
  readonly busy: Set<string>
}

/** The attempts at the average in one call, one after the other, and whom to go on without when one does not succeed. */
export class Averaging {
  /** None while there is no roster, once the result was read, and for a peer that has lost the model that the roster names. */
  private attempt: Attempt | undefined

  /** @param pieces others' of a call that was given up may be there. */
  constructor(
    private readonly parts: AveragingConfig,
    private pieces = new Pieces(),
  ) {}

  /** What is held of others' models, for the call after this one. */
  get held(): Pieces {
    return this.pieces
  }

  /** What was held of others' models is gone. */
  forgetPieces(): void {
    this.pieces = new Pieces()
  }

  /** Over what two thirds agreed on. */
  begin(number: number, entries: readonly RosterEntry[], { standing }: Talks): MergeEffect[] {
    const { config, accusations, busy } = this.parts
    const { pieces } = this
    const { call } = standing
    this.attempt = undefined
    const own = entries.find(({ member }) => call.members[member] === config.self)
    // A restarted peer may be in it with a model that it no longer has: it can only read the result.
    if (own && own.digest !== standing.commitmentOf(config.self)?.digest) return []
    this.attempt = new Attempt({ config, call, number, entries, pieces, busy, accusations })
    return this.attempt.begin()
  }

  /** There is to be another attempt, or none any more. */
  stop(): void {
    this.attempt = undefined
  }

  /** Digest of the roster whose average was put together. */
  get done(): string | undefined {
    return this.attempt?.isDone ? this.attempt.roster.digest : undefined
  }

  /** Whatever can be done now. */
  next(): MergeEffect[] {
    return this.attempt?.next() ?? []
  }

  tick(): void {
    this.attempt?.tick()
  }

  /** @returns who has lied. */
  handle(event: AttemptEvent): MergeEffect[] {
    return this.attempt?.handle(event) ?? []
  }

  /** @returns who has lied. */
  fetched(fetched: Fetched): MergeEffect[] {
    const { fetch, arrived, problem } = fetched
    if (fetch.what === 'pieces') this.pieces.add(fetch.digest, arrived)
    const isLie = problem === 'false' && fetch.what !== 'reduced' && fetch.what !== 'result'
    const accused = isLie ? this.parts.accusations.accuse(fetch.from, 'false-model') : []
    this.attempt?.fetched(fetched)
    return accused
  }

  /** Others leave members out of later rosters. @returns whether one is left out for the first time. */
  doubtLeftOut({ agreement }: Talks, nowMs: number): boolean {
    return this.attempt?.doubt(agreement.leftOut(), nowMs) ?? false
  }

  // Whom to go on without

  /** Goes on without those whose models are not to be had. @returns whether there are such. */
  loseLost({ standing }: Talks): boolean {
    const lost = this.attempt?.lost
    if (!lost || lost.size === 0) return false
    for (const id of lost) standing.lose(id)
    return true
  }

  /**
   * Time is up: whoever is to blame is lost.
   * @returns whether it goes on, where there may be more time.
   */
  runOut(mayExtend: boolean, talks: Talks): boolean {
    const { attempt } = this
    if (!attempt) return false
    if (attempt.runOut(mayExtend)) return true
    // Who knows of nobody to blame goes by what others say; not of one that answers, or a liar could choose who goes.
    if (attempt.lost.size === 0) this.drop(attempt, talks.agreement, (id) => attempt.isThere(id))
    return false
  }

  /**
   * Who keeps its model from a few, too few to be believed, would else hold all up: it says that it holds the result,
   * and then they are two thirds who do, or it is dropped, when an honest exchange would have ended.
   * @param held digest of the result. @param ms as long as such an exchange may last.
   */
  dropOverdue(
    { ballot, agreement }: Talks,
    { held, nowMs, ms }: { readonly held: string; readonly nowMs: number; readonly ms: number },
  ): void {
    const { attempt } = this
    if (!attempt) return
    const isSpared = (id: string): boolean =>
      ballot.holds(id, held) || !attempt.isLeftOutFor(id, { nowMs, ms })
    this.drop(attempt, agreement, isSpared)
  }

  /** Of those whom others leave out. */
  private drop(attempt: Attempt, agreement: Agreement, isSpared: (id: string) => boolean): void {
    for (const id of agreement.droppable(attempt.roster.digest, isSpared)) attempt.lose(id)
  }
}
