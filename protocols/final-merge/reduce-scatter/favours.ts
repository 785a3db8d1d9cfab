import type { Fetch, Fetched } from '../contract.js'

export interface FavoursConfig {
  /** Members of the roster but this peer. */
  readonly others: readonly string[]
  /** Digests of their frozen models, by id. */
  readonly digests: ReadonlyMap<string, string>
  readonly hasPiece: (id: string, chunk: number) => boolean
  /** Chunks that one fetch asks for at most. */
  readonly chunksMax: number
}

/**
 * Averages that this peer has from another and makes itself all the same, since somebody asks for them: what others gave
 * is not passed on, and their maker may keep it from some. To be done once the own result is put together. Nobody is to
 * blame for a favour: the first fetch that fails is the end of all.
 */
export class Favours {
  private readonly chunks = new Set<number>()
  /** Members with a fetch under way for these. */
  private readonly asked = new Set<string>()
  private isOver = false

  constructor(private readonly config: FavoursConfig) {}

  ask(chunk: number): void {
    if (!this.isOver) this.chunks.add(chunk)
  }

  /** What is to be asked of this member now, which the caller does. */
  fetchFrom(from: string): Fetch | undefined {
    const { digests, hasPiece, chunksMax } = this.config
    const missing = [...this.chunks].filter((chunk) => !hasPiece(from, chunk)).slice(0, chunksMax)
    if (missing.length === 0) return undefined
    this.asked.add(from)
    return { what: 'pieces', from, digest: digests.get(from)!, chunks: missing.sort((a, b) => a - b) }
  }

  /** @returns whether it was a fetch for these that ended. */
  fetched({ fetch: { from }, problem }: Fetched): boolean {
    const isOfThese = this.asked.delete(from)
    if (isOfThese && problem) {
      this.isOver = true
      this.chunks.clear()
    }
    return isOfThese
  }

  /** @returns those of which all pieces are there, once each. */
  takeWhole(): readonly number[] {
    const { others, hasPiece } = this.config
    const whole = [...this.chunks].filter((chunk) => others.every((id) => hasPiece(id, chunk)))
    for (const chunk of whole) this.chunks.delete(chunk)
    return whole
  }
}
