import { AUTO, createCodec } from '../../protocols/codecs/index.js'
import { totalRounds, type RunConfiguration } from '../../protocols/run/index.js'
import { entropyStages } from '../entropy/index.js'
import { percent } from '../units.js'

/** From this fraction on `int8` takes no more bytes: three a weight that is sent against one for each. */
const INT8_IS_SMALLER = 1 / 3

/**
 * What to say at the start of a codec that cannot do with this model, in this many rounds, what it is for: one that sends
 * changes, where those are as long as the whole model, or so few that most weights never go. Measured
 * (scripts/experiments/codecs, ten rounds): where a weight goes once in two runs, accuracy is 3 to 7 points lower.
 * @param codec that was asked for; it is one that runs here. @param length weights of the model.
 */
export const codecAdvice = (
  codec: string,
  length: number,
  configuration: Pick<RunConfiguration, 'rounds' | 'periods'>,
): string | undefined => {
  const sent = codec === AUTO ? undefined : createCodec(codec, entropyStages).weightsPerVersion?.(length)
  if (sent === undefined) return undefined
  const weights = length.toLocaleString('en')
  if (sent === length) {
    return (
      `${codec} saves nothing: changes to so many of the model's ${weights} weights are as long as all of them, so the whole ` +
      'model goes each time, as in float16. Choose float16, or a smaller fraction.'
    )
  }
  const rounds = totalRounds(configuration)
  if (sent * rounds >= length) return undefined
  return (
    `${codec} is too little for so few rounds: ${sent === 1 ? '1' : sent.toLocaleString('en')} of the model's ${weights} weights a ` +
    `round are ${percent((sent * rounds) / length)} of them in ${rounds}; of the others peers know only what they got first, with ` +
    `the whole model. ${betterFor(rounds)}`
  )
}

/** In two digits, rounded up: each weight can then go once. */
const betterFor = (rounds: number): string => {
  const unit = 10 ** (Math.floor(Math.log10(1 / rounds)) - 1)
  const fraction = Number((Math.ceil(1 / rounds / unit - 1e-9) * unit).toPrecision(2))
  return fraction < INT8_IS_SMALLER ? `Choose top-k:${fraction} or more, or int8.` : 'Choose int8.'
}
