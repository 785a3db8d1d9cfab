import { limits } from '../../limits.js'
import type { Random } from '../../random.js'
import type { Fetch, Fetched } from '../contract.js'
import { Answers } from './answers.js'
import { Makers } from './makers.js'
import type { Owners } from './owners.js'
import type { Pieces } from './pieces.js'
import { Verification, type VerificationEffect } from './verification.js'

/** Chunks that one fetch asks for at most: 16 MiB of the largest, well within one exchange's time. */
const BATCH_CHUNKS = 64

export interface ExchangeConfig {
  readonly self: string
  /** Sorted ids of those whose models are averaged. */
  readonly roster: readonly string[]
  /** Digests of their frozen models, by id. */
  readonly digests: ReadonlyMap<string, string>
  /** Digest of the roster. */
  readonly rosterDigest: string
  readonly chunks: number
  readonly owners: Owners
  readonly pieces: Pieces
  /** Members with a fetch under way, from whatever attempt: one at a time each. */
  readonly busy: Set<string>
  /** Averaged chunks of others that are averaged again, to compare. */
  readonly audits: number
  /** Whether the rule is linear, so that sketches check the others. */
  readonly sketches: boolean
  /** Looks after which an average that was asked for is asked of another, though no answer has come. */
  readonly averageLooksMax: number
  readonly random: Random
}

export type ExchangeEffect =
  | { readonly type: 'fetch'; readonly fetch: Fetch }
  | { readonly type: 'reduce'; readonly chunk: number }
  | VerificationEffect

/**
 * One exchange of models: reduce-scatter, all-gather, verification. Knows which chunks are where; bytes are the
 * driver's. Order of work with each member: first the pieces of one's own chunks, then the averaged chunks that it
 * owns, then what verifies them; nobody waits for an average before its own are done, so no two wait for each other.
 */
export class Exchange {
  /** Members of the roster but this peer. */
  private readonly others: readonly string[]
  /** Chunks that this peer averages. */
  private readonly mine: Set<number>
  /** Chunks of whose owner's piece this peer is the witness, by owner. */
  private readonly duties = new Map<string, number[]>()
  private readonly source = new Map<number, string>()
  private readonly makers: Makers
  /** Looks since a member was asked for averages, of those who have not answered. */
  private readonly looks = new Map<string, number>()
  /** Once all averages are there. */
  private verification: Verification | undefined
  private readonly answers = new Answers()
  /** More time was needed: nobody is waited for who has failed, whatever it costs. */
  private isLate = false

  constructor(private readonly config: ExchangeConfig) {
    const { self, owners, chunks, sketches } = config
    this.mine = new Set(owners.chunksOf(self))
    this.others = config.roster.filter((id) => id !== self)
    this.makers = new Makers(owners, chunks)
    for (let chunk = 0; sketches && chunk < chunks; chunk++) {
      if (owners.witness(chunk) !== self) continue
      const owner = owners.candidates(chunk)[0]!
      this.duties.set(owner, [...(this.duties.get(owner) ?? []), chunk])
    }
  }

  /** Members without whose model there is no average. Whoever has reason to may add to them. */
  get lost(): Set<string> {
    return this.answers.lost
  }

  get isDone(): boolean {
    return this.verification?.isDone ?? false
  }

  /** What can be done now. */
  next(): ExchangeEffect[] {
    const effects: ExchangeEffect[] = []
    for (const chunk of this.mine) {
      if (this.source.has(chunk) || !this.isWhole(chunk)) continue
      this.source.set(chunk, this.config.self)
      effects.push({ type: 'reduce', chunk })
    }
    if (this.source.size === this.config.chunks) this.verification ??= this.verify()
    return [...effects, ...(this.verification?.next() ?? []), ...this.fetches()]
  }

  fetched(fetched: Fetched): void {
    const { fetch, arrived, problem } = fetched
    const { from } = fetch
    this.answers.fetched(fetched)
    if (fetch.what === 'sketch' && !problem) this.verification?.sketchArrived(from, fetch.seed, arrived)
    if (fetch.what !== 'reduced' || fetch.roster !== this.config.rosterDigest) return
    this.looks.delete(from)
    for (const chunk of arrived) if (!this.source.has(chunk)) this.source.set(chunk, from)
    if (problem) this.missReduced(fetch.chunks, from)
  }

  /** @param bad chunks that do not fit the sketches. */
  checked(bad: readonly number[]): void {
    this.verification?.checked(bad)
  }

  judged(chunk: number): void {
    this.verification?.judged(chunk)
  }

  /** Somebody asks for an averaged chunk that is not there: its owner may be gone. */
  wanted(chunk: number): void {
    const { self, chunks } = this.config
    if (chunk >= chunks || this.source.has(chunk)) return
    if (this.makers.includes(chunk, self)) this.mine.add(chunk)
  }

  /** Others go on without this member: is it still there? */
  doubt(id: string): void {
    this.answers.doubt(id)
  }

  /** It has answered since it was doubted. */
  isThere(id: string): boolean {
    return this.answers.isThere(id)
  }

  /** Who gave this averaged chunk. */
  sourceOf(chunk: number): string | undefined {
    return this.source.get(chunk)
  }

  /** A look: whoever keeps this peer waiting for averages is not the only one who can make them. */
  tick(): void {
    this.answers.tick()
    for (const [from, looks] of this.looks) {
      this.looks.set(from, looks + 1)
      if (looks + 1 === this.config.averageLooksMax) this.missReduced(this.missingFrom(from), from)
    }
  }

  /** It takes longer than it should: chunks that all of their makers have failed to give are averaged here. */
  hurry(): void {
    this.isLate = true
    for (let chunk = 0; chunk < this.config.chunks; chunk++) this.standIn(chunk)
  }

  /** Whether anything came since this was asked last. */
  takeAdvance(): boolean {
    return this.answers.takeAdvance()
  }

  /** Members who owe something and fail: once if they have never given anything. */
  silent(): readonly string[] {
    return this.owing().filter((id) => this.answers.isFailing(id))
  }

  /** Members who were asked and have not given what is still needed. Those whose turn has not come owe nothing. */
  owing(): readonly string[] {
    const isNeeded = (id: string): boolean =>
      this.piecesWanted(id).length > 0 || this.verification?.sketchOf(id) !== undefined
    return this.others.filter((id) => this.answers.wasAsked(id) && isNeeded(id))
  }

  private hasPiece(id: string, chunk: number): boolean {
    return this.config.pieces.has(this.config.digests.get(id)!, chunk)
  }

  private isWhole(chunk: number): boolean {
    return this.others.every((id) => this.hasPiece(id, chunk))
  }

  private verify(): Verification {
    const { self, audits, sketches, random } = this.config
    return new Verification({
      ...{
        source: this.source,
        self,
        others: this.others,
        audits,
        sketches,
        random,
        owners: this.config.owners,
      },
      hasPiece: (id, chunk) => this.hasPiece(id, chunk),
    })
  }

  private fetches(): ExchangeEffect[] {
    const { busy } = this.config
    const effects: ExchangeEffect[] = []
    for (const from of this.inTurn()) {
      // Perhaps since the attempt before.
      if (busy.has(from)) this.answers.approach(from)
      if (busy.size >= limits.mergePullsMax || busy.has(from) || this.answers.isPaused(from)) continue
      const fetch = this.fetchFrom(from) ?? this.probeOf(from)
      if (!fetch) continue
      busy.add(from)
      this.answers.approach(from)
      if (fetch.what === 'reduced') this.looks.set(from, 0)
      effects.push({ type: 'fetch', fetch })
    }
    return effects
  }

  /** Each begins with another, so that not all ask the first one first. */
  private inTurn(): readonly string[] {
    const others = this.others
    const start = others.findIndex((id) => id > this.config.self)
    return start < 0 ? others : [...others.slice(start), ...others.slice(0, start)]
  }

  private fetchFrom(from: string): Fetch | undefined {
    const { digests, rosterDigest } = this.config
    const digest = digests.get(from)!
    const chunks = this.piecesWanted(from)
    if (chunks.length > 0 && !this.lost.has(from)) return { what: 'pieces', from, digest, chunks }
    const seed = this.verification?.sketchOf(from)
    if (seed !== undefined) return { what: 'sketch', from, digest, roster: rosterDigest, seed }
    if (this.ownChunks().length === 0 || this.lost.size > 0) {
      const missing = this.missingFrom(from).slice(0, BATCH_CHUNKS)
      return missing.length > 0 ? { what: 'reduced', from, roster: rosterDigest, chunks: missing } : undefined
    }
    return undefined
  }

  private probeOf(from: string): Fetch | undefined {
    if (!this.answers.isToBeProbed(from)) return undefined
    return { what: 'leaves', from, digest: this.config.digests.get(from)! }
  }

  /** Its pieces of one's own chunks, those to vouch for, and what verification needs. */
  private piecesWanted(from: string): readonly number[] {
    const duties = this.duties.get(from) ?? []
    const chunks = new Set([...this.ownChunks(), ...duties, ...(this.verification?.piecesOf(from) ?? [])])
    const missing = [...chunks].filter((chunk) => !this.hasPiece(from, chunk))
    return missing.slice(0, BATCH_CHUNKS).sort((a, b) => a - b)
  }

  private ownChunks(): readonly number[] {
    return [...this.mine].filter((chunk) => !this.source.has(chunk))
  }

  private missingFrom(from: string): readonly number[] {
    const missing: number[] = []
    for (let chunk = 0; chunk < this.config.chunks; chunk++) {
      if (!this.source.has(chunk) && !this.mine.has(chunk) && this.makers.of(chunk) === from)
        missing.push(chunk)
    }
    return missing
  }

  private missReduced(chunks: readonly number[], from: string): void {
    for (const chunk of chunks) {
      this.makers.miss(chunk, from)
      this.standIn(chunk)
    }
  }

  /** When it is this peer's turn, or nobody else is left: those who may be asked can all be liars. */
  private standIn(chunk: number): void {
    if (this.source.has(chunk)) return
    const isLeft = this.isLate && this.makers.haveFailed(chunk)
    if (isLeft || this.makers.of(chunk) === this.config.self) this.mine.add(chunk)
  }
}
