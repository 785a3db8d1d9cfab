import type { BenchGroup, BenchOptions, BenchResult } from './contract.js'
import { startPair, type Pair } from './wire/pair.js'
import { STACKS, type StackName } from './wire/messages.js'

/** Bytes of the models: mlp:128, and 2.5 and 25 million parameters. */
const SIZES = [400_000, 10_000_000, 100_000_000] as const
const MB = 1e6
const MIB = 2 ** 20
const MS_PER_S = 1e3

type Size = (typeof SIZES)[number]

/** Fetches one after the other, so that a small model is not measured on a connection that has gone to sleep. */
const TIMES: Readonly<Record<Size, number>> = { 400_000: 20, 10_000_000: 5, 100_000_000: 1 }
/** Exchanges of ours: into memory that is there, and into the memory of a process's models. */
const OURS = ['murmuration', 'peers'] as const
type Ours = (typeof OURS)[number]
const arrangement = (ours: Ours): string => (ours === 'peers' ? ' as peers pull it' : '')

/** As the table names the references. */
const REFERENCES: Readonly<Record<Exclude<StackName, Ours>, string>> = {
  'node:net': 'node:net',
  'node:tls': 'node:tls',
  libp2p: 'a bare libp2p stream',
  'libp2p on socket TLS': 'a bare libp2p stream on our TLS',
}

/**
 * Rounds over all stacks and sizes: what disturbs the machine for a while disturbs them all. A rate is that of a whole round, the median of
 * them: a fetch in which garbage is collected counts as others do.
 */
const ROUNDS = { full: 9, quick: 1 }

/**
 * Exchanges of snapshots between two processes over loopback: request, chunks, digests, into memory that is there, and into
 * that of the process's models as peers do. Each reference only counts the bytes that arrive.
 */
export const wire: BenchGroup = {
  name: 'wire',
  summary: 'snapshots between two processes, against sockets, TLS and a bare libp2p stream',
  async run(options) {
    const sizes = options.quick ? SIZES.slice(0, 2) : SIZES
    const pairs = new Map<StackName, Pair>()
    try {
      for (const stack of STACKS) pairs.set(stack, await startPair(stack, { sizes, signal: options.signal }))
      const rounds = await measure(pairs, { sizes, options })
      const results = sizes.flatMap((bytes) =>
        throughput(bytes, (stack) => median(rounds.get(stack + bytes)!.map(mean))),
      )
      const single = (stack: StackName): number => median(rounds.get(stack + SIZES[0])!.flat())
      results.push(...OURS.map((ours) => latency(ours, single)))
      for (const bytes of sizes) {
        options.tell(`wire: memory and pauses at ${bytes / MB} MB`)
        for (const ours of OURS) results.push(...(await costs(pairs.get(ours)!, { ours, bytes })))
      }
      return results
    } finally {
      for (const pair of pairs.values()) pair.stop()
    }
  },
}

/** Milliseconds of each fetch, by stack and size, round by round. */
const measure = async (
  pairs: ReadonlyMap<StackName, Pair>,
  { sizes, options }: { readonly sizes: readonly Size[]; readonly options: BenchOptions },
): Promise<Map<string, (readonly number[])[]>> => {
  const measured = new Map<string, (readonly number[])[]>()
  const rounds = options.quick ? ROUNDS.quick : ROUNDS.full
  // The first round warms up: code is compiled, windows have grown.
  for (let round = 0; round <= rounds; round++) {
    options.tell(round === 0 ? 'wire: warming up' : `wire: round ${round} of ${rounds}`)
    for (const bytes of sizes) {
      for (const [stack, pair] of pairs) {
        const taken = await pair.fetch(bytes, options.quick ? 1 : TIMES[bytes])
        if (round > 0) measured.set(stack + bytes, [...(measured.get(stack + bytes) ?? []), taken])
      }
    }
  }
  return measured
}

const throughput = (bytes: Size, msOf: (stack: StackName) => number): BenchResult[] => {
  const rate = (stack: StackName): number => ((bytes / MB) * MS_PER_S) / msOf(stack)
  const against = (
    stack: keyof typeof REFERENCES,
    goal: number | null,
    ours: Ours = 'murmuration',
  ): BenchResult => {
    const ratio = rate(ours) / rate(stack)
    return {
      group: 'wire',
      name: `${bytes / MB} MB snapshot${arrangement(ours)}, against ${REFERENCES[stack]}`,
      value: rate(ours),
      unit: 'MB/s',
      reference: rate(stack),
      ratio,
      goal: goal === null ? null : `≥ ${goal} ×`,
      met: goal === null ? null : ratio >= goal,
    }
  }
  return [
    against('libp2p', 0.9),
    against('libp2p on socket TLS', null),
    against('node:tls', 0.5),
    against('node:net', null),
    // These goals are of an exchange into memory that is there. That of peers may be fresh.
    against('libp2p', null, 'peers'),
    against('node:tls', null, 'peers'),
  ]
}

const atMost = (
  name: string,
  { value, unit, most }: { value: number; unit: string; most: number },
): BenchResult => ({
  ...{ group: 'wire', name, value, unit, reference: null, ratio: null },
  goal: `≤ ${most} ${unit}`,
  met: value <= most,
})

/** Of a single fetch, the median. */
const latency = (ours: Ours, ms: (stack: StackName) => number): BenchResult => ({
  ...atMost(`one 0.4 MB snapshot${arrangement(ours)} on a warm neighbour, against ${REFERENCES.libp2p}`, {
    value: ms(ours),
    unit: 'ms',
    most: 4,
  }),
  reference: ms('libp2p'),
  ratio: ms('libp2p') / ms(ours),
})

/** Memory beside the model and pauses of the main thread, in exchanges that are not timed. */
const costs = async (
  pair: Pair,
  { ours, bytes }: { readonly ours: Ours; readonly bytes: Size },
): Promise<BenchResult[]> => {
  const seen = await pair.watched(() => pair.fetch(bytes, TIMES[bytes]))
  const where = (end: string): string => `${bytes / MB} MB${arrangement(ours)}, ${end}`
  const about = (end: 'sender' | 'receiver') => {
    const { residentPeakBytes, externalPeakBytes, blockedMaxMs } = seen[end]
    // A peer's model lies in a place that may be fresh. One: what came before it is no use to anybody.
    const model = ours === 'peers' && end === 'receiver' ? bytes : 0
    const extra = Math.max(residentPeakBytes - model, externalPeakBytes - model, 0)
    return [
      atMost(`memory beside a model of ${where(end)}`, { value: extra / MIB, unit: 'MiB', most: 8 }),
      atMost(`longest pause at ${where(end)}`, { value: blockedMaxMs, unit: 'ms', most: 20 }),
    ]
  }
  return [...about('sender'), ...about('receiver')]
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!
