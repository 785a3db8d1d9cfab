import { sampleOf, type Random } from '../../random.js'
import type { Owners } from './owners.js'

export interface VerificationConfig {
  /** Who gave each averaged chunk. */
  readonly source: ReadonlyMap<number, string>
  readonly self: string
  /** The other contributors. */
  readonly others: readonly string[]
  /** Chunks of others that are averaged again, to compare. */
  readonly audits: number
  /** Whether the rule is linear, so that sketches check the rest. */
  readonly sketches: boolean
  readonly random: Random
  readonly hasPiece: (id: string, chunk: number) => boolean
  readonly owners: Owners
}

export type VerificationEffect =
  | { readonly type: 'check'; readonly seed: number }
  | { readonly type: 'judge'; readonly chunk: number }
  | { readonly type: 'assemble' }

/**
 * All averaged chunks are there: are they right? First every contributor's sketch is asked for, and all averages are
 * compared with these; then the chunks that do not fit, and a few at random, are averaged again.
 *
 * A member that averaged a chunk could bend its sketch along with the average, and both would fit. So another one, the
 * chunk's witness, holds the owner's piece of it, checked against what the owner committed to, and sketches it for all.
 * Where there is no such testimony, because somebody stood in for the owner or the witness has not got the piece, the
 * piece itself is asked for.
 */
export class Verification {
  private stage: 'sketching' | 'checking' | 'auditing' | 'done'
  private readonly seed: number
  private readonly sketched = new Set<string>()
  /** Chunks whose owner's piece was sketched by its witness. */
  private readonly witnessed = new Set<number>()
  private readonly audited = new Set<number>()
  private readonly unjudged = new Set<number>()
  /** Of those, the ones that are being averaged again now. */
  private readonly judging = new Set<number>()
  private readonly given = new Map<string, number[]>()

  constructor(private readonly config: VerificationConfig) {
    const { source, self, audits, sketches, random } = config
    const foreign = [...source.keys()].filter((chunk) => source.get(chunk) !== self).sort((a, b) => a - b)
    for (const chunk of foreign) {
      const from = source.get(chunk)!
      this.given.set(from, [...(this.given.get(from) ?? []), chunk])
    }
    // Where sketches cannot tell, everything is averaged again.
    for (const chunk of sampleOf(foreign, sketches ? audits : foreign.length, random)) this.audit(chunk)
    this.stage = this.unjudged.size < foreign.length ? 'sketching' : 'auditing'
    this.seed = random.below(2 ** 32)
  }

  /** The result was asked for. */
  get isDone(): boolean {
    return this.stage === 'done'
  }

  next(): VerificationEffect[] {
    if (this.stage === 'sketching' && this.config.others.every((id) => this.hasVouched(id))) {
      this.stage = 'checking'
      return [{ type: 'check', seed: this.seed }]
    }
    if (this.stage !== 'auditing') return []
    const ready = [...this.unjudged].filter((chunk) => !this.judging.has(chunk) && this.isWhole(chunk))
    for (const chunk of ready) this.judging.add(chunk)
    if (this.unjudged.size > 0) return ready.map((chunk) => ({ type: 'judge', chunk }))
    this.stage = 'done'
    return [{ type: 'assemble' }]
  }

  /** Chunks of this member's model that are needed; those at hand among them. */
  piecesOf(id: string): readonly number[] {
    if (this.stage !== 'sketching') return [...this.unjudged]
    const unwitnessed = (this.given.get(id) ?? []).filter((chunk) => !this.mayBeWitnessed(id, chunk))
    return [...this.unjudged, ...unwitnessed]
  }

  /** Seed of the sketch that is needed from this member. */
  sketchOf(id: string): number | undefined {
    return this.stage === 'sketching' && !this.sketched.has(id) ? this.seed : undefined
  }

  /** @param witnessed chunks whose owner's piece `from` has vouched for. */
  sketchArrived(from: string, seed: number, witnessed: readonly number[]): void {
    if (seed !== this.seed) return
    this.sketched.add(from)
    for (const chunk of witnessed) this.witnessed.add(chunk)
  }

  /** @param bad chunks that do not fit the sketches. */
  checked(bad: readonly number[]): void {
    if (this.stage !== 'checking') return
    this.stage = 'auditing'
    for (const chunk of bad) this.audit(chunk)
  }

  judged(chunk: number): void {
    if (this.judging.delete(chunk)) this.unjudged.delete(chunk)
  }

  private audit(chunk: number): void {
    if (this.audited.has(chunk)) return
    this.audited.add(chunk)
    this.unjudged.add(chunk)
  }

  private hasVouched(id: string): boolean {
    const given = this.given.get(id) ?? []
    const isVouchedFor = (chunk: number): boolean =>
      this.config.hasPiece(id, chunk) || (this.isOwner(id, chunk) && this.witnessed.has(chunk))
    return this.sketched.has(id) && given.every(isVouchedFor)
  }

  /** There is a testimony for its piece, or there may still be one. */
  private mayBeWitnessed(id: string, chunk: number): boolean {
    const witness = this.config.owners.witness(chunk)
    if (witness === undefined || witness === this.config.self || !this.isOwner(id, chunk)) return false
    return this.witnessed.has(chunk) || !this.sketched.has(witness)
  }

  private isOwner(id: string, chunk: number): boolean {
    return this.config.owners.candidates(chunk)[0] === id
  }

  private isWhole(chunk: number): boolean {
    return this.config.others.every((id) => this.config.hasPiece(id, chunk))
  }
}
