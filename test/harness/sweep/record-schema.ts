import { z } from 'zod'
import type { SimulationRecord } from '../cell/records.js'

/** JSON writes what is not a finite number, such as the loss of a model that diverged, as null. */
const figure = z.number().or(z.null().transform(() => NaN))
const count = z.int().min(0)
const cell = z.string().min(1)

const record = z.discriminatedUnion('type', [
  z.looseObject({
    type: z.literal('cell'),
    cell,
    settings: z.record(z.string(), z.unknown()),
    labelCounts: z.array(z.array(count)).nullable(),
  }),
  z.looseObject({
    type: z.literal('round'),
    cell,
    round: z.number(),
    virtualMs: figure,
    trainLoss: figure,
    localAccuracyMean: figure,
    localAccuracyMin: figure,
    localAccuracyMax: figure,
    mergedAccuracy: figure,
    consensusDistance: figure,
    varianceRatio: z.record(z.string(), figure),
    bytesSentPerPeer: figure,
    peersAlive: count,
  }),
  z.looseObject({
    type: z.literal('result'),
    cell,
    rule: z.string(),
    baseline: z.string(),
    topology: z.string(),
    seed: count,
    peers: count,
    rounds: count,
    roundsToTarget: z.number().nullable(),
    localAccuracyMean: figure,
    localAccuracyMin: figure,
    mergedAccuracy: figure,
    consensusDistance: figure,
    bytesSentPerPeer: figure,
    virtualMs: figure,
    nodeRoundsPerSecond: figure,
    samplesPerSecond: z.number().nullable(),
    seconds: figure,
  }),
  z.looseObject({ type: z.literal('failure'), cell, code: z.string(), message: z.string() }),
])

/** Reads one line of a results file. @throws Error that says what is wrong with it, in a few words. */
export const parseRecord = (text: string): SimulationRecord => {
  const parsed = record.safeParse(JSON.parse(text))
  if (parsed.success) return parsed.data as unknown as SimulationRecord
  const { path, message } = parsed.error.issues[0]!
  throw new Error(`${path.join('.')}: ${message}`)
}
