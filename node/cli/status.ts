import { z } from 'zod'
import { WireError } from '../../protocols/errors.js'
import { percent, size } from '../units.js'
import { describeCodecs, weightsRatio } from './codec-traffic.js'
import { createOutput } from './output.js'
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

export const status = async (address: string, options: { readonly json: boolean }): Promise<void> => {
  const output = createOutput(options)
  const bytes = await visit({}, async (network) => network.status(await network.dial(address)))
  const report = parseStatus(bytes)
  output.say(`${report.name} (${report.id})`)
  output.say(
    `run ${report.runId.slice(0, 8)}, ${report.model}: ${report.phase}, round ${report.round} of ${report.rounds}, ` +
      `training with ${report.backend ?? 'nothing yet'}; sent ${size(report.bytesSent)}, received ${size(report.bytesReceived)}${describeCodecs(report.codecs)}`,
  )
  if (report.mergedEstimate) {
    const { accuracy, round, models } = report.mergedEstimate
    output.say(`merged ≈ ${percent(accuracy)}: the average of ${models} models around round ${round}`)
  }
  for (const { id, name, round, accuracy, finished } of report.members) {
    const progress = round === null ? 'no head yet' : `round ${round}${finished ? ', finished' : ''}`
    output.say(`  ${name ?? '?'}  ${progress}  accuracy ${percent(accuracy)}  ${id}`)
  }
  output.emit({ type: 'result', ...report, weightsRatio: weightsRatio(report.codecs) })
}

/** What a peer has answered. @throws WireError MALFORMED when it is no status; nothing was changed. */
export const parseStatus = (bytes: Uint8Array): z.infer<typeof schema> => {
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
