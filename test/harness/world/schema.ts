import { z } from 'zod'
import { asConfigError } from './config-error.js'

const milliseconds = z.number().min(0).max(1e9)
const probability = z.number().min(0).max(1)

/** A number, [least, most] for a uniform draw, or a lognormal draw by its median and the sigma of its logarithm. */
const drawn = z.union(
  [
    milliseconds,
    z.tuple([milliseconds, milliseconds]).refine(([least, most]) => least <= most, 'least comes before most'),
    z.strictObject({ median: milliseconds, sigma: z.number().min(0).max(5) }),
  ],
  'It must be milliseconds, [least, most], or { median, sigma }.',
)

/** Names, a share of all peers in order, or everyone who is not on the other side. */
const group = z.union(
  [z.array(z.string().min(1)).min(1), z.number().gt(0).lt(1), z.literal('rest')],
  'It must be a list of peers, a share between 0 and 1, or rest.',
)

const links = z.strictObject({
  /** One-way delay of a directed link, drawn once per link. Default: a local network. */
  latencyMs: drawn.default([1, 5]),
  /** Added to each message, uniform from 0 to this. */
  jitterMs: milliseconds.default(0),
  /** Megabits per second of each peer's uplink, which its messages share; null: no limit. */
  bandwidthMbps: z.number().positive().nullable().default(null),
  /** Probability that a message is lost. */
  loss: probability.default(0),
  /** Probability that a message arrives a second time. */
  duplicate: probability.default(0),
  /** Probability that a message is held back, so that later ones overtake it, … */
  reorder: probability.default(0),
  /** … by up to this. */
  reorderMs: milliseconds.default(50),
})

const partition = z
  .strictObject({
    fromMs: milliseconds,
    untilMs: milliseconds,
    /** What these send does not reach the others. */
    from: group,
    to: group.default('rest'),
    /** False: the other direction still works. */
    bothWays: z.boolean().default(true),
  })
  .refine(({ fromMs, untilMs }) => fromMs < untilMs, 'fromMs comes before untilMs')
  .refine(({ from, to }) => !(from === 'rest' && to === 'rest'), 'one of from and to must name peers')

const devices = z.strictObject({
  /** Virtual milliseconds of one optimizer step at speed 1. */
  stepMs: z.number().positive().max(1e6).default(10),
  /** Each local round takes between 1 − jitter and 1 + jitter of that. */
  jitter: z.number().min(0).lt(1).default(0),
  /**
   * Relative speeds: all alike; lognormal with median 1; or a trace, one number per peer, begun anew where it is too
   * short. In a scenario file the trace may be the name of a text file with one number per line.
   */
  speed: z
    .union(
      [
        z.literal('alike'),
        z.strictObject({ lognormal: z.number().positive().max(3) }),
        z.strictObject({ trace: z.array(z.number().positive()).min(1).max(1_000_000) }),
      ],
      'It must be alike, { lognormal: SIGMA }, or { trace: FILE }.',
    )
    .default('alike'),
})

const state = z.enum(['kept', 'lost'])

const churn = z.strictObject({
  events: z
    .array(
      z.strictObject({
        atMs: milliseconds,
        peer: z.string().min(1),
        /** `crash`: gone without a word. `join`: is not there before. `restart`: after a crash or a leave. */
        does: z.enum(['join', 'leave', 'crash', 'restart']),
        /** restart: whether weights and progress were kept on disk. */
        state: state.default('kept'),
      }),
    )
    .max(100_000)
    .default([]),
  /** Each peer's own Poisson process, per virtual minute. */
  rates: z
    .strictObject({
      crashesPerMinute: z.number().min(0).max(1e4).default(0),
      leavesPerMinute: z.number().min(0).max(1e4).default(0),
      /** How long someone stays away; null: for good. */
      awayMs: drawn.nullable().default(1000),
      state: state.default('kept'),
    })
    .prefault({}),
})

const timeouts = z.strictObject({
  /** Until a pull without an answer is given up. */
  pullMs: milliseconds.default(1000),
  /** Of silence, until the others drop a member. */
  memberMs: milliseconds.default(2000),
  /** Between two announcements of a peer, for each member; of real peers 100. Left out: all are made at once. */
  headMsPerMember: milliseconds.optional(),
})

/** Everything around the peers: links, partitions, devices, churn, timeouts. What is left out takes its default. */
export const worldSchema = z.strictObject({
  links: links.prefault({}),
  partitions: z.array(partition).max(100).default([]),
  devices: devices.prefault({}),
  churn: churn.prefault({}),
  timeouts: timeouts.prefault({}),
})

export type World = z.infer<typeof worldSchema>

/** @throws ConfigError UNKNOWN_KEY naming the nearest known key, BAD_VALUE naming the key. */
export const parseWorld = (input: unknown): World => {
  const parsed = worldSchema.safeParse(input ?? {})
  if (!parsed.success) throw asConfigError(parsed.error.issues[0]!, worldSchema)
  return parsed.data
}
export type Links = World['links']
export type Partition = World['partitions'][number]
export type Devices = World['devices']
export type Churn = World['churn']
export type Drawn = z.infer<typeof drawn>
export type Group = z.infer<typeof group>
