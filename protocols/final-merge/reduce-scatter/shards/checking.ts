import { encodeFloat32 } from '../../../wire/index.js'
import type { Averages } from './averages.js'
import type { Chunking } from './chunking.js'
import type { Committed, FrozenModels } from './frozen-models.js'

/** What is compared: averages with the models that they should be of. */
export interface Compared {
  readonly models: FrozenModels
  readonly averages: Averages
  readonly chunking: Chunking
  /** Of the sketches. */
  readonly seed: number
}

/**
 * The chunks of others whose average does not fit the models' sketches, all of which are there, with a pause after each.
 * @returns undefined as soon as what is compared is not `isCurrent` any more.
 */
export function* findBad(
  compared: Compared,
  isCurrent: () => boolean,
): Generator<void, readonly number[] | undefined> {
  const { averages, chunking } = compared
  const bad: number[] = []
  for (let chunk = 0; chunk < chunking.count; chunk++) {
    if (!isCurrent()) return undefined
    if (averages.isMade(chunk)) continue
    if (!fitsSketches(compared, chunk)) bad.push(chunk)
    yield
  }
  return bad
}

const fitsSketches = (compared: Compared, chunk: number): boolean => {
  const { averages, chunking, seed } = compared
  const average = averages.of(chunk)!
  let expected = 0
  for (const model of averages.roster.models) expected += model.share * sketchIn(compared, model, chunk)
  const difference = Math.abs(chunking.sketch(seed, average, chunk) - expected)
  // Written so that NaN does not fit.
  return difference <= chunking.tolerance(seed, average, chunk)
}

/**
 * Where the piece of a model is there, its sketch is made here: whoever gave the average may have bent its sketch to
 * fit. Else a witness is believed before the owner.
 */
const sketchIn = (
  { models, averages, chunking, seed }: Compared,
  model: Committed,
  chunk: number,
): number => {
  const piece = models.pieceOf(model, chunk)
  if (piece) return chunking.sketch(seed, piece, chunk)
  const testimony = averages.ownerOf(chunk) === model.id ? averages.testimonyOf(chunk) : undefined
  return testimony?.seed === seed ? testimony.value : models.sketchFrom(model)!.values[chunk]!
}

/** Sketches of the owners' pieces that a witness vouches for, by rising chunk; NaN for one that it has not got. */
export const testimonyBy = (witness: string, { models, averages, chunking, seed }: Compared): Float64Array =>
  Float64Array.from(averages.witnessedBy(witness), (chunk) => {
    const piece = models.fetched(averages.ownerDigest(chunk), chunk)
    return piece ? chunking.sketch(seed, piece, chunk) : NaN
  })

/** Ids of those who said of a model's chunk, of which all pieces are there, what it is not. */
export const falseSketchesOf = (
  { models, averages, chunking, seed }: Compared,
  chunk: number,
): readonly string[] => {
  const all = averages.roster.models
  const owners = all.flatMap((model) => {
    const sketch = models.sketchFrom(model)
    // Where no sketches were asked for there may be one of an earlier attempt.
    if (sketch?.seed !== seed) return []
    // Two with one model: the sketch may be the other's.
    if (all.some(({ id, digest }) => digest === model.digest && id !== model.id)) return []
    const piece = models.pieceOf(model, chunk)!
    return sketch.values[chunk] === chunking.sketch(seed, piece, chunk) ? [] : [model.id]
  })
  const testimony = averages.testimonyOf(chunk)
  const piece = models.fetched(averages.ownerDigest(chunk), chunk)
  const isFalse = testimony?.seed === seed && piece && testimony.value !== chunking.sketch(seed, piece, chunk)
  return isFalse ? [...owners, averages.witnessOf(chunk)!] : owners
}

/** Unlike `===`, tells 0 from −0. */
export const sameBits = (a: Float32Array, b: Float32Array): boolean => {
  const x = encodeFloat32(a)
  const y = encodeFloat32(b)
  return x.length === y.length && x.every((byte, index) => byte === y[index])
}
