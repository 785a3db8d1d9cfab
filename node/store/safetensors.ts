import { endianness } from 'node:os'
import { z } from 'zod'
import { ModelError } from '../../protocols/errors.js'
import {
  assertFits,
  createLayout,
  firstNonFinite,
  type Layout,
  type TensorKind,
  type TensorSpec,
} from '../../protocols/model/index.js'
import { StoreError } from './errors.js'
import {
  ALIGNMENT_BYTES,
  FLOAT_BYTES,
  HEADER_BYTES_MAX,
  LENGTH_BYTES,
  malformed,
  METADATA_KEY,
  readHeader,
  type StoredTensor,
} from './safetensors-header.js'

/**
 * Weights in the safetensors format (https://github.com/huggingface/safetensors, "Format"): header length as 8 bytes
 * little-endian, JSON header padded with spaces, data. Left out: every dtype but F32, and empty tensors.
 */
export interface StoredWeights {
  readonly layout: Layout
  readonly weights: Float32Array
  /** Free text by key. {@link KINDS_KEY} is ours and is neither given nor taken here. */
  readonly metadata: Readonly<Record<string, string>>
}

/** Metadata key for the tensors whose kind differs from what their rank suggests: a JSON object, kind by name. */
export const KINDS_KEY = 'murmuration.kinds'

/**
 * The file as bytes, tensors in layout order. The weights are borrowed; the result is the caller's.
 * @throws StoreError NOT_FINITE; TOO_LARGE when names and metadata pass the header's bound; MALFORMED for a tensor
 *   called `__metadata__`.
 * @throws ModelError LENGTH_MISMATCH when the weights do not belong to the layout.
 */
export const encodeSafetensors = ({ layout, weights, metadata }: StoredWeights): Uint8Array => {
  assertFits(weights, layout)
  assertFinite(weights, layout)
  if (layout.entries.some(({ name }) => name === METADATA_KEY)) {
    throw malformed(`no tensor may be called ${METADATA_KEY}`)
  }
  const header = new TextEncoder().encode(headerOf(layout, metadata))
  const padded = Math.ceil(header.length / ALIGNMENT_BYTES) * ALIGNMENT_BYTES
  if (padded > HEADER_BYTES_MAX) {
    throw new StoreError(
      'TOO_LARGE',
      `names and metadata take ${padded} bytes, at most ${HEADER_BYTES_MAX} are allowed. Nothing was written; shorten them.`,
      { bytes: padded, max: HEADER_BYTES_MAX },
    )
  }
  const dataStart = LENGTH_BYTES + padded
  const bytes = new Uint8Array(dataStart + weights.byteLength)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(padded), true)
  bytes.fill(0x20, LENGTH_BYTES + header.length, dataStart)
  bytes.set(header, LENGTH_BYTES)
  bytes.set(new Uint8Array(weights.buffer, weights.byteOffset, weights.byteLength), dataStart)
  toLittleEndian(bytes.subarray(dataStart))
  return bytes
}

/**
 * Reads a whole file, tensors in the order of their offsets. Nothing in it is trusted. The bytes are borrowed; the
 * weights are a copy and the caller's.
 * @throws StoreError TRUNCATED, TOO_LARGE, MALFORMED, or NOT_FINITE with the name of the tensor.
 */
export const decodeSafetensors = (bytes: Uint8Array): StoredWeights => {
  const { tensors, metadata, dataStart } = readHeader(bytes)
  const { [KINDS_KEY]: kindsText, ...rest } = metadata
  const layout = layoutOf(tensors, kindsText)
  const weights = new Float32Array(layout.length)
  const data = new Uint8Array(weights.buffer)
  data.set(bytes.subarray(dataStart))
  toLittleEndian(data)
  assertFinite(weights, layout)
  return { layout, weights, metadata: rest }
}

/** Written piece by piece: as an object, tensors called "0" or "1" would come before all others. */
const headerOf = (layout: Layout, metadata: Readonly<Record<string, string>>): string => {
  const unusual = layout.entries.filter(({ kind, shape }) => kind !== usualKind(shape))
  const ours = unusual.length === 0 ? {} : { [KINDS_KEY]: jsonObject(unusual.map((e) => [e.name, e.kind])) }
  const all = Object.entries({ ...metadata, ...ours })
  return jsonObject([
    ...(all.length === 0 ? [] : [[METADATA_KEY, Object.fromEntries(all)] as const]),
    ...layout.entries.map(({ name, shape, offset, length }) => {
      const data_offsets = [offset * FLOAT_BYTES, (offset + length) * FLOAT_BYTES]
      return [name, { dtype: 'F32', shape, data_offsets }] as const
    }),
  ])
}

const jsonObject = (fields: readonly (readonly [string, unknown])[]): string =>
  `{${fields.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(',')}}`

const layoutOf = (tensors: readonly StoredTensor[], kindsText: string | undefined): Layout => {
  const kinds = parseKinds(kindsText)
  const specs = tensors.map(({ name, shape }): TensorSpec => {
    const kind = kinds.get(name) ?? usualKind(shape)
    kinds.delete(name)
    return { name, shape, kind }
  })
  if (kinds.size > 0) throw malformed(`${KINDS_KEY} names tensors that are not there`)
  try {
    return createLayout(specs)
  } catch (error) {
    if (error instanceof ModelError) throw malformed(error.message)
    throw error
  }
}

const kindsSchema = z.record(z.string(), z.enum(['kernel', 'bias', 'scale']))

const parseKinds = (text: string | undefined): Map<string, TensorKind> => {
  if (text === undefined) return new Map()
  try {
    return new Map(Object.entries(kindsSchema.parse(JSON.parse(text))))
  } catch {
    throw malformed(`${KINDS_KEY} is not a JSON object of kernel, bias or scale by tensor name`)
  }
}

const usualKind = (shape: readonly number[]): TensorKind => (shape.length >= 2 ? 'kernel' : 'bias')

const assertFinite = (weights: Float32Array, layout: Layout): void => {
  const index = firstNonFinite(weights)
  if (index === -1) return
  const entry = layout.entries.find(({ offset, length }) => index < offset + length)
  throw new StoreError(
    'NOT_FINITE',
    `tensor ${entry?.name} has ${weights[index]} at element ${index - (entry?.offset ?? 0)}. Nothing was saved or loaded; ` +
      'go back to an earlier model, and train with a smaller learning rate.',
    { tensor: entry?.name, index },
  )
}

/** Swaps in place on the few machines that are not little-endian. */
const toLittleEndian = (data: Uint8Array): void => {
  if (endianness() === 'BE') Buffer.from(data.buffer, data.byteOffset, data.byteLength).swap32()
}
