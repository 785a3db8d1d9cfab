import { AUTO, checkCodecName, codecUsages, createCodec } from '../../protocols/codecs/index.js'
import { entropyStages } from '../entropy/index.js'
import { CliError } from './exit-codes.js'

const stages = entropyStages.stages.map(({ name }) => `+${name}`).join(' or ')

/** What may follow `--codec`. */
export const codecNames = `${codecUsages.join(', ')}, each also with ${stages}; or auto: by the measured bandwidth to each neighbour`

/** @throws ConfigError BAD_VALUE for a codec that there is not, or that this Node lacks the compression for */
export const checkCodec = (name: string): void => checkCodecName(name, entropyStages)

/**
 * A codec that sends changes is for all or for nobody: each sender keeps one public copy of its model for it.
 * @param asked by a peer that joins. @throws CliError USAGE; ConfigError as `checkCodec`
 */
export const checkAskedCodec = (asked: string, runCodec: string): void => {
  checkCodec(asked)
  if (asked === runCodec || asked === AUTO || !createCodec(asked, entropyStages).remembers) return
  throw new CliError(
    'USAGE',
    `--codec ${asked} sends changes only, which the others keep ready for the codec of the run alone: ${runCodec}. ` +
      'Nothing was started; ask for int8, or leave --codec away.',
  )
}
