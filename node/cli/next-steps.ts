import type { Output } from './output.js'
import { quoted } from './quoted.js'
import type { SavedMerge } from './save-result.js'

/** Shows what can be done with a merged model, as commands to copy. */
export const sayNextSteps = (
  output: Output,
  {
    saved: { model, certificate, statisticsCertificate },
    data,
    runId,
    method,
    hasStatistics,
  }: {
    readonly saved: SavedMerge
    readonly data: string
    readonly runId: string
    /** How the models were merged. */
    readonly method: string
    /** Of batch normalisation. */
    readonly hasStatistics: boolean
  },
): void => {
  output.say(`Try it:           npx murmur eval ${quoted(model)} --data ${quoted(data)}`)
  if (!certificate) {
    output.say(`No certificate:   a merge by ${method} has none, so there is nothing to verify`)
    return
  }
  const signed = statisticsCertificate ? `--statistics ${quoted(statisticsCertificate)}` : '--weights-only'
  const statistics = hasStatistics ? ` ${signed}` : ''
  output.say(
    `Check it:         npx murmur verify ${quoted(model)} ${quoted(certificate)}${statistics} --run ${runId}`,
  )
}
