import { z } from 'zod'
import { WireError } from '../../protocols/errors.js'
import { weightsRatio } from './codec-traffic.js'
import { createOutput } from './output.js'
import { statusLines } from './status-words.js'
import { visit } from './visitor.js'

const counter = z.number().min(0)

/** What a peer says of itself; it comes from another machine, so it is checked like everything else. */
const schema = z.looseObject({
  id: z.string(),
  name: z.string(),
  runId: z.string(),
  model: z.string(),
  phase: z.string(),
  round: z.number(),
  rounds: z.number(),
  // Peers of earlier versions, and those that are starting, may not say.
  period: counter.default(1),
  periods: counter.default(1),
  backend: z.string().nullable(),
  bytesSent: counter,
  bytesReceived: counter,
  // Peers of earlier versions send all weights as they are.
  codecs: z
    .record(
      z.string(),
      z.looseObject({
        sent: counter,
        received: counter,
        plainSent: counter,
        plainReceived: counter,
      }),
    )
    .default({}),
  // Peers of earlier versions make none.
  mergedEstimate: z
    .looseObject({ accuracy: z.number(), round: z.number(), models: z.number() })
    .nullable()
    .default(null),
  // Null where nobody is waited for; peers of earlier versions do not say.
  awaitedCall: z
    .looseObject({
      period: counter,
      callers: z.array(z.string()),
      here: z.array(z.looseObject({ id: z.string(), name: z.string() })),
      leftMs: counter,
    })
    .nullable()
    .default(null),
  members: z.array(
    z.looseObject({
      id: z.string(),
      name: z.string().nullable(),
      round: z.number().nullable(),
      accuracy: z.number().nullable(),
      finished: z.boolean(),
    }),
  ),
})

export type StatusReport = z.infer<typeof schema>

export const status = async (address: string, options: { readonly json: boolean }): Promise<void> => {
  const output = createOutput(options)
  const bytes = await visit({}, async (network) => network.status(await network.dial(address)))
  const report = parseStatus(bytes)
  statusLines(report).forEach((line) => output.say(line))
  output.emit({ type: 'result', ...report, weightsRatio: weightsRatio(report.codecs) })
}

/** What a peer has answered. @throws WireError MALFORMED when it is no status; nothing was changed. */
export const parseStatus = (bytes: Uint8Array): StatusReport => {
  try {
    return schema.parse(JSON.parse(new TextDecoder().decode(bytes)))
  } catch (error) {
    throw new WireError(
      'MALFORMED',
      'the peer answered with a status that does not parse; try its version of murmur',
      {},
      {
        cause: error,
      },
    )
  }
}
