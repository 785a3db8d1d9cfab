import { percent, size } from '../units.js'
import { awaitedCallWords } from './caller-words.js'
import { describeCodecs } from './codec-traffic.js'
import type { StatusReport } from './status.js'

/** What a peer is doing and who is in its run, in lines for people. */
export const statusLines = (report: StatusReport): readonly string[] => {
  const { name, id, runId, model, phase, period, periods, round, rounds, backend, awaitedCall } = report
  const ofPeriod = periods > 1 ? `period ${period} of ${periods}, ` : ''
  return [
    `${name} (${id})`,
    `run ${runId.slice(0, 8)}, ${model}: ${phase}, ${ofPeriod}round ${round} of ${rounds}, ` +
      `training with ${backend ?? 'nothing yet'}; sent ${size(report.bytesSent)}, received ${size(report.bytesReceived)}${describeCodecs(report.codecs)}`,
    ...(awaitedCall ? [awaitedCallWords(awaitedCall, periods)] : []),
    ...estimateLines(report),
    ...report.members.map(memberLine),
  ]
}

const estimateLines = ({ mergedEstimate }: StatusReport): readonly string[] => {
  if (!mergedEstimate) return []
  const { accuracy, round, models } = mergedEstimate
  return [`merged ≈ ${percent(accuracy)}: the average of ${models} models around round ${round}`]
}

const memberLine = ({ id, name, round, accuracy, finished }: StatusReport['members'][number]): string => {
  const progress = round === null ? 'no head yet' : `round ${round}${finished ? ', finished' : ''}`
  return `  ${name ?? '?'}  ${progress}  accuracy ${percent(accuracy)}  ${id}`
}
