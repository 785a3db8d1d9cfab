import { limits } from '../../../protocols/limits.js'
import type { MergeMessage } from '../../../protocols/wire/types.js'
import type { Fetch, ShardStore } from '../../../protocols/final-merge/index.js'
import { referenceKernels } from '../../../protocols/kernels/index.js'
import { callsAnew, withMadeUpKeys, withoutMost, type Liar } from './calling-liar.js'
import { callsAlike, callsAtTheVote, callsByKeys, callsFarAhead, callsTwice } from './edge-liar.js'
import type { Lie } from './merge-scenario.js'

/** What a liar says when it hears something. */
export interface Echo {
  /** In whose name. */
  readonly from: string
  readonly message: MergeMessage
  /** Whom it tells. @default all */
  readonly to?: (index: number) => boolean
}

/** What a peer says and gives, as the one it goes to gets to see it. */
export interface Tongue {
  /** Undefined: it says nothing. */
  words(message: MergeMessage, to: number): MergeMessage | undefined
  /** What it says when it hears this, in its own name or with keys that it made up. */
  echo(heard: MergeMessage, from: string): readonly Echo[]
  /** Undefined: it gives none. */
  pieces(bytes: Uint8Array, to: number): Uint8Array | undefined
  averages(bytes: Uint8Array, to: number): Uint8Array
  /** @param of what it holds, and the seed of the sketch. */
  sketch(values: Float64Array, of: { readonly store: ShardStore; readonly seed: number }): Float64Array
  testimony(values: Float64Array): Float64Array
  /** Whether this peer answers at all; who asks is kept waiting else. */
  answers(to: number, what: Fetch['what']): boolean
  /** Whether it does so only when the one who asks has all but given up. */
  isLate(what: Fetch['what']): boolean
}

const honest: Tongue = {
  words: (message) => message,
  echo: () => [],
  pieces: (bytes) => bytes,
  averages: (bytes) => bytes,
  sketch: (values) => values,
  testimony: (values) => values,
  answers: () => true,
  isLate: () => false,
}

/** @param does undefined for an honest peer. */
export const tongueOf = (does: Lie | undefined, liar: Liar): Tongue => {
  switch (does) {
    case undefined:
      return honest
    case 'false-pieces':
      return { ...honest, pieces: altered }
    case 'false-pieces-to-some':
      return { ...honest, pieces: (bytes, to) => (to % 2 === 0 ? altered(bytes) : bytes) }
    case 'two-commitments':
      return {
        ...honest,
        words: (message, to) =>
          message.type === 'commitment' && to % 2 === 0
            ? { ...message, digest: flipped(message.digest) }
            : message,
      }
    case 'wrong-averages':
      return { ...honest, averages: altered }
    case 'wrong-averages-to-some':
      return { ...honest, averages: (bytes, to) => (to % 2 === 0 ? altered(bytes) : bytes) }
    case 'false-sketches':
      return { ...honest, sketch: raised }
    case 'false-testimony':
      return { ...honest, testimony: raised }
    case 'bent-sketches':
      return { ...honest, averages: altered, sketch: bent }
    case 'false-words':
      return {
        ...honest,
        words: (message) =>
          message.type === 'ready' || message.type === 'result'
            ? { ...message, digest: flipped(message.digest) }
            : message,
      }
    case 'small-rosters':
      return {
        ...honest,
        words: (message) =>
          message.type === 'roster' ? { ...message, entries: message.entries.slice(0, 1) } : message,
      }
    case 'mute':
      return { ...honest, answers: () => false }
    case 'keeps-from-some':
      return {
        ...honest,
        words: (message) => (message.type === 'ready' || message.type === 'result' ? undefined : message),
        pieces: (bytes, to) => (to < 2 ? undefined : bytes),
      }
    case 'keeps-from-one':
      return {
        ...honest,
        words(message) {
          if (message.type === 'ready' || message.type === 'result') return undefined
          return message.type === 'roster'
            ? { ...message, attempt: limits.mergeAttemptsMax, entries: [] }
            : message
        },
        pieces: (bytes, to) => (to < 1 ? undefined : bytes),
      }
    case 'hangs-for-one':
      return {
        ...honest,
        words: (message) => (message.type === 'ready' || message.type === 'result' ? undefined : message),
        answers: (to) => to > 0,
      }
    case 'hangs-for-averages':
      return { ...honest, answers: (_, what) => what !== 'reduced', isLate: (what) => what !== 'reduced' }
    case 'ready-too-early':
      return {
        ...honest,
        words: (message) => (message.type === 'ready' || message.type === 'result' ? undefined : message),
        echo: (message) => (message.type === 'ready' ? [{ from: liar.self, message }] : []),
        answers: (_, what) => what !== 'result',
      }
    case 'chooses-who-goes':
      return {
        ...honest,
        words: (message) =>
          message.type === 'roster' && message.attempt === 1
            ? { ...message, attempt: 2, entries: message.entries.slice(1) }
            : message,
        answers: (_, what) => what !== 'reduced',
        isLate: (what) => what !== 'reduced',
      }
    case 'calls-with-keys':
      return callsAnew(honest, liar, withMadeUpKeys)
    case 'calls-few':
      return callsAnew(honest, liar, withoutMost)
    case 'calls-far-ahead':
      return callsFarAhead(honest, liar)
    case 'calls-twice':
      return callsTwice(honest, liar)
    case 'calls-by-keys':
      return callsByKeys(honest, liar)
    case 'calls-alike':
      return callsAlike(honest, liar)
    case 'calls-at-the-vote':
      return callsAtTheVote(honest, liar)
  }
}

const raised = (values: Float64Array): Float64Array => values.map((value) => value + 1)

/** Sketches of a model whose average would be as altered as the chunks that this peer gave. */
const bent = (
  values: Float64Array,
  { store, seed }: { readonly store: ShardStore; readonly seed: number },
): Float64Array => {
  const { digest, models = [] } = store.roster ?? {}
  const own = models.find((model) => model.digest === store.frozen!.digest)
  return values.map((value, chunk) => {
    // Whoever has given no average, or left the roster, has nothing to hide.
    const average = digest === undefined ? undefined : store.average(digest, chunk)
    if (!average || !own) return value
    const right = new Float32Array(average.slice().buffer)
    const wrong = new Float32Array(altered(average).buffer)
    const first =
      (store.chunkOf(store.frozen!.weights, chunk).byteOffset - store.frozen!.weights.byteOffset) / 4
    return (
      value +
      (referenceKernels.sketch(seed, wrong, first) - referenceKernels.sketch(seed, right, first)) / own.share
    )
  })
}

/** The first float doubled, or made one. */
const altered = (bytes: Uint8Array): Uint8Array => {
  const copy = bytes.slice()
  const view = new DataView(copy.buffer)
  const value = view.getFloat32(0, true)
  view.setFloat32(0, value === 0 ? 1 : 2 * value, true)
  return copy
}

const flipped = (digest: string): string => (digest.startsWith('0') ? '1' : '0') + digest.slice(1)
