import type { Connection } from '@libp2p/interface'
import type { Limits } from '../../protocols/limits.js'
import { createDeadline, reasonOrError, within } from './deadline.js'
import { asExchangeError, NetworkError } from './errors.js'
import { createNeighbourStreams, type NeighbourStream } from './neighbour-streams.js'
import type { Tally } from './tally.js'

export interface ExchangesDeps {
  /** An admitted connection to the peer: the open one, or a fresh dial. */
  readonly connect: (peerId: string, signal: AbortSignal) => Promise<Connection>
  readonly limits: Limits
  readonly tally: Tally
  /** Aborts when the network stops. */
  readonly stopped: AbortSignal
  readonly onFault: (peerId: string, code: string, message: string) => void
}

/** Requests and replies with neighbours, over one protocol: one exchange at a time with each. */
export interface Exchanges<Request> {
  /**
   * @param what completes the sentence "… from PEER did not finish within".
   * @throws NetworkError or WireError; the stream is then closed and the next exchange opens a fresh one.
   */
  run<T>(
    options: {
      readonly from: string
      readonly what: string
      readonly signal?: AbortSignal | undefined
      /** Milliseconds, at most `limits.exchangeTimeoutMs`. @default that */
      readonly timeoutMs?: number | undefined
    },
    exchange: (stream: NeighbourStream<Request>, signal: AbortSignal) => Promise<T>,
  ): Promise<T>
  stop(): void
}

export const createExchanges = <Request>({
  connect,
  limits,
  tally,
  stopped,
  onFault,
  protocol,
  encode,
}: ExchangesDeps & {
  readonly protocol: string
  readonly encode: (request: Request) => Uint8Array
}): Exchanges<Request> => {
  const streams = createNeighbourStreams({ protocol, encode, limits, tally })
  /** The exchange under way with each neighbour; the next one waits for it. */
  const turns = new Map<string, Promise<unknown>>()
  let active = 0

  return {
    async run({ from, what, signal: caller, timeoutMs = limits.exchangeTimeoutMs }, exchange) {
      if (active >= limits.pullsMax) {
        throw new NetworkError(
          'BUSY',
          `${active} pulls are under way, the most allowed; nothing was asked. Wait for one to end.`,
        )
      }
      active++
      const { signal, clear } = createDeadline({
        what: `${what} from ${from}`,
        timeoutMs: Math.min(timeoutMs, limits.exchangeTimeoutMs),
        signals: [caller, stopped],
      })
      const previous = turns.get(from) ?? Promise.resolve()
      const turn = (async () => {
        await within(previous, signal)
        try {
          return await exchange(await streams.to(from, () => connect(from, signal), signal), signal)
        } catch (error) {
          streams.drop(from)
          throw asExchangeError(reasonOrError(signal, error), from)
        }
      })()
      const quiet = previous.then(() => turn).catch(() => undefined)
      turns.set(from, quiet)
      try {
        return await turn
      } catch (error) {
        const { code, message } = asExchangeError(error, from)
        if (code !== 'STOPPED') onFault(from, code, message)
        throw error
      } finally {
        clear()
        active--
        if (turns.get(from) === quiet) turns.delete(from)
      }
    },
    stop: () => streams.stop(),
  }
}
