import type { Fetch, Fetched, MergeEvent, ShardStore } from '../../../protocols/final-merge/index.js'
import { digestOfBytes, encodeFloat32 } from '../../../protocols/wire/index.js'
import type { Tongue } from './liar.js'
import type { Answer, Request } from './merge-requests.js'
import type { Part } from './merging.js'
import type { SimulatedPeer } from './peer.js'
import type { Swarm } from './swarm.js'

/** What one peer gets of another's in a merge: as over the wire, checked chunk by chunk. */
export interface Fetching {
  fetch(peer: SimulatedPeer, fetch: Fetch): void
  /** All-to-all: a whole frozen model. */
  pullWhole(peer: SimulatedPeer, wanted: { readonly from: string; readonly digest: string }): void
  /** The peer has averaged another chunk: those who wait for it may have it. */
  serveWaiting(peer: SimulatedPeer): void
}

interface Given {
  readonly leaves?: { readonly leaves: Uint8Array; readonly summary: Uint8Array }
  readonly chunks: readonly { readonly chunk: number; readonly data: Uint8Array }[]
  readonly sketch?: Float64Array
  readonly testimony?: Float64Array | undefined
  readonly result?: Float32Array
}

/** When one that may not be blamed, but holds others up, answers. */
const LATE = 0.9
/** How long a source keeps those waiting who ask for an average that is not there: as real peers with a small model. */
const AVERAGE_WAIT = 5 / 6

export const createFetching = ({
  swarm,
  request,
  partOf,
  tongues,
  timeoutMs,
  handle,
  chunkBytes,
}: {
  readonly swarm: Swarm
  readonly request: Request
  readonly partOf: (peer: SimulatedPeer) => Part
  readonly tongues: readonly Tongue[]
  /** Until a request without an answer is given up. */
  readonly timeoutMs: number
  readonly handle: (peer: SimulatedPeer, event: MergeEvent) => void
  readonly chunkBytes: number
}): Fetching => {
  const { agenda, peers } = swarm
  const byId = new Map(peers.map((peer) => [peer.id, peer]))
  const waitMs = timeoutMs * AVERAGE_WAIT

  /** What the source has; undefined when it has not got it, or not yet. */
  const give = (
    source: SimulatedPeer,
    peer: SimulatedPeer,
    fetch: Fetch,
  ): Answer<Given | undefined> | undefined => {
    const { store, results } = partOf(source)
    const tongue = tongues[source.index]!
    const { frozen } = store
    if (fetch.what === 'result') {
      const result = results.get(fetch.digest)
      return result && { value: { chunks: [], result }, bytes: bytesToRead(partOf(peer).store, result) }
    }
    if (fetch.what === 'reduced') {
      const chunks = fetch.chunks.flatMap((chunk) => {
        const data = store.average(fetch.roster, chunk)
        return data ? [{ chunk, data: tongue.averages(data, peer.index) }] : []
      })
      return chunks.length < fetch.chunks.length ? undefined : answerOf({ chunks })
    }
    if (frozen?.digest !== fetch.digest) return undefined
    const leaves = { leaves: frozen.leaves, summary: frozen.summary }
    if (fetch.what === 'leaves') return answerOf({ leaves, chunks: [] })
    if (fetch.what === 'sketch') {
      const testimony = store.testimony(fetch.roster, fetch.seed)
      return answerOf({
        ...{
          leaves,
          chunks: [],
          sketch: tongue.sketch(store.sketch(fetch.seed), { store, seed: fetch.seed }),
        },
        testimony: testimony && tongue.testimony(testimony),
      })
    }
    const chunks = fetch.chunks.flatMap((chunk) => {
      const data = tongue.pieces(encodeFloat32(store.chunkOf(frozen.weights, chunk)), peer.index)
      return data ? [{ chunk, data }] : []
    })
    return chunks.length < fetch.chunks.length ? undefined : answerOf({ leaves, chunks })
  }

  const answer =
    (source: SimulatedPeer, peer: SimulatedPeer, fetch: Fetch) =>
    (reply: (answer: Answer<Given | undefined>) => void): void => {
      const tongue = tongues[source.index]!
      if (!tongue.answers(peer.index, fetch.what)) return
      const given = give(source, peer, fetch)
      if (given && tongue.isLate(fetch.what)) return agenda.plan(timeoutMs * LATE, () => reply(given))
      if (given) return reply(given)
      if (fetch.what !== 'reduced') return reply({ value: undefined, bytes: 0 })
      const retry = (): void => {
        const later = give(source, peer, fetch)
        if (later) reply(later)
      }
      partOf(source).waiting.push({ roster: fetch.roster, chunks: fetch.chunks, retry })
      agenda.plan(waitMs, () => reply(give(source, peer, fetch) ?? { value: undefined, bytes: 0 }))
      for (const chunk of fetch.chunks) handle(source, { type: 'wanted', chunk })
    }

  /** What the asker makes of it. */
  const take = (peer: SimulatedPeer, fetch: Fetch, given: Given): Pick<Fetched, 'arrived' | 'problem'> => {
    const { store, results } = partOf(peer)
    if (fetch.what === 'result') {
      const digest = digestOfBytes(encodeFloat32(given.result!), undefined, chunkBytes).digest
      if (digest !== fetch.digest) return { arrived: [], problem: 'false' }
      results.set(digest, given.result!)
      return { arrived: [] }
    }
    if (fetch.what === 'reduced') {
      const arrived = given.chunks.flatMap(({ chunk, data }) =>
        store.addAverage(fetch.roster, chunk, data) ? [chunk] : [],
      )
      return arrived.length < fetch.chunks.length ? { arrived, problem: 'false' } : { arrived }
    }
    const { leaves, summary } = given.leaves!
    if (!store.addLeaves(fetch.digest, leaves, summary)) return { arrived: [], problem: 'false' }
    if (fetch.what === 'leaves') return { arrived: [] }
    if (fetch.what === 'sketch') {
      const isSketch = store.addSketch(fetch.digest, fetch.seed, given.sketch!)
      const { from, roster, seed } = fetch
      const vouched = given.testimony && store.addTestimony(roster, { from, seed, values: given.testimony })
      if (isSketch && (!given.testimony || vouched)) return { arrived: vouched ?? [] }
      return isSketch ? { arrived: [] } : { arrived: [], problem: 'false' }
    }
    const arrived = given.chunks.flatMap(({ chunk, data }) =>
      store.addPiece(fetch.digest, chunk, data) ? [chunk] : [],
    )
    return arrived.length < fetch.chunks.length ? { arrived, problem: 'false' } : { arrived }
  }

  /** Of a key that a liar made up: nobody is there to answer. */
  const askNobody = (peer: SimulatedPeer, failed: MergeEvent): void => {
    const { incarnation } = peer
    agenda.plan(timeoutMs, () => {
      if (peer.incarnation === incarnation) handle(peer, failed)
    })
  }

  const serveWaiting = (peer: SimulatedPeer): void => {
    const part = partOf(peer)
    const waiting = part.waiting
    part.waiting = waiting.filter(({ roster, chunks }) =>
      chunks.some((chunk) => part.store.average(roster, chunk) === undefined),
    )
    for (const waiter of waiting) if (!part.waiting.includes(waiter)) waiter.retry()
  }

  return {
    fetch(peer, fetch) {
      const source = byId.get(fetch.from)
      if (!source)
        return askNobody(peer, { type: 'fetched', fetched: { fetch, arrived: [], problem: 'unreachable' } })
      let answered = false
      request<Given | undefined>(
        peer,
        source,
        (reply) =>
          answer(
            source,
            peer,
            fetch,
          )((given) => {
            answered = true
            reply(given)
          }),
        (given) => {
          const outcome: Pick<Fetched, 'arrived' | 'problem'> = given
            ? take(peer, fetch, given)
            : { arrived: [], problem: answered ? 'none' : 'unreachable' }
          handle(peer, { type: 'fetched', fetched: { fetch, ...outcome } })
          if (fetch.what === 'reduced') serveWaiting(peer)
        },
      )
    },
    pullWhole(peer, { from, digest }) {
      const source = byId.get(from)
      if (!source) return askNobody(peer, { type: 'pullFailed', from })
      request<Float32Array | undefined>(
        peer,
        source,
        (reply) => {
          const { frozen } = partOf(source)
          const weights = frozen?.digest === digest ? frozen.weights : undefined
          reply({ value: weights, bytes: weights?.byteLength ?? 0 })
        },
        (weights) => {
          if (weights) partOf(peer).collected.set(from, weights)
          handle(peer, { type: weights ? 'pulled' : 'pullFailed', from })
        },
      )
    },
    serveWaiting,
  }
}

/** Chunks that the reader's own averages amount to are not fetched. */
const bytesToRead = (store: ShardStore, result: Float32Array): number => {
  const draft = new Float32Array(result.length)
  const isSame = (chunk: number): boolean => {
    const theirs = store.chunkOf(result, chunk)
    return store.chunkOf(draft, chunk).every((value, index) => Object.is(value, theirs[index]))
  }
  return store
    .draft(draft)
    .filter(isSame)
    .reduce((bytes, chunk) => bytes - store.chunkOf(result, chunk).byteLength, result.byteLength)
}

const answerOf = (value: Given): Answer<Given> => {
  const { leaves, chunks, sketch, testimony } = value
  const bytes =
    (leaves ? leaves.leaves.byteLength + leaves.summary.byteLength : 0) +
    chunks.reduce((sum, { data }) => sum + data.byteLength, 0) +
    (sketch?.byteLength ?? 0) +
    (testimony?.byteLength ?? 0)
  return { value, bytes }
}
