import type { MergeDuty, MergeRoster } from '../../contract.js'

/** The sketch of an owner's piece of a chunk, by the chunk's witness. */
export interface Testimony {
  readonly seed: number
  readonly value: number
}

/** All that a member says as a witness. */
export interface Testimonies {
  readonly from: string
  readonly seed: number
  /** By rising chunk; not finite for a piece that it has not got. */
  readonly values: Float64Array
}

/** Averaged chunks over one roster, and what witnesses say of the owners' pieces. */
export class Averages {
  private readonly chunks = new Map<number, Float32Array>()
  /** Those that were averaged here. What came from others may be wrong, and is not passed on. */
  private readonly made = new Set<number>()
  private readonly testimonies = new Map<number, Testimony>()

  /** @param duties by chunk; none where nobody vouches for anybody. */
  constructor(
    readonly roster: MergeRoster,
    private readonly duties: readonly MergeDuty[],
  ) {}

  /** Averaged here: takes the place of what others gave. */
  make(chunk: number, average: Float32Array): void {
    this.chunks.set(chunk, average)
    this.made.add(chunk)
  }

  /** Averaged by another. The first stays, above all one that was made here: it is known who gave it. */
  take(chunk: number, average: Float32Array): void {
    if (!this.chunks.has(chunk)) this.chunks.set(chunk, average)
  }

  isMade(chunk: number): boolean {
    return this.made.has(chunk)
  }

  /** Whoever made it. */
  of(chunk: number): Float32Array | undefined {
    return this.chunks.get(chunk)
  }

  /** All that are there, by chunk, in the order in which they came. */
  all(): ReadonlyMap<number, Float32Array> {
    return this.chunks
  }

  /** Who averages the chunk without being asked. */
  ownerOf(chunk: number): string | undefined {
    return this.duties[chunk]?.owner
  }

  /** Of the frozen model of a chunk's owner; empty where nobody has a duty. */
  ownerDigest(chunk: number): string {
    return this.roster.models.find(({ id }) => id === this.ownerOf(chunk))?.digest ?? ''
  }

  witnessOf(chunk: number): string | undefined {
    return this.duties[chunk]?.witness
  }

  /** The chunks of which a member is the witness, rising. */
  witnessedBy(id: string): readonly number[] {
    return this.duties.flatMap(({ witness }, chunk) => (witness === id ? [chunk] : []))
  }

  /** @returns the chunks that are vouched for now; undefined when there are not as many numbers as there are duties. */
  addTestimonies({ from, seed, values }: Testimonies): readonly number[] | undefined {
    const chunks = this.witnessedBy(from)
    if (chunks.length !== values.length) return undefined
    return chunks.filter((chunk, index) => {
      const value = values[index]!
      if (!Number.isFinite(value)) return false
      this.testimonies.set(chunk, { seed, value })
      return true
    })
  }

  testimonyOf(chunk: number): Testimony | undefined {
    return this.testimonies.get(chunk)
  }
}
