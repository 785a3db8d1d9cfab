import { performance } from 'node:perf_hooks'
import { CODEC_VERSION, PLAIN_CODEC } from '../../protocols/codecs/index.js'
import { CodecError } from '../../protocols/errors.js'
import { decodeSnapshotReply, encodeSnapshotRequest, FLOAT32_BYTES } from '../../protocols/wire/index.js'
import type { PulledModel, PulledSnapshot, PullModelOptions, PullOptions } from './snapshot-contract.js'
import { within } from './deadline.js'
import { createExchangeTimes } from './exchange-times.js'
import { asWireError, readEncoded } from './encoded-snapshot.js'
import { NetworkError } from './errors.js'
import { createExchanges, type ExchangesDeps } from './exchanges.js'
import { expectReply, readPlain, type Exchanging } from './plain-snapshot.js'
import { SNAPSHOT_PROTOCOL } from './snapshot-server.js'
import type { Tally } from './tally.js'

export interface SnapshotClient {
  pull(options: PullOptions): Promise<PulledSnapshot | null>
  pullModel(options: PullModelOptions): Promise<PulledModel | null>
  stop(): void
}

/** Pulls snapshots from neighbours: the receiver asks for each chunk, so a fast sender cannot flood a slow reader. */
export const createSnapshotClient = (
  deps: ExchangesDeps & Pick<Exchanging, 'firstNonFinite'>,
): SnapshotClient => {
  const { limits, tally, firstNonFinite } = deps
  const exchanges = createExchanges({ ...deps, protocol: SNAPSHOT_PROTOCOL, encode: encodeSnapshotRequest })
  const what = 'pulling a snapshot'
  return {
    pull: async (options) => {
      const { from, into, layout, signal: caller } = options
      if (into && into.length !== layout.length)
        throw new RangeError(`memory for ${into.length} weights where the layout has ${layout.length}`)
      return exchanges.run({ from, what, signal: caller }, (stream, signal) =>
        pullOn({ stream, from, limits, signal, firstNonFinite }, options, tally),
      )
    },
    pullModel({ from, signal: caller, ...options }) {
      const startedMs = performance.now()
      return exchanges.run({ from, what, signal: caller }, (stream, signal) =>
        pullModelOn({ stream, from, limits, signal, firstNonFinite, startedMs }, options, tally),
      )
    },
    stop: () => exchanges.stop(),
  }
}

const pullOn = async (
  exchanging: Exchanging,
  options: PullOptions,
  tally: Tally,
): Promise<PulledSnapshot | null> => {
  const { stream, signal, from } = exchanging
  const { request, layout, into } = options
  await stream.send({ ...request, ahead: exchanging.limits.chunkWindow }, signal)
  const reply = decodeSnapshotReply(await stream.read(signal))
  if (reply.type === 'none') return null
  const vector = into && (() => into)
  const manifest = expectReply(reply, ['manifest'], from)
  const pulled = await readPlain(manifest, { request, layout, vector }, exchanging)
  const { byteLength } = pulled.bytes
  // Exact ones are of a merge.
  if (request.type === 'newest')
    tally.weights('received', PLAIN_CODEC, { encoded: byteLength, plain: byteLength })
  return pulled
}

/** With the time, by the monotonic clock, from which its deadline counts. */
type Pulling = Exchanging & { readonly startedMs: number }

type ModelOptions = Omit<PullModelOptions, 'from' | 'signal'>

/** Tries a second time when the changes were to another model than the one that is held: then for a whole one. */
const pullModelOn = async (
  exchanging: Pulling,
  options: ModelOptions,
  tally: Tally,
): Promise<PulledModel | null> => {
  try {
    return await pullModelOnce(exchanging, options, tally)
  } catch (error) {
    if (!(error instanceof CodecError && error.code === 'FOREIGN_BASE')) throw asWireError(error)
  }
  return pullModelOnce(exchanging, options, tally).catch((error: unknown) => {
    throw asWireError(error)
  })
}

const pullModelOnce = async (
  exchanging: Pulling,
  { newerThan, layout, reader, vector }: ModelOptions,
  tally: Tally,
): Promise<PulledModel | null> => {
  const { stream, signal, from, limits, startedMs } = exchanging
  const offers = reader.offers(from)
  const accepts = offers.map(({ codec, held }) => ({
    ...{ name: codec.spec, version: CODEC_VERSION },
    ...(held === undefined ? {} : { held: held.version }),
  }))
  const asked = offers[0]?.codec.spec ?? PLAIN_CODEC
  const times = createExchangeTimes({
    ...{ asked, sinceMs: startedMs, timeoutMs: limits.exchangeTimeoutMs },
    nowMs: () => performance.now(),
  })
  try {
    await stream.send({ type: 'newest', newerThan, accepts, ahead: limits.chunkWindow }, signal)
    const reply = decodeSnapshotReply(await stream.read(signal))
    if (reply.type === 'none') return null
    const manifest = expectReply(reply, ['manifest', 'encoded'], from)
    const isPlain = manifest.type === 'manifest'
    times.answered({
      codec: isPlain ? PLAIN_CODEC : manifest.codec,
      waitedMs: isPlain ? 0 : manifest.waitedMs,
      following: manifest.following ?? 0,
    })
    const reading = { ...exchanging, onBytes: (bytes: number) => times.received(bytes) }
    let weights: Float32Array
    if (isPlain) {
      const request = { type: 'newest', newerThan } as const
      ;({ weights } = await readPlain(manifest, { request, layout, vector }, reading))
      times.complete()
    } else {
      const encoded = await readEncoded(manifest, { offers, newerThan, layout, vector }, reading)
      times.complete()
      await within(reader.decode(encoded), signal)
      weights = encoded.into
    }
    const exchange = times.finished()
    const { codec, bytes } = exchange
    tally.weights('received', codec, { encoded: bytes, plain: layout.length * FLOAT32_BYTES })
    reader.onExchange(from, exchange)
    return { head: manifest.head, weights, codec }
  } catch (error) {
    const gaveUp = isTimeout(signal) ? times.gaveUp() : undefined
    if (gaveUp) reader.onGaveUp(from, gaveUp)
    throw error
  }
}

const isTimeout = ({ reason }: AbortSignal): boolean =>
  reason instanceof NetworkError && reason.code === 'TIMED_OUT'
