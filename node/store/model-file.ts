import { open } from 'node:fs/promises'
import { z } from 'zod'
import { limits } from '../../protocols/limits.js'
import type { Layout } from '../../protocols/model/index.js'
import { atomicWrite } from './atomic-write.js'
import { readFailure, StoreError } from './errors.js'
import {
  assertStatistics,
  separateStatistics,
  withStatistics,
  type ModelTensors,
} from './model-statistics.js'
import { FLOAT_BYTES, HEADER_BYTES_MAX, LENGTH_BYTES } from './safetensors-header.js'
import { decodeSafetensors, encodeSafetensors, type StoredWeights } from './safetensors.js'

/** What a saved model says about itself. */
export interface ModelMetadata {
  /** Model specification, as in the run configuration. */
  readonly model: string
  /** Height, width and channels of one example. */
  readonly inputShape: readonly [number, number, number]
  /** Classes that it tells apart. */
  readonly classes: number
  readonly runId: string
  /** Digest of the weights, 64 lower-case hex digits. Not checked here: the digest tree belongs to the wire. */
  readonly digest: string
  /** Peers whose weights are in it. */
  readonly peers: number
  /** Program and version: `murmuration 1.2.3`. */
  readonly createdBy: string
}

export interface SavedModel {
  readonly layout: Layout
  readonly weights: Float32Array
  /** Of the normalised channels, as evaluation takes them: mean and variance, interleaved. Undefined without any. */
  readonly statistics?: Float32Array | undefined
  readonly metadata: ModelMetadata
}

export interface LoadModelOptions {
  /** The layout that the model must have. By default any. */
  readonly layout?: Layout
  /** Elements of the statistics that the model must have, 0 for none. By default any. */
  readonly statisticsLength?: number
}

/** Version of the metadata below; raised when an older reader would misread it. */
const FORMAT = '1'
const PREFIX = 'murmuration.'
const FILE_BYTES_MAX = LENGTH_BYTES + HEADER_BYTES_MAX + limits.parametersMax * FLOAT_BYTES

const positive = z.number().int().positive().max(Number.MAX_SAFE_INTEGER)
const text = z.string().min(1).max(256)
const metadataSchema = z.object({
  model: text,
  inputShape: z.tuple([positive, positive, positive]),
  classes: positive,
  runId: text,
  digest: z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hex digits'),
  peers: positive,
  createdBy: text,
})
type Field = keyof ModelMetadata
const FIELDS = Object.keys(metadataSchema.shape) as readonly Field[]
/** Fields that the file holds as JSON; the others are text already. */
const JSON_FIELDS: readonly Field[] = ['inputShape', 'classes', 'peers']

/**
 * Saves a model as a `.safetensors` file, all or nothing. Its vectors are borrowed until the promise settles.
 * @throws StoreError as {@link atomicWrite} and {@link encodeSafetensors}; MALFORMED for metadata that no reader
 *   would accept.
 */
export const saveModel = async (path: string, model: SavedModel): Promise<void> => {
  const { metadata, ...tensors } = model
  const checked = parseMetadata(path, metadata)
  const fields = FIELDS.map((field) => {
    const value = checked[field]
    return [PREFIX + field, typeof value === 'string' ? value : JSON.stringify(value)]
  })
  const stored = { [`${PREFIX}format`]: FORMAT, ...(Object.fromEntries(fields) as Record<string, string>) }
  await atomicWrite(path, encodeSafetensors({ ...withStatistics(tensors), metadata: stored }))
}

/**
 * Loads a model that {@link saveModel} wrote. Metadata of other programs is ignored.
 * @throws StoreError NOT_FOUND, UNREADABLE, as {@link decodeSafetensors}, MALFORMED when the metadata is missing
 *   or wrong, LAYOUT_MISMATCH when another layout was asked for, NO_STATISTICS when statistics were and there are none.
 */
export const loadModel = async (
  path: string,
  { layout: wanted, statisticsLength }: LoadModelOptions = {},
): Promise<SavedModel> => {
  const bytes = await readBounded(path, FILE_BYTES_MAX)
  const { metadata: stored, layout, weights, statistics } = decodeNamed(path, bytes)
  if (stored[`${PREFIX}format`] !== FORMAT) throw notOurs(path, stored[`${PREFIX}format`])
  const fields = FIELDS.map((field) => {
    const value = stored[PREFIX + field]
    return [field, JSON_FIELDS.includes(field) ? fromJson(value) : value]
  })
  const metadata = parseMetadata(path, Object.fromEntries(fields))
  if (wanted !== undefined && wanted.fingerprint !== layout.fingerprint) {
    throw new StoreError(
      'LAYOUT_MISMATCH',
      `${path} holds ${metadata.model} with ${layout.length} weights, not the model asked for with ${wanted.length}. ` +
        'Nothing was loaded; name the model that the file was saved from.',
      { path, expected: wanted.fingerprint, actual: layout.fingerprint },
    )
  }
  if (statisticsLength !== undefined) assertStatistics(path, statistics, statisticsLength)
  return { layout, weights, ...(statistics ? { statistics } : {}), metadata }
}

/**
 * The whole file, unless it is larger than `bytesMax`.
 * @throws StoreError NOT_FOUND, UNREADABLE or TOO_LARGE.
 */
export const readBounded = async (path: string, bytesMax: number): Promise<Uint8Array> => {
  try {
    const file = await open(path, 'r')
    try {
      const { size } = await file.stat()
      if (size <= bytesMax) return await file.readFile()
      throw new StoreError(
        'TOO_LARGE',
        `${path} has ${size} bytes, at most ${bytesMax} are allowed. Nothing was loaded; check that it is the right file.`,
        { path, bytes: size, max: bytesMax },
      )
    } finally {
      await file.close()
    }
  } catch (error) {
    throw readFailure(path, error)
  }
}

/** Decodes, and says which file is wrong. */
const decodeNamed = (path: string, bytes: Uint8Array): ModelTensors & Pick<StoredWeights, 'metadata'> => {
  try {
    const { metadata, ...tensors } = decodeSafetensors(bytes)
    return { ...separateStatistics(tensors), metadata }
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    const details = { ...error.details, path }
    throw new StoreError(error.code, `${path}: ${error.message}`, details, { cause: error })
  }
}

const parseMetadata = (path: string, value: unknown): ModelMetadata => {
  const parsed = metadataSchema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new StoreError(
    'MALFORMED',
    `the metadata of ${path} does not describe a model: ${z.prettifyError(parsed.error)}. Nothing was saved or loaded.`,
    { path },
    { cause: parsed.error },
  )
}

const notOurs = (path: string, format: string | undefined): StoreError =>
  new StoreError(
    'MALFORMED',
    format === undefined
      ? `${path} is a safetensors file, but not one that Murmuration saved. Nothing was loaded.`
      : `${path} has metadata of version ${format.slice(0, 20)}, this program reads ${FORMAT}. Nothing was loaded; update the program.`,
    { path, format },
  )

const fromJson = (value: string | undefined): unknown => {
  try {
    return value === undefined ? undefined : (JSON.parse(value) as unknown)
  } catch {
    return value
  }
}
