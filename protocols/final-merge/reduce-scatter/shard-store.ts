import type { ShardedRule } from '../../averaging/index.js'
import { WireError } from '../../errors.js'
import { firstNonFinite, type Layout } from '../../model/index.js'
import {
  chunkCount,
  chunkRange,
  decodeFloat32Into,
  decodeFloat64,
  DIGEST_BYTES,
  digestOfLeaves,
  encodeFloat32,
  encodeFloat64,
  FLOAT32_BYTES,
  leafAt,
  leafOf,
  verifyChunk,
  type Sha256,
} from '../../wire/index.js'
import type { MergeDuty, MergeRoster } from '../contract.js'
import { sketchOf, toleranceOf } from './sketch.js'

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
  sketch: { readonly seed: number; readonly values: Float64Array } | undefined
}

/** Averaged chunks over one roster. */
interface Averages {
  readonly roster: MergeRoster
  /** By chunk; none where nobody vouches for anybody. */
  readonly duties: readonly MergeDuty[]
  /** What witnesses said of the owners' pieces, by chunk. */
  readonly testimonies: Map<number, { readonly seed: number; readonly value: number }>
  readonly chunks: Map<number, Float32Array>
  /** Those that were averaged here. What came from others may be wrong, and is not passed on. */
  readonly made: Set<number>
}

/** Averages of earlier rosters that are still served: others may be an attempt behind. */
const ROSTERS_KEPT = 2

/**
 * What a peer holds of the models in a merge, and the arithmetic on it: pieces of frozen models, checked against what
 * their owners committed to, and averaged chunks. About three models: its own chunks of all others, the average, the
 * result.
 */
export class ShardStore {
  private own: Frozen | undefined
  private readonly foreign = new Map<string, Foreign>()
  private averages: readonly Averages[] = []
  readonly chunks: number

  constructor(
    private readonly config: {
      readonly self: string
      readonly layout: Layout
      readonly chunkBytes: number
      readonly rule: ShardedRule
      readonly sha256: Sha256
    },
  ) {
    this.chunks = chunkCount(this.bytes, config.chunkBytes)
  }

  /** Bytes of the weights. */
  private get bytes(): number {
    return this.config.layout.length * FLOAT32_BYTES
  }

  /**
   * What is committed to, from the leaves of the weights' chunks. Borrows the weights, which must not change any more.
   * Others' models are forgotten.
   */
  freeze(weights: Float32Array, chunkLeaves: Uint8Array): Frozen {
    const { rule, layout, sha256 } = this.config
    const summary = rule.summarise ? encodeFloat64(rule.summarise(layout, weights)) : new Uint8Array(0)
    const leaves = rule.summarise ? concat(chunkLeaves, leafOf(summary, sha256)) : chunkLeaves
    this.own = { weights, leaves, summary, digest: digestOfLeaves(leaves, sha256) }
    // Of a call that was given up. Who is still in this one gives its chunks again.
    this.foreign.clear()
    return this.own
  }

  get frozen(): Frozen | undefined {
    return this.own
  }

  /** A part of the own frozen model, or of any vector of the layout. A view. */
  chunkOf(weights: Float32Array, chunk: number): Float32Array {
    const { start, end } = this.rangeOf(chunk)
    return weights.subarray(start / FLOAT32_BYTES, end / FLOAT32_BYTES)
  }

  hasLeaves(digest: string): boolean {
    return this.foreign.has(digest)
  }

  /** Whether this is what `digest` commits to; then it is kept. Takes the buffers over. */
  addLeaves(digest: string, leaves: Uint8Array, summary: Uint8Array): boolean {
    const { rule, layout, sha256 } = this.config
    if (this.foreign.has(digest)) return true
    const hasSummary = rule.summarise !== undefined
    if (leaves.length !== (this.chunks + (hasSummary ? 1 : 0)) * DIGEST_BYTES) return false
    if (digestOfLeaves(leaves, sha256) !== digest) return false
    if (hasSummary) {
      const numbers = decodeFloat64(summary)
      if (!numbers || rule.isSummary?.(layout, numbers) === false) return false
      if (!verifyChunk(leafAt(leaves, this.chunks), summary, sha256)) return false
    } else if (summary.length > 0) return false
    this.foreign.set(digest, { leaves, summary, pieces: new Map(), sketch: undefined })
    return true
  }

  hasPiece(digest: string, chunk: number): boolean {
    return this.foreign.get(digest)?.pieces.has(chunk) ?? false
  }

  /** Whether the bytes are the chunk of that model and finite; then they are copied. */
  addPiece(digest: string, chunk: number, data: Uint8Array): boolean {
    const known = this.foreign.get(digest)
    if (!known || chunk >= this.chunks) return false
    if (!verifyChunk(leafAt(known.leaves, chunk), data, this.config.sha256)) return false
    const piece = this.decode(chunk, data)
    if (!piece) return false
    known.pieces.set(chunk, piece)
    return true
  }

  /** @param values one per chunk; taken over. */
  addSketch(digest: string, seed: number, values: Float64Array): boolean {
    const known = this.foreign.get(digest)
    if (!known || values.length !== this.chunks) return false
    known.sketch = { seed, values }
    return true
  }

  /** Of one chunk of the own frozen model. */
  sketchOf(seed: number, chunk: number): number {
    return this.sketchPiece(seed, this.chunkOf(this.own!.weights, chunk), chunk)
  }

  /** Of the own frozen model, chunk by chunk. */
  sketch(seed: number): Float64Array {
    return Float64Array.from({ length: this.chunks }, (_, chunk) => this.sketchOf(seed, chunk))
  }

  begin(roster: MergeRoster, duties: readonly MergeDuty[] = []): void {
    this.averages = [
      {
        ...{ roster, duties, chunks: new Map<number, Float32Array>(), made: new Set<number>() },
        testimonies: new Map<number, { readonly seed: number; readonly value: number }>(),
      },
      ...this.averages,
    ].slice(0, ROSTERS_KEPT)
  }

  /** Sketches of the owners' pieces that this peer vouches for, by rising chunk; NaN for one that it has not got. */
  testimony(roster: string, seed: number): Float64Array | undefined {
    const averages = this.averages.find((candidate) => candidate.roster.digest === roster)
    if (!averages) return undefined
    return Float64Array.from(witnessedBy(averages, this.config.self), (chunk) => {
      const piece = this.foreign.get(ownerDigest(averages, chunk))?.pieces.get(chunk)
      return piece ? this.sketchPiece(seed, piece, chunk) : NaN
    })
  }

  /** @returns the chunks that `from` vouches for now; undefined when there are not as many numbers as it has duties. */
  addTestimony(
    roster: string,
    { from, seed, values }: { readonly from: string; readonly seed: number; readonly values: Float64Array },
  ): readonly number[] | undefined {
    const averages = this.averages.find((candidate) => candidate.roster.digest === roster)
    if (!averages) return []
    const chunks = witnessedBy(averages, from)
    if (chunks.length !== values.length) return undefined
    return chunks.filter((chunk, index) => {
      const value = values[index]!
      if (!Number.isFinite(value)) return false
      averages.testimonies.set(chunk, { seed, value })
      return true
    })
  }

  /** Whether this is what averages are over now. */
  hasRoster(digest: string): boolean {
    return this.averages[0]?.roster.digest === digest
  }

  /** Whether this peer averages the chunk anyway, without being asked. */
  isOwner(roster: string, chunk: number): boolean {
    const averages = this.averages.find((candidate) => candidate.roster.digest === roster)
    return averages?.duties[chunk]?.owner === this.config.self
  }

  /** Whether averages over it are, or could be, served. */
  knowsRoster(digest: string): boolean {
    return this.averages.some(({ roster }) => roster.digest === digest)
  }

  get roster(): MergeRoster {
    return this.current.roster
  }

  /** Averages one chunk: the pieces of all models in the roster are there. */
  reduce(chunk: number): void {
    this.current.chunks.set(chunk, this.combine(chunk))
    this.current.made.add(chunk)
  }

  /** Whether the bytes can be an averaged chunk; then they are copied. Whether they are the right one is another matter. */
  addAverage(roster: string, chunk: number, data: Uint8Array): boolean {
    const average = chunk < this.chunks ? this.decode(chunk, data) : undefined
    const averages = this.averages.find((candidate) => candidate.roster.digest === roster)
    if (!average || !averages) return false
    // The first stays, above all one that was made here: it is known who gave it.
    if (!averages.chunks.has(chunk)) averages.chunks.set(chunk, average)
    return true
  }

  /** An averaged chunk that was made here, as bytes to serve: a view. */
  average(roster: string, chunk: number): Uint8Array | undefined {
    const averages = this.averages.find((candidate) => candidate.roster.digest === roster)
    return averages?.made.has(chunk) ? encodeFloat32(averages.chunks.get(chunk)!) : undefined
  }

  /**
   * The chunks of others whose average does not fit the models' sketches, all of which are there. Where a piece of a
   * model is there, its sketch is made here: whoever gave the average may have bent its sketch to fit.
   */
  check(seed: number): readonly number[] {
    const checking = this.checking(seed)
    for (;;) {
      const { done, value } = checking.next()
      if (done) return value ?? []
    }
  }

  /**
   * The same with a pause after each chunk.
   * @returns undefined when another roster was begun or the own model was frozen anew meanwhile.
   */
  *checking(seed: number): Generator<void, readonly number[] | undefined> {
    const { current, own } = this
    const bad: number[] = []
    for (let chunk = 0; chunk < this.chunks; chunk++) {
      if (this.current !== current || this.own !== own) return undefined
      if (current.made.has(chunk)) continue
      const average = current.chunks.get(chunk)!
      const first = this.rangeOf(chunk).start / FLOAT32_BYTES
      let expected = 0
      for (const { id, digest, share } of this.roster.models)
        expected += share * this.sketchIn(chunk, { id, digest, seed })
      const difference = Math.abs(sketchOf(seed, average, first) - expected)
      // Written so that NaN is bad.
      if (!(difference <= toleranceOf(seed, average, first))) bad.push(chunk)
      yield
    }
    return bad
  }

  /** Averages a chunk again, puts it in place of a wrong one, and compares the sketches with the pieces. */
  judge(chunk: number, seed: number): { readonly wrong: boolean; readonly falseSketches: readonly string[] } {
    const right = this.combine(chunk)
    const given = this.current.chunks.get(chunk)!
    const wrong = !sameBits(right, given)
    if (wrong) this.current.chunks.set(chunk, right)
    this.current.made.add(chunk)
    const { models } = this.roster
    const falseSketches = models.flatMap(({ id, digest }) => {
      const known = this.foreign.get(digest)
      // Where no sketches were asked for there may be one of an earlier attempt.
      if (id === this.config.self || known?.sketch?.seed !== seed) return []
      // Two with one model: the sketch may be the other's.
      if (models.some((other) => other.digest === digest && other.id !== id)) return []
      return known.sketch.values[chunk] === this.sketchPiece(seed, known.pieces.get(chunk)!, chunk)
        ? []
        : [id]
    })
    return { wrong, falseSketches: [...falseSketches, ...this.falseWitness(chunk, seed)] }
  }

  /** The result, all averages being there. @returns `out`. */
  assemble(out: Float32Array): Float32Array {
    this.fill(out)
    return this.finish(out)
  }

  /**
   * Puts into `out` what the averages at hand amount to, verified or not: a result that others agreed on has to be read
   * only where it differs.
   * @returns the chunks that are filled. None while averages are missing, where the rule does something to the whole.
   */
  draft(out: Float32Array): readonly number[] {
    const { self, rule } = this.config
    const [averages] = this.averages
    if (!averages) return []
    const { models } = averages.roster
    const isSummarised = ({ id, digest }: { readonly id: string; readonly digest: string }): boolean =>
      id === self ? this.own !== undefined : this.foreign.has(digest)
    const canFinish = averages.chunks.size === this.chunks && models.every(isSummarised)
    if (rule.finish && !canFinish) return []
    this.fill(out)
    this.finish(out)
    return [...averages.chunks.keys()]
  }

  private fill(out: Float32Array): void {
    for (const [chunk, average] of this.current.chunks) {
      out.set(average, this.rangeOf(chunk).start / FLOAT32_BYTES)
    }
  }

  private finish(out: Float32Array): Float32Array {
    const { layout, rule } = this.config
    rule.finish?.(
      layout,
      out,
      this.roster.models.map(({ id, digest, share }) => {
        const summary =
          id === this.config.self && this.own ? this.own.summary : this.foreign.get(digest)!.summary
        return { share, summary: decodeFloat64(summary)! }
      }),
    )
    return out
  }

  private get current(): Averages {
    return this.averages[0]!
  }

  private rangeOf(chunk: number) {
    return chunkRange(chunk, { byteLength: this.bytes, chunkBytes: this.config.chunkBytes })
  }

  private combine(chunk: number): Float32Array {
    const { self, rule } = this.config
    const { models } = this.roster
    const pieces = models.map(({ id, digest }) =>
      id === self ? this.chunkOf(this.own!.weights, chunk) : this.foreign.get(digest)!.pieces.get(chunk)!,
    )
    return rule.combine(
      pieces,
      models.map(({ share }) => share),
    )
  }

  private falseWitness(chunk: number, seed: number): readonly string[] {
    const { testimonies, duties } = this.current
    const testimony = testimonies.get(chunk)
    const piece = this.foreign.get(ownerDigest(this.current, chunk))?.pieces.get(chunk)
    if (testimony?.seed !== seed || !piece) return []
    return testimony.value === this.sketchPiece(seed, piece, chunk) ? [] : [duties[chunk]!.witness!]
  }

  private sketchIn(
    chunk: number,
    { id, digest, seed }: { readonly id: string; readonly digest: string; readonly seed: number },
  ): number {
    if (id === this.config.self) return this.sketchOf(seed, chunk)
    const { pieces, sketch } = this.foreign.get(digest)!
    const piece = pieces.get(chunk)
    if (piece) return this.sketchPiece(seed, piece, chunk)
    const { duties, testimonies } = this.current
    const testimony = duties[chunk]?.owner === id ? testimonies.get(chunk) : undefined
    return testimony?.seed === seed ? testimony.value : sketch!.values[chunk]!
  }

  private sketchPiece(seed: number, piece: Float32Array, chunk: number): number {
    return sketchOf(seed, piece, this.rangeOf(chunk).start / FLOAT32_BYTES)
  }

  /** Undefined for bytes of another length, or that hold NaN or infinity. */
  private decode(chunk: number, data: Uint8Array): Float32Array | undefined {
    const { start, end } = this.rangeOf(chunk)
    if (data.byteLength !== end - start) return undefined
    const floats = new Float32Array(data.byteLength / FLOAT32_BYTES)
    try {
      decodeFloat32Into(data, floats, 0)
    } catch (error) {
      if (error instanceof WireError) return undefined
      throw error
    }
    return firstNonFinite(floats) < 0 ? floats : undefined
  }
}

/** The chunks of which a member is the witness, rising. */
const witnessedBy = ({ duties }: Averages, id: string): readonly number[] =>
  duties.flatMap(({ witness }, chunk) => (witness === id ? [chunk] : []))

/** Of the frozen model of a chunk's owner; empty where nobody has a duty. */
const ownerDigest = ({ roster, duties }: Averages, chunk: number): string =>
  roster.models.find(({ id }) => id === duties[chunk]?.owner)?.digest ?? ''

const sameBits = (a: Float32Array, b: Float32Array): boolean => {
  const x = encodeFloat32(a)
  const y = encodeFloat32(b)
  return x.length === y.length && x.every((byte, index) => byte === y[index])
}

const concat = (a: Uint8Array, b: Uint8Array): Uint8Array => {
  const both = new Uint8Array(a.length + b.length)
  both.set(a)
  both.set(b, a.length)
  return both
}
