import { performance } from 'node:perf_hooks'
import { CODEC_VERSION } from '../../protocols/codecs/index.js'
import { CodecError } from '../../protocols/errors.js'
import { decodeSnapshotReply, encodeSnapshotRequest } from '../../protocols/wire/index.js'
import type { PulledModel, PulledSnapshot, PullModelOptions, PullOptions } from './snapshot-contract.js'
import { within } from './deadline.js'
import { asWireError, readEncoded } from './encoded-snapshot.js'
import { NetworkError } from './errors.js'
import { createExchanges, type ExchangesDeps } from './exchanges.js'
import { expectReply, readPlain, type Exchanging } from './plain-snapshot.js'
import { PLAIN, SNAPSHOT_PROTOCOL } from './snapshot-server.js'
import type { Tally } from './tally.js'

export interface SnapshotClient {
  pull(options: PullOptions): Promise<PulledSnapshot | null>
  pullModel(options: PullModelOptions): Promise<PulledModel | null>
  stop(): void
}

/** Pulls snapshots from neighbours: the receiver asks for each chunk, so a fast sender cannot flood a slow reader. */
export const createSnapshotClient = (deps: ExchangesDeps): SnapshotClient => {
  const { limits, tally } = deps
  const exchanges = createExchanges({ ...deps, protocol: SNAPSHOT_PROTOCOL, encode: encodeSnapshotRequest })
  const what = 'pulling a snapshot'
  return {
    pull: async (options) => {
      const { from, into, layout, signal: caller } = options
      if (into && into.length !== layout.length)
        throw new RangeError(`memory for ${into.length} weights where the layout has ${layout.length}`)
      return exchanges.run({ from, what, signal: caller }, (stream, signal) =>
        pullOn({ stream, from, limits, signal }, options, tally),
      )
    },
    pullModel: ({ from, signal: caller, ...options }) =>
      exchanges.run({ from, what, signal: caller }, (stream, signal) =>
        pullModelOn({ stream, from, limits, signal }, options, tally),
      ),
    stop: () => exchanges.stop(),
  }
}

const pullOn = async (
  exchanging: Exchanging,
  options: PullOptions,
  tally: Tally,
): Promise<PulledSnapshot | null> => {
  const { stream, signal, from } = exchanging
  await stream.send(options.request, signal)
  const reply = decodeSnapshotReply(await stream.read(signal))
  if (reply.type === 'none') return null
  const pulled = await readPlain(expectReply(reply, ['manifest'], from), options, exchanging)
  tally.weights('received', PLAIN, { encoded: pulled.bytes.byteLength, plain: pulled.bytes.byteLength })
  return pulled
}

type ModelOptions = Omit<PullModelOptions, 'from' | 'signal'>

/** Tries a second time when the changes were to another model than the one that is held: then for a whole one. */
const pullModelOn = async (
  exchanging: Exchanging,
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
  exchanging: Exchanging,
  { newerThan, layout, reader }: ModelOptions,
  tally: Tally,
): Promise<PulledModel | null> => {
  const { stream, signal, from } = exchanging
  const offers = reader.offers(from)
  const accepts = offers.map(({ codec, held }) => ({
    ...{ name: codec.spec, version: CODEC_VERSION },
    ...(held === undefined ? {} : { held }),
  }))
  const askedMs = performance.now()
  try {
    await stream.send({ type: 'newest', newerThan, accepts }, signal)
    const reply = decodeSnapshotReply(await stream.read(signal))
    const answeredMs = performance.now()
    if (reply.type === 'none') return null
    const manifest = expectReply(reply, ['manifest', 'encoded'], from)
    const observed = (codec: string, bytes: number, waitedMs: number, receivedMs: number): void => {
      const roundTripMs = Math.max(0, answeredMs - askedMs - waitedMs)
      const transferMs = receivedMs - answeredMs
      const decodeMs = performance.now() - receivedMs
      tally.weights('received', codec, { encoded: bytes, plain: layout.length * 4 })
      reader.onExchange(from, { codec, bytes, roundTripMs, transferMs, waitedMs, decodeMs })
    }
    if (manifest.type === 'manifest') {
      const request = { type: 'newest', newerThan } as const
      const { head, weights, bytes } = await readPlain(manifest, { request, layout }, exchanging)
      observed(PLAIN, bytes.byteLength, 0, performance.now())
      return { head, weights, codec: PLAIN }
    }
    const encoded = await readEncoded(manifest, { offers, newerThan, layout }, exchanging)
    const receivedMs = performance.now()
    const { byteLength } = encoded.bytes
    const weights = await within(reader.decode(encoded), signal)
    observed(encoded.codec.spec, byteLength, manifest.waitedMs, receivedMs)
    return { head: manifest.head, weights, codec: encoded.codec.spec }
  } catch (error) {
    if (isTimeout(signal)) {
      const codec = offers[0]?.codec.spec ?? PLAIN
      reader.onGaveUp(from, { codec, elapsedMs: performance.now() - askedMs })
    }
    throw error
  }
}

const isTimeout = ({ reason }: AbortSignal): boolean =>
  reason instanceof NetworkError && reason.code === 'TIMED_OUT'
