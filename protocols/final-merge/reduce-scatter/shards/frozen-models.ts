import type { ShardedRule } from '../../../averaging/index.js'
import type { Layout } from '../../../model/index.js'
import {
  decodeFloat64,
  DIGEST_BYTES,
  digestOfLeaves,
  encodeFloat64,
  leafAt,
  leafOf,
  verifyChunk,
  type Sha256,
} from '../../../wire/index.js'
import type { Chunking } from './chunking.js'

/** A frozen model, as its owner holds it. */
export interface Frozen {
  readonly weights: Float32Array
  /** Of its chunks, and of the summary where the rule has one. */
  readonly leaves: Uint8Array
  readonly summary: Uint8Array
  /** Root over the leaves: what is committed to. */
  readonly digest: string
}

/** A frozen model of another, as far as it is known. */
interface Foreign {
  readonly leaves: Uint8Array
  readonly summary: Uint8Array
  readonly pieces: Map<number, Float32Array>
  sketch: Sketch | undefined
}

/** What the owner of a model says of it: one number per chunk. */
export interface Sketch {
  readonly seed: number
  readonly values: Float64Array
}

/** A model in a roster: whose, and what was committed to. */
export interface Committed {
  readonly id: string
  readonly digest: string
}

export interface FrozenModelsConfig {
  readonly self: string
  readonly layout: Layout
  readonly rule: ShardedRule
  readonly sha256: Sha256
  readonly chunking: Chunking
}

/** The own frozen model, and what was fetched of others', each part checked against what its owner committed to. */
export class FrozenModels {
  private mine: Frozen | undefined
  private readonly foreign = new Map<string, Foreign>()

  constructor(private readonly config: FrozenModelsConfig) {}

  get own(): Frozen | undefined {
    return this.mine
  }

  /** See `ShardStore.freeze`. */
  freeze(weights: Float32Array, chunkLeaves: Uint8Array): Frozen {
    const { rule, layout, sha256 } = this.config
    const summary = rule.summarise ? encodeFloat64(rule.summarise(layout, weights)) : new Uint8Array(0)
    const leaves = rule.summarise ? concat(chunkLeaves, leafOf(summary, sha256)) : chunkLeaves
    this.mine = { weights, leaves, summary, digest: digestOfLeaves(leaves, sha256) }
    // Of a call that was given up. Who is still in this one gives its chunks again.
    this.foreign.clear()
    return this.mine
  }

  hasLeaves(digest: string): boolean {
    return this.foreign.has(digest)
  }

  /** Whether this is what `digest` commits to; then it is kept. Takes the buffers over. */
  addLeaves(digest: string, leaves: Uint8Array, summary: Uint8Array): boolean {
    if (this.foreign.has(digest)) return true
    if (!this.isCommitted(digest, leaves, summary)) return false
    this.foreign.set(digest, { leaves, summary, pieces: new Map(), sketch: undefined })
    return true
  }

  private isCommitted(digest: string, leaves: Uint8Array, summary: Uint8Array): boolean {
    const { rule, layout, sha256, chunking } = this.config
    const hasSummary = rule.summarise !== undefined
    if (leaves.length !== (chunking.count + (hasSummary ? 1 : 0)) * DIGEST_BYTES) return false
    if (digestOfLeaves(leaves, sha256) !== digest) return false
    if (!hasSummary) return summary.length === 0
    const numbers = decodeFloat64(summary)
    if (!numbers || rule.isSummary?.(layout, numbers) === false) return false
    return verifyChunk(leafAt(leaves, chunking.count), summary, sha256)
  }

  /** Whether the bytes are the chunk of that model and finite; then they are copied. */
  addPiece(digest: string, chunk: number, data: Uint8Array): boolean {
    const { chunking, sha256 } = this.config
    const known = this.foreign.get(digest)
    if (!known || chunk >= chunking.count) return false
    if (!verifyChunk(leafAt(known.leaves, chunk), data, sha256)) return false
    const piece = chunking.decode(chunk, data)
    if (!piece) return false
    known.pieces.set(chunk, piece)
    return true
  }

  /** @param sketch taken over; of as many values as a model has chunks, or it is not kept. */
  addSketch(digest: string, sketch: Sketch): boolean {
    const known = this.foreign.get(digest)
    if (!known || sketch.values.length !== this.config.chunking.count) return false
    known.sketch = sketch
    return true
  }

  /** A chunk of another's model, if it was fetched. */
  fetched(digest: string, chunk: number): Float32Array | undefined {
    return this.foreign.get(digest)?.pieces.get(chunk)
  }

  /** A chunk of a model in the roster, if it is there: the own always is. */
  pieceOf({ id, digest }: Committed, chunk: number): Float32Array | undefined {
    return id === this.config.self
      ? this.config.chunking.viewOf(this.mine!.weights, chunk)
      : this.fetched(digest, chunk)
  }

  /** What the owner of a model has said of it; nobody is asked about the own. */
  sketchFrom({ id, digest }: Committed): Sketch | undefined {
    return id === this.config.self ? undefined : this.foreign.get(digest)?.sketch
  }

  /** What was committed to with a model's chunks; empty where the rule needs none, undefined while it is not there. */
  summaryOf({ id, digest }: Committed): Uint8Array | undefined {
    return (id === this.config.self ? this.mine : this.foreign.get(digest))?.summary
  }
}

const concat = (a: Uint8Array, b: Uint8Array): Uint8Array => {
  const both = new Uint8Array(a.length + b.length)
  both.set(a)
  both.set(b, a.length)
  return both
}
