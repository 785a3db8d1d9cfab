import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { ModelError } from '../errors.js'
import { limits } from '../limits.js'

/**
 * What a tensor is for, which decides how it is averaged: kernels (rank ≥ 2) may be variance-corrected,
 * biases and the scales of normalisation layers are plainly averaged. Running statistics are not exchanged
 * and so are not part of a layout.
 */
export type TensorKind = 'kernel' | 'bias' | 'scale'

export interface TensorSpec {
  readonly name: string
  readonly shape: readonly number[]
  readonly kind: TensorKind
}

export interface LayoutEntry extends TensorSpec {
  /** Elements before this tensor in the flat vector. */
  readonly offset: number
  /** Elements of this tensor. */
  readonly length: number
}

/** Where each tensor lies in one flat float32 vector. Two peers can mix weights only if their fingerprints are equal. */
export interface Layout {
  readonly entries: readonly LayoutEntry[]
  /** Elements of the whole vector. */
  readonly length: number
  /** SHA-256 over names, shapes and kinds in order, as 64 lower-case hex digits. */
  readonly fingerprint: string
}

/**
 * Lays tensors out one after the other, in the order given.
 * @throws ModelError LAYOUT_INVALID when a name repeats, a shape is not of positive integers, or a bound is passed.
 */
export const createLayout = (specs: readonly TensorSpec[]): Layout => {
  const entries: LayoutEntry[] = []
  const names = new Set<string>()
  let offset = 0
  if (specs.length === 0 || specs.length > limits.tensorsMax) {
    throw invalid(`a layout has 1 to ${limits.tensorsMax} tensors, not ${specs.length}`, {
      tensors: specs.length,
    })
  }
  for (const { name, shape, kind } of specs) {
    if (name === '' || name.length > limits.tensorNameMax || names.has(name)) {
      throw invalid(`tensor name ${JSON.stringify(name.slice(0, 80))} is empty, too long or used twice`, {
        name,
      })
    }
    if (shape.length > limits.rankMax || shape.some((size) => !Number.isSafeInteger(size) || size < 1)) {
      throw invalid(`tensor ${name} has shape [${shape.join(', ')}]: sizes must be positive integers`, {
        name,
        shape,
      })
    }
    const length = shape.reduce((product, size) => product * size, 1)
    if (offset + length > limits.parametersMax) {
      throw invalid(`more than ${limits.parametersMax} parameters`, { name, length })
    }
    names.add(name)
    entries.push(Object.freeze({ name, shape: Object.freeze([...shape]), kind, offset, length }))
    offset += length
  }
  const text = entries.map(({ name, shape, kind }) => JSON.stringify([name, shape, kind])).join('\n')
  return Object.freeze({
    entries: Object.freeze(entries),
    length: offset,
    fingerprint: bytesToHex(sha256(utf8ToBytes(text))),
  })
}

/** The part of a flat vector that holds one tensor. A view: it shares the vector's memory. */
export const tensorOf = (weights: Float32Array, entry: LayoutEntry): Float32Array =>
  weights.subarray(entry.offset, entry.offset + entry.length)

/** @throws ModelError LENGTH_MISMATCH when the vector does not belong to the layout. */
export const assertFits = (weights: Float32Array, layout: Layout): void => {
  if (weights.length !== layout.length) {
    throw new ModelError(
      'LENGTH_MISMATCH',
      `expected ${layout.length} weights, got ${weights.length}; nothing was changed. Both sides must use the same model.`,
      { expected: layout.length, actual: weights.length },
    )
  }
}

const invalid = (message: string, details: Record<string, unknown>): ModelError =>
  new ModelError('LAYOUT_INVALID', `not a usable layout: ${message}`, details)
