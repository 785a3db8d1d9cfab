import { CodecError } from '../errors.js'
import { largestMagnitude } from './blocks.js'
import { checksumOf } from './checksum.js'
import type { Codec, CodecSource, DecodeOptions, Snapshot } from './contract.js'
import { HALF_OVERFLOW, halfBitsOf, halfValues } from './half.js'
import { selectLargest } from './select.js'
import { changesBytesMin, readFrame, wholeBytes, writeChanges, writeWhole } from './top-k-frame.js'

/**
 * Sends the weights that have changed most since they were last sent: those that differ most from the *public copy*, the
 * model as every reader that follows knows it. What is not sent stays in the difference and grows until it is: that is
 * the error feedback, and nothing else needs to be kept for it (CHOCO-SGD, Koloskova, Stich and Jaggi 2019,
 * arXiv 1902.00340, algorithm 2; EF21, Richtárik, Sokolov and Fatkhullin 2021, arXiv 2106.05203).
 *
 * Departures: new values are sent, not differences, so that a reader that skipped versions gets the union of what it
 * missed and holds the same bits as everyone; the copy moves only when somebody asks, and is in halves.
 * @param fraction of the weights that may change from one version to the next, above 0 to 1.
 */
export const topK = (fraction: number): Codec => ({
  spec: `top-k:${fraction}`,
  remembers: true,
  fixedSize: false,
  bytesMax: (length) => wholeBytes(length, { wide: true }),
  errorBound: (value) =>
    Math.abs(value) >= HALF_OVERFLOW ? 0 : Math.max(Math.abs(value) / 2 ** 11, 2 ** -25),
  weightsPerVersion(length) {
    const count = changesPerVersion(length, fraction)
    return changesBytesMin(count, { wide: false }) < wholeBytes(length, { wide: false }) ? count : length
  },
  createSource: (length) => createTopKSource(length, fraction),
  decode,
})

const decode = (bytes: Uint8Array, { length, held }: DecodeOptions): Float32Array<ArrayBuffer> => {
  const frame = readFrame(bytes, length)
  if (frame.type === 'whole') {
    if (checksumOf(frame.values) !== frame.checksum) throw foreignBase('a whole model', undefined)
    return frame.values
  }
  const { base, indices, values, checksum } = frame
  if (held?.version !== base || held.weights.length !== length) {
    throw foreignBase(`version ${base}`, held?.version)
  }
  const weights = new Float32Array(held.weights)
  for (let i = 0; i < indices.length; i++) weights[indices[i]!] = values[i]!
  if (checksumOf(weights) !== checksum) throw foreignBase(`another version ${base}`, held.version)
  return weights
}

const foreignBase = (meant: string, held: number | undefined): CodecError =>
  new CodecError(
    'FOREIGN_BASE',
    `the changes are not to what is held of this peer (meant: ${meant}, held: ${held ?? 'nothing'}); ` +
      'the snapshot is refused. Ask for the whole model.',
    { meant, held },
  )

const changesPerVersion = (length: number, fraction: number): number =>
  Math.max(1, Math.round(fraction * length))

/** Encodings of one version that are kept: readers hold the version before, or few others. Guess. */
const WRITTEN_MAX = 4

/**
 * Two numbers a weight, whatever the number of readers: the public copy, and when each element of it last changed. A
 * reader that holds version u needs the elements that changed after u.
 */
const createTopKSource = (length: number, fraction: number): CodecSource => {
  const copy = new Float32Array(length)
  /** Versions after `first` in which an element last changed. */
  const changedIn = new Uint32Array(length)
  const count = changesPerVersion(length, fraction)
  /** Versions between two times that newcomers are given all that is new: see `renew`. */
  const period = Math.ceil(1 / fraction)
  let first = NaN
  let version = NaN
  let renewedIn = NaN

  /** All of the snapshot: for the first reader, and for newcomers now and then. */
  const renew = (snapshot: Snapshot): void => {
    if (Number.isNaN(first)) first = snapshot.version
    for (let i = 0; i < length; i++) {
      const value = sendable(snapshot.weights[i]!)
      if (Object.is(value, copy[i])) continue
      copy[i] = value
      changedIn[i] = snapshot.version - first
    }
    version = renewedIn = snapshot.version
  }

  const advance = ({ version: to, weights }: Snapshot): void => {
    const differences = new Float32Array(length)
    for (let i = 0; i < length; i++) differences[i] = sendable(weights[i]!) - copy[i]!
    const bits = new Uint32Array(differences.buffer)
    const { thresholdBits, tiesTaken } = selectLargest(bits, count)
    let tiesLeft = tiesTaken
    for (let i = 0; i < length; i++) {
      const magnitude = bits[i]! & 0x7fff_ffff
      if (magnitude < thresholdBits || magnitude === 0) continue
      if (magnitude === thresholdBits && tiesLeft-- <= 0) continue
      copy[i] = sendable(weights[i]!)
      changedIn[i] = to - first
    }
    version = to
  }

  const countSince = (held: number): number => {
    let count = 0
    for (let i = 0; i < length; i++) if (changedIn[i]! > held - first) count += 1
    return count
  }
  const changesSince = (held: number, count: number): Uint32Array => {
    const indices = new Uint32Array(count)
    let next = 0
    for (let i = 0; i < length; i++) if (changedIn[i]! > held - first) indices[next++] = i
    return indices
  }

  /** Of the present version, by what the reader holds. */
  const written = new Map<number | undefined, Uint8Array>()
  const write = (held: number | undefined): Uint8Array => {
    const wide = !copy.every((value) => Math.abs(value) < HALF_OVERFLOW)
    if (held === undefined) return writeWhole(copy, wide)
    const count = countSince(held)
    // Most of a large model as changes would take several times its memory, to find that it is shorter as a whole.
    if (changesBytesMin(count, { wide }) >= wholeBytes(length, { wide })) return writeWhole(copy, wide)
    const changes = writeChanges(copy, { base: held, indices: changesSince(held, count), wide })
    return changes.byteLength < wholeBytes(length, { wide }) ? changes : writeWhole(copy, wide)
  }

  return {
    get publicCopy() {
      return Number.isNaN(first) ? undefined : copy
    },
    encode(snapshot, heldVersion) {
      if (snapshot.version < version) throw new RangeError('versions of a codec source never go back')
      largestMagnitude(snapshot.weights, 0, length)
      const follows = heldVersion !== undefined && heldVersion >= first && heldVersion <= version
      if (version !== snapshot.version) {
        written.clear()
        if (follows || snapshot.version - renewedIn < period) advance(snapshot)
        else renew(snapshot)
      }
      const held = follows ? heldVersion : undefined
      const bytes = written.get(held) ?? write(held)
      if (written.size < WRITTEN_MAX) written.set(held, bytes)
      return bytes
    },
  }
}

/** The nearest half; beyond halves the weight itself. */
const sendable = (weight: number): number =>
  Math.abs(weight) >= HALF_OVERFLOW ? weight : halfValues()[halfBitsOf(weight)]!
