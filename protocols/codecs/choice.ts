/** A codec that may be chosen, and what it is thought to cost before it has been used. */
export interface Candidate {
  readonly codec: string
  /** Bytes of a model so encoded. */
  readonly bytes: number
  /** Milliseconds that encoding a model takes its sender, and decoding it the reader. */
  readonly encodeMs: number
  readonly decodeMs: number
}

/** How long one exchange took, in milliseconds, and what for. */
export interface Exchange {
  readonly codec: string
  /** Of the encoded weights. */
  readonly bytes: number
  /** From the request to the answer that describes the weights, without the wait for the encoder. */
  readonly roundTripMs: number
  /** Until all the weights were there. */
  readonly transferMs: number
  /**
   * That went by in the exchange: one where the first weights followed the answer unasked; two where they had to be asked
   * for, and then the second is part of `transferMs`.
   */
  readonly roundTrips: 1 | 2
  /** For the sender's encoder; 0 when somebody had asked before. */
  readonly waitedMs: number
  readonly decodeMs: number
}

/**
 * An exchange that was given up at its deadline. `unanswered`: nothing came so many milliseconds after the request.
 * `receiving`: `bytes` of the weights came in `transferMs`; `decodeMs` is 0. `decoding`: all came, and were decoded for
 * `decodeMs` without an end.
 */
export type GivenUp =
  | { readonly type: 'unanswered'; readonly codec: string; readonly elapsedMs: number }
  | ({ readonly type: 'receiving' | 'decoding' } & Exchange)

/** Which codec to ask one neighbour for. */
export interface CodecChoice {
  /** Of the next exchange. */
  readonly codec: string
  /** One ended well. */
  observe(exchange: Exchange): void
  /** One was given up that had at least half of its deadline for itself: what it did before that is part of no exchange. */
  gaveUp(exchange: GivenUp): void
}

/**
 * A less exact codec is taken when it needs less than this part of the time, and saves so many milliseconds. Guess: an
 * exchange runs beside the next local steps, where less is not felt. Without the second bound peers on one busy machine,
 * whose threads wait for each other now and then, had a tenth of their models as int8 or float16.
 */
const TAKEN = { below: 0.6, savedMs: 50 }
/** It is kept as long as this is so. Guess: links vary by less than what lies between the two. */
const KEPT = { below: 0.85, savedMs: 25 }
/** Exchanges in a row that must speak for the same other codec. The first is often slow on any link. Guess. */
const IN_A_ROW = 2
/**
 * Weight of the newest measurement in the running means, and of what a codec cost at first where it was not used. Guess:
 * three exchanges make two thirds of one.
 */
const NEWEST = 0.3
/** By how much the shortest round trip grows in each exchange, so that it follows a link that became slower. Guess. */
const ROUND_TRIP_GROWTH = 1.1
/** A transfer takes at least this part of itself for its bytes, however long the round trip in it seems. Guess. */
const TRANSFER_LEAST = 0.1
/** Part of the weights that counts as received at least, where none were: a link that stands still is not infinitely slow. Guess. */
const RECEIVED_LEAST = 0.1
/** Exchanges in a row without an answer after which the most exact codec is asked for, which waits least. Guess, as above. */
const UNANSWERED_MAX = 2
/** Bytes of a model in float32 up to which the first exchange is in it: at 1 Mbit/s they take 8 s. */
const PLAIN_FIRST_BYTES_MAX = 1_000_000

/**
 * Chooses by time: what an exchange takes is its round trips (as many as in the last with this neighbour, whatever the
 * codec), encoding, the bytes over the measured bandwidth, and decoding. Between equals the more exact codec wins: a less exact one must save 40 % of the time and 50 ms, and is left
 * again when it saves less than 15 % or 25 ms. In between nothing changes, and a change needs two exchanges in a row that
 * speak for it, so noise does not make the choice flap.
 *
 * What encoding and decoding cost is measured only of the codec in use. One measurement may be far off, since threads wait
 * for each other, so each exchange takes the costs of the others a step back to what they were thought to be at first: a
 * codec that was left is tried again.
 *
 * An exchange that was given up counts for what it was given up in: weights that came too slowly for the bandwidth, decoding
 * for the codec's cost, and the next is at once what then takes the least time; one without an answer for the cost of
 * encoding, and after two of them the most exact codec is asked for.
 *
 * Before it has measured: the most exact codec for a small model, which costs little on any link; the smallest for a
 * large one, since an exchange that misses its deadline brings nothing.
 * @param candidates the most exact first, each with fewer bytes than the one before; at least one.
 */
export const createCodecChoice = (candidates: readonly Candidate[]): CodecChoice => {
  const costs = candidates.map(({ encodeMs, decodeMs }) => ({ encodeMs, decodeMs }))
  const smallest = candidates.length - 1
  let current = candidates[0]!.bytes <= PLAIN_FIRST_BYTES_MAX ? 0 : smallest
  let msPerByte: number | undefined
  let roundTripMs = Infinity
  /** A neighbour lets the first weights follow its answers, in every codec, or it does not know how to. */
  let roundTrips = 1
  let wanted = current
  let inARow = 0
  let unanswered = 0

  /** @param used index of the candidate; −1 for another codec. */
  const learnCosts = (used: number, measured: Pick<Exchange, 'waitedMs' | 'decodeMs'>): void => {
    for (const [index, cost] of costs.entries()) {
      const { encodeMs, decodeMs } =
        index === used ? { encodeMs: measured.waitedMs, decodeMs: measured.decodeMs } : candidates[index]!
      cost.encodeMs = meanOf(cost.encodeMs, encodeMs)
      cost.decodeMs = meanOf(cost.decodeMs, decodeMs)
    }
  }

  const timeOf = (index: number): number =>
    roundTrips * roundTripMs +
    costs[index]!.encodeMs +
    candidates[index]!.bytes * msPerByte! +
    costs[index]!.decodeMs

  /** The one that the present measurements speak for. */
  const best = (): number => {
    let chosen = 0
    for (let next = 1; next <= smallest; next++) {
      const { below, savedMs } = next <= current ? KEPT : TAKEN
      const [shorter, longer] = [timeOf(next), timeOf(chosen)]
      if (shorter < below * longer && longer - shorter > savedMs) chosen = next
    }
    return chosen
  }

  const indexOf = (codec: string): number => candidates.findIndex((candidate) => candidate.codec === codec)

  /** @returns milliseconds a byte of this exchange. */
  const learnLink = ({
    bytes,
    transferMs,
    ...exchange
  }: Pick<Exchange, 'bytes' | 'roundTripMs' | 'transferMs' | 'roundTrips'>): number => {
    roundTripMs = Math.min(exchange.roundTripMs, ROUND_TRIP_GROWTH * roundTripMs)
    roundTrips = exchange.roundTrips
    const askingMs = (roundTrips - 1) * roundTripMs
    const measured = Math.max(transferMs - askingMs, TRANSFER_LEAST * transferMs) / bytes
    msPerByte = meanOf(msPerByte, measured)
    return measured
  }

  const failed = (exchange: Extract<GivenUp, { readonly type: 'receiving' | 'decoding' }>): void => {
    const used = indexOf(exchange.codec)
    const bytes = Math.max(exchange.bytes, RECEIVED_LEAST * (candidates[used] ?? candidates[0]!).bytes)
    const measured = learnLink({ ...exchange, bytes })
    const receiving = exchange.type === 'receiving'
    // What missed its deadline by its bytes says more than those before.
    if (receiving) msPerByte = Math.max(msPerByte!, measured)
    const decodeMs = (receiving && costs[used]?.decodeMs) || exchange.decodeMs
    learnCosts(used, { waitedMs: exchange.waitedMs, decodeMs })
    current = wanted = best()
    inARow = 0
  }

  return {
    get codec() {
      return candidates[current]!.codec
    },
    observe(exchange) {
      unanswered = 0
      learnLink(exchange)
      learnCosts(indexOf(exchange.codec), exchange)
      const now = best()
      inARow = now === wanted ? inARow + 1 : 1
      wanted = now
      if (inARow >= IN_A_ROW) current = now
    },
    gaveUp(exchange) {
      if (exchange.type !== 'unanswered') {
        unanswered = 0
        failed(exchange)
        return
      }
      const cost = costs[indexOf(exchange.codec)]
      // Float32 waits for no encoder.
      if (cost && cost.encodeMs > 0) cost.encodeMs = meanOf(cost.encodeMs, exchange.elapsedMs)
      unanswered += 1
      if (unanswered >= UNANSWERED_MAX) current = wanted = 0
    },
  }
}

const meanOf = (mean: number | undefined, newest: number): number =>
  mean === undefined ? newest : mean + NEWEST * (newest - mean)
