import {
  AUTO,
  createCodec,
  createCodecChoice,
  createHoldings,
  PLAIN_CODEC,
  type Candidate,
  type Codec,
  type CodecChoice,
} from '../../../protocols/codecs/index.js'
import { CodecError } from '../../../protocols/errors.js'
import { limits } from '../../../protocols/limits.js'
import type { Coder } from '../../codecs/index.js'
import { entropyStages } from '../../entropy/index.js'
import type { OfferedCodec, SnapshotReader } from '../../network/index.js'

export interface Reading extends SnapshotReader {
  /** Whether what is held of a sender lags behind its model, since it came as changes. */
  lags(sender: string): boolean
}

/**
 * Offers a codec to whoever is asked for a snapshot, and remembers what must be remembered.
 * @param codec a codec's name, or `auto`. @param length weights of the model.
 * @throws ConfigError BAD_VALUE, also when this Node lacks the codec's entropy stage
 */
export const createReading = ({
  codec: wanted,
  length,
  coder,
}: {
  readonly codec: string
  readonly length: number
  readonly coder: Pick<Coder, 'decode'>
}): Reading => {
  const holdings = createHoldings()
  const choices = wanted === AUTO ? createChoices(length) : undefined
  const fixed = choices ? [] : offersOf(wanted)
  return {
    offers: (from) =>
      choices
        ? choices.offersTo(from)
        : fixed.map((codec) => (codec.remembers ? { codec, held: holdings.of(from) } : { codec })),
    async decode({ from, codec, version, bytes, into, held, signal }) {
      try {
        await coder.decode({ spec: codec.spec, bytes, into, held }, signal)
        // Once the exchange was given up, another may have begun that offers what is held now.
        if (codec.remembers && !signal.aborted) holdings.keep(from, { version, weights: into })
      } catch (error) {
        const isForeign = error instanceof CodecError && error.code === 'FOREIGN_BASE'
        if (isForeign && !signal.aborted) holdings.forget(from)
        throw error
      }
    },
    onExchange(from, exchange) {
      if (!fixed.some(({ spec, remembers }) => remembers && spec === exchange.codec)) holdings.forget(from)
      choices?.to(from).observe(exchange)
    },
    onGaveUp: (from, exchange) => choices?.to(from).gaveUp(exchange),
    lags: (sender) => holdings.of(sender) !== undefined,
  }
}

/** What is asked for, and the same without an entropy stage for those who do not have it. */
const offersOf = (name: string): readonly Codec[] => {
  if (name === PLAIN_CODEC) return []
  const codec = createCodec(name, entropyStages)
  const [plain] = name.split('+') as [string]
  // With memory, two codecs would be two public copies; float32 needs no offer.
  if (codec.remembers || plain === name || plain === PLAIN_CODEC) return [codec]
  return [codec, createCodec(plain, entropyStages)]
}

/**
 * What `auto` chooses from, and milliseconds to encode and decode a million weights, where it begins. Measured, with
 * kernels: scripts/experiments/codecs/times.ts. Where the sender or this peer has none, plain code takes about twice as long:
 * learned of the codec in use, and for models of up to a million weights less than what a change has to save. Entropy stages
 * save 6 % of int8 for many times its time, and top-k changes what is mixed: neither is chosen without being asked for.
 */
const AUTO_CODECS = [
  { name: PLAIN_CODEC, encodeMs: 0, decodeMs: 0 },
  { name: 'float16', encodeMs: 7.6, decodeMs: 4.5 },
  { name: 'int8', encodeMs: 6.2, decodeMs: 4.8 },
] as const

/** One choice for each neighbour. */
const createChoices = (length: number) => {
  const millions = length / 1e6
  const codecs = new Map<string, Codec>(
    AUTO_CODECS.map(({ name }) => [name, createCodec(name, entropyStages)]),
  )
  const candidates: readonly Candidate[] = AUTO_CODECS.map(({ name, encodeMs, decodeMs }) => ({
    ...{ codec: name, bytes: codecs.get(name)!.bytesMax(length) },
    ...{ encodeMs: encodeMs * millions, decodeMs: decodeMs * millions },
  }))
  /** The one asked longest ago comes first, and is forgotten first. */
  const choices = new Map<string, CodecChoice>()
  const to = (peer: string): CodecChoice => {
    const choice = choices.get(peer) ?? createCodecChoice(candidates)
    choices.delete(peer)
    choices.set(peer, choice)
    if (choices.size > limits.membersMax) choices.delete(choices.keys().next().value!)
    return choice
  }
  return {
    to,
    offersTo(peer: string): readonly OfferedCodec[] {
      const { codec } = to(peer)
      return codec === PLAIN_CODEC ? [] : [{ codec: codecs.get(codec)! }]
    },
  }
}
