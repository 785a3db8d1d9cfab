import { PLAIN_CODEC } from '../../protocols/codecs/index.js'
import type { CodecTraffic } from '../network/index.js'

/** Weights that went over the network, by codec. */
export type Codecs = Readonly<Record<string, CodecTraffic>>

/** How many times fewer bytes the weights took than in float32, both ways together; null when none went. */
export const weightsRatio = (codecs: Codecs): number | null => {
  const { sent, received, plainSent, plainReceived } = totalOf(Object.values(codecs))
  return sent + received === 0 ? null : (plainSent + plainReceived) / (sent + received)
}

/** ` (snapshots in int8: 3.9 × less)`; nothing where all weights went as they are, or none went. */
export const describeCodecs = (codecs: Codecs): string => {
  const names = Object.keys(codecs)
  const ratio = weightsRatio(codecs)
  if (ratio === null || names.every((name) => name === PLAIN_CODEC)) return ''
  return ` (snapshots in ${names.join(', ')}: ${ratio.toFixed(1)} × less)`
}

/**
 * Models that were received in each codec, the most frequent first.
 * @param modelBytes of one model in float32.
 */
export const modelsByCodec = (codecs: Codecs, modelBytes: number): Readonly<Record<string, number>> => {
  const counts = Object.entries(codecs).map(
    ([name, { plainReceived }]) => [name, Math.round(plainReceived / modelBytes)] as const,
  )
  return Object.fromEntries(counts.filter(([, count]) => count > 0).sort(([, a], [, b]) => b - a))
}

/** `auto chose int8 for 120 models, float32 for 3`. @param models as `modelsByCodec` counts them. */
export const describeChoice = (models: Readonly<Record<string, number>>): string => {
  const [first, ...rest] = Object.entries(models).map(([name, count]) => [name, count.toLocaleString('en')])
  if (first === undefined) return 'auto chose nothing: no model was received'
  const [name, count] = first
  return [
    `auto chose ${name} for ${count} ${count === '1' ? 'model' : 'models'}`,
    ...rest.map(([other, times]) => `${other} for ${times}`),
  ].join(', ')
}

/** Of several peers together. */
export const sumOfCodecs = (all: readonly Codecs[]): Codecs => {
  const names = [...new Set(all.flatMap((codecs) => Object.keys(codecs)))].sort()
  return Object.fromEntries(names.map((name) => [name, totalOf(all.flatMap((codecs) => codecs[name] ?? []))]))
}

const totalOf = (all: readonly CodecTraffic[]): CodecTraffic => ({
  sent: sumOf(all.map(({ sent }) => sent)),
  received: sumOf(all.map(({ received }) => received)),
  plainSent: sumOf(all.map(({ plainSent }) => plainSent)),
  plainReceived: sumOf(all.map(({ plainReceived }) => plainReceived)),
})

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0)
