import type { Exchange, GivenUp } from '../../protocols/codecs/index.js'

/** As the sender says. */
interface Answer {
  readonly codec: string
  /** For its encoder. */
  readonly waitedMs: number
  /** Chunks of the weights that come without being asked for. */
  readonly following: number
}

/** Measures one exchange in which a model is pulled, as far as it goes. Each method but `received` once, in this order. */
export interface ExchangeTimes {
  /** The answer that describes the weights is there. */
  answered(answer: Answer): void
  /** So many more bytes of the weights are there. */
  received(bytes: number): void
  /** All are, not decoded yet. */
  complete(): void
  /** The model is there. */
  finished(): Exchange
  /** In place of any of the others: how far it went until its deadline; undefined when it had less than half of it for itself. */
  gaveUp(): GivenUp | undefined
}

/**
 * @param asked the codec that is asked for first.
 * @param sinceMs from when its deadline counts, by the same clock: the dial and the exchange before count towards it too.
 * @param timeoutMs until the deadline. @param nowMs a clock that never goes back; it is read at once.
 */
export const createExchangeTimes = ({
  asked,
  sinceMs,
  timeoutMs,
  nowMs,
}: {
  readonly asked: string
  readonly sinceMs: number
  readonly timeoutMs: number
  readonly nowMs: () => number
}): ExchangeTimes => {
  const askedMs = nowMs()
  let answer: (Answer & { readonly atMs: number }) | undefined
  let bytes = 0
  let completeMs: number | undefined

  const measured = ({ codec, waitedMs, following, atMs }: NonNullable<typeof answer>): Exchange => {
    const now = nowMs()
    return {
      ...{ codec, bytes, waitedMs },
      roundTripMs: Math.max(0, atMs - askedMs - waitedMs),
      transferMs: (completeMs ?? now) - atMs,
      roundTrips: following > 0 ? 1 : 2,
      decodeMs: completeMs === undefined ? 0 : now - completeMs,
    }
  }

  return {
    answered: (described) => void (answer = { ...described, atMs: nowMs() }),
    received: (more) => void (bytes += more),
    complete: () => void (completeMs = nowMs()),
    finished: () => measured(answer!),
    gaveUp() {
      if (askedMs - sinceMs > timeoutMs / 2) return undefined
      if (!answer) return { type: 'unanswered', codec: asked, elapsedMs: nowMs() - askedMs }
      return { type: completeMs === undefined ? 'receiving' : 'decoding', ...measured(answer) }
    },
  }
}
