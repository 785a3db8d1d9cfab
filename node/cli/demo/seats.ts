import { dirname } from 'node:path'
import { sumOfCodecs, weightsRatio, type Codecs } from '../codec-traffic.js'
import { CliError } from '../exit-codes.js'
import type { SavedResult } from '../save-result.js'
import type { FromPeer, ResultFigures } from './messages.js'
import { meanOf } from './observer.js'

type Ready = FromPeer & { type: 'ready' }

/** What is known of one peer. */
export interface Seat {
  ready?: Ready
  result?: { readonly result: ResultFigures; readonly saved: SavedResult }
  failure?: Error
  alive: boolean
  started: boolean
  /** Models of others that it has mixed so far. */
  mixed: number
}

/** Nothing more is expected of it. */
export const isOver = ({ result, failure, alive }: Seat): boolean =>
  result !== undefined || failure !== undefined || !alive

export interface SwarmResult {
  readonly peers: number
  /** Peers whose models are in the result. */
  readonly peersMerged: number
  readonly localAccuracyMean: number
  readonly localAccuracyMin: number
  readonly mergedAccuracy: number
  readonly digest: string
  /** Every peer that ended the run saved the same bits. */
  readonly digestsEqual: boolean
  readonly bytesSentPerPeer: number
  /** Weights that all of them sent and received, by codec. */
  readonly codecs: Codecs
  /** How many times fewer bytes these took than in float32; null when none went. */
  readonly weightsRatio: number | null
  readonly seconds: number
  /** Models of others that all of them mixed, in all rounds. */
  readonly modelsMixed: number
  /** Names of the peers that are not in the result. */
  readonly missing: readonly string[]
  /** The result as one of the peers saved it. */
  readonly saved: SavedResult
  /** Of the peers that have saved it. */
  readonly folders: readonly string[]
}

const EVERY_PEER_DIED =
  'every peer died; no merged model was saved, and what was in the folder before is unchanged. Start it again; ' +
  'processes that end by SIGKILL without anyone having sent it have often run out of memory'

/** @throws what made a peer fail, when none has a result. */
export const resultOf = (seats: readonly Seat[], seconds: number): SwarmResult => {
  const ended = seats.flatMap(({ result }) => result ?? [])
  const [first] = ended
  if (!first)
    throw seats.find(({ failure }) => failure)?.failure ?? new CliError('PEER_DIED', EVERY_PEER_DIED)
  const results = ended.map(({ result }) => result)
  const nameOf = (id: string): string => `peer-${seats.findIndex(({ ready }) => ready?.id === id)}`
  const inRoster = new Set(first.result.roster)
  const codecs = sumOfCodecs(results.map((result) => result.codecs))
  return {
    peers: seats.length,
    peersMerged: inRoster.size,
    localAccuracyMean: meanOf(results.map(({ localAccuracy }) => localAccuracy)),
    localAccuracyMin: Math.min(...results.map(({ localAccuracy }) => localAccuracy)),
    mergedAccuracy: first.result.mergedAccuracy,
    digest: first.result.digest,
    digestsEqual: results.every(({ digest }) => digest === first.result.digest),
    bytesSentPerPeer: Math.round(meanOf(results.map(({ bytesSent }) => bytesSent))),
    ...{ codecs, weightsRatio: weightsRatio(codecs) },
    seconds: Math.round(seconds * 10) / 10,
    modelsMixed: seats.reduce((sum, { mixed }) => sum + mixed, 0),
    missing: seats.flatMap(({ ready }) => (ready && !inRoster.has(ready.id) ? [nameOf(ready.id)] : [])),
    saved: first.saved,
    folders: ended.map(({ saved }) => dirname(saved.model)),
  }
}

export const STOPPED =
  'the demo was stopped; no merged model was saved, and what was in its folder before is unchanged'

/** What a demo that is stopped leaves behind. */
export const savedBy = (seats: readonly Seat[]): string => {
  const paths = seats.flatMap(({ result }) => result?.saved.model ?? [])
  return paths.length === 0
    ? STOPPED
    : `the demo was stopped while the peers saved the merged model; ${paths.length} of ${seats.length} have, whole: ` +
        `${paths[0]}${paths.length > 1 ? ' and others' : ''}. What was in the demo's own folder before is unchanged`
}
