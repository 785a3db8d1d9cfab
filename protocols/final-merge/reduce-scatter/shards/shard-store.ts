import type { ShardedRule } from '../../../averaging/index.js'
import { referenceKernels } from '../../../kernels/index.js'
import type { Layout } from '../../../model/index.js'
import { encodeFloat32, type Sha256 } from '../../../wire/index.js'
import type { MergeDuty, MergeRoster } from '../../contract.js'
import { assembleInto, canFinish, combine, type Parts } from './assembling.js'
import { Averages, type Testimonies } from './averages.js'
import { falseSketchesOf, findBad, sameBits, testimonyBy } from './checking.js'
import { createChunking, type Chunking, type MergeKernels } from './chunking.js'
import { FrozenModels, type Frozen } from './frozen-models.js'

/** Averages of earlier rosters that are still served: others may be an attempt behind. */
const ROSTERS_KEPT = 2

export interface ShardStoreConfig {
  readonly self: string
  readonly layout: Layout
  readonly chunkBytes: number
  readonly rule: ShardedRule
  readonly sha256: Sha256
  /** All give the same bits. @default plain code */
  readonly kernels?: MergeKernels | undefined
}

/**
 * What a peer holds of the models in a merge, and the arithmetic on it: pieces of frozen models, checked against what
 * their owners committed to, and averaged chunks. About three models: its own chunks of all others, the average, the
 * result.
 */
export class ShardStore {
  private readonly chunking: Chunking
  private readonly models: FrozenModels
  /** The newest first. */
  private averages: readonly Averages[] = []

  constructor(private readonly config: ShardStoreConfig) {
    const { self, layout, chunkBytes, rule, sha256, kernels = referenceKernels } = config
    this.chunking = createChunking(layout, { chunkBytes, kernels })
    this.models = new FrozenModels({ self, layout, rule, sha256, chunking: this.chunking })
  }

  /** Chunks of a model. */
  get chunks(): number {
    return this.chunking.count
  }

  // Frozen models

  /**
   * What is committed to, from the leaves of the weights' chunks. Borrows the weights, which must not change any more.
   * Others' models are forgotten.
   */
  freeze(weights: Float32Array, chunkLeaves: Uint8Array): Frozen {
    return this.models.freeze(weights, chunkLeaves)
  }

  get frozen(): Frozen | undefined {
    return this.models.own
  }

  /** A part of the own frozen model, or of any vector of the layout. A view. */
  chunkOf(weights: Float32Array, chunk: number): Float32Array {
    return this.chunking.viewOf(weights, chunk)
  }

  hasLeaves(digest: string): boolean {
    return this.models.hasLeaves(digest)
  }

  /** Whether this is what `digest` commits to; then it is kept. Takes the buffers over. */
  addLeaves(digest: string, leaves: Uint8Array, summary: Uint8Array): boolean {
    return this.models.addLeaves(digest, leaves, summary)
  }

  hasPiece(digest: string, chunk: number): boolean {
    return this.models.fetched(digest, chunk) !== undefined
  }

  /** Whether the bytes are the chunk of that model and finite; then they are copied. */
  addPiece(digest: string, chunk: number, data: Uint8Array): boolean {
    return this.models.addPiece(digest, chunk, data)
  }

  /** @param values one per chunk; taken over. */
  addSketch(digest: string, seed: number, values: Float64Array): boolean {
    return this.models.addSketch(digest, { seed, values })
  }

  /** Of one chunk of the own frozen model. */
  sketchOf(seed: number, chunk: number): number {
    return this.chunking.sketch(seed, this.chunkOf(this.frozen!.weights, chunk), chunk)
  }

  /** Of the own frozen model, chunk by chunk. */
  sketch(seed: number): Float64Array {
    return Float64Array.from({ length: this.chunks }, (_, chunk) => this.sketchOf(seed, chunk))
  }

  // Averages over a roster

  begin(roster: MergeRoster, duties: readonly MergeDuty[] = []): void {
    this.averages = [new Averages(roster, duties), ...this.averages].slice(0, ROSTERS_KEPT)
  }

  /** What averages are over now; undefined before the first `begin`. */
  get roster(): MergeRoster | undefined {
    return this.averages[0]?.roster
  }

  /** Whether this is what averages are over now. */
  hasRoster(digest: string): boolean {
    return this.averages[0]?.roster.digest === digest
  }

  /** Whether averages over it are, or could be, served. */
  knowsRoster(digest: string): boolean {
    return this.averagesOver(digest) !== undefined
  }

  /** Whether this peer averages the chunk anyway, without being asked. */
  isOwner(roster: string, chunk: number): boolean {
    return this.averagesOver(roster)?.ownerOf(chunk) === this.config.self
  }

  /** Averages one chunk: the pieces of all models in the roster are there. */
  reduce(chunk: number): void {
    this.current.make(chunk, combine(this.parts, chunk))
  }

  /** Whether the bytes can be an averaged chunk; then they are copied. Whether they are the right one is another matter. */
  addAverage(roster: string, chunk: number, data: Uint8Array): boolean {
    const average = chunk < this.chunks ? this.chunking.decode(chunk, data) : undefined
    const averages = this.averagesOver(roster)
    if (!average || !averages) return false
    averages.take(chunk, average)
    return true
  }

  /** An averaged chunk that was made here, as bytes to serve: a view. */
  average(roster: string, chunk: number): Uint8Array | undefined {
    const averages = this.averagesOver(roster)
    return averages?.isMade(chunk) ? encodeFloat32(averages.of(chunk)!) : undefined
  }

  /** Sketches of the owners' pieces that this peer vouches for, by rising chunk; NaN for one that it has not got. */
  testimony(roster: string, seed: number): Float64Array | undefined {
    const averages = this.averagesOver(roster)
    return averages && testimonyBy(this.config.self, { ...this.parts, averages, seed })
  }

  /** @returns the chunks that `from` vouches for now; undefined when there are not as many numbers as it has duties. */
  addTestimony(roster: string, said: Testimonies): readonly number[] | undefined {
    const averages = this.averagesOver(roster)
    return averages ? averages.addTestimonies(said) : []
  }

  // Are they right?

  /** The chunks of others whose average does not fit the models' sketches, all of which are there. */
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
  checking(seed: number): Generator<void, readonly number[] | undefined> {
    const { current, frozen } = this
    const isCurrent = (): boolean => this.current === current && this.frozen === frozen
    return findBad({ ...this.parts, seed }, isCurrent)
  }

  /** Averages a chunk again, puts it in place of a wrong one, and compares the sketches with the pieces. */
  judge(chunk: number, seed: number): { readonly wrong: boolean; readonly falseSketches: readonly string[] } {
    const right = combine(this.parts, chunk)
    const wrong = !sameBits(right, this.current.of(chunk)!)
    this.current.make(chunk, right)
    return { wrong, falseSketches: falseSketchesOf({ ...this.parts, seed }, chunk) }
  }

  // The result

  /** The result, all averages being there. @returns `out`. */
  assemble(out: Float32Array): Float32Array {
    return assembleInto(out, this.parts)
  }

  /**
   * Puts into `out` what the averages at hand amount to, verified or not: a result that others agreed on has to be read
   * only where it differs.
   * @returns the chunks that are filled. None while averages are missing, where the rule does something to the whole.
   */
  draft(out: Float32Array): readonly number[] {
    if (this.averages.length === 0 || (this.config.rule.finish && !canFinish(this.parts))) return []
    assembleInto(out, this.parts)
    return [...this.current.all().keys()]
  }

  private get current(): Averages {
    return this.averages[0]!
  }

  private averagesOver(roster: string): Averages | undefined {
    return this.averages.find((averages) => averages.roster.digest === roster)
  }

  private get parts(): Parts {
    const { models, current, chunking } = this
    const { rule, layout } = this.config
    return { models, averages: current, chunking, rule, layout }
  }
}
