import type { Owners } from './owners.js'

/** Owners after the first who may be asked for one chunk. */
const STAND_INS = 2

/** Whom to ask for each averaged chunk: its owner, then those who stand in for it, then the owner again. */
export class Makers {
  /** Per chunk, its owner and those who stand in for it. */
  private readonly candidates: readonly (readonly string[])[]
  /** Per chunk, how often one who was to make it has failed. */
  private readonly misses = new Map<number, number>()

  constructor(owners: Owners, chunks: number) {
    this.candidates = Array.from({ length: chunks }, (_, chunk) =>
      owners.candidates(chunk).slice(0, 1 + STAND_INS),
    )
  }

  /** Who is to be asked now. */
  of(chunk: number): string {
    const candidates = this.candidates[chunk]!
    return candidates[(this.misses.get(chunk) ?? 0) % candidates.length]!
  }

  /** Whether this member may be asked for it. */
  includes(chunk: number, id: string): boolean {
    return this.candidates[chunk]!.includes(id)
  }

  /** Another is asked next, and may have to make it first; unless another is asked already. */
  miss(chunk: number, from: string): void {
    if (this.of(chunk) === from) this.misses.set(chunk, (this.misses.get(chunk) ?? 0) + 1)
  }

  /** Each of them has failed. */
  haveFailed(chunk: number): boolean {
    return (this.misses.get(chunk) ?? 0) >= this.candidates[chunk]!.length
  }
}
