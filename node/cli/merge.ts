import { NetworkError } from '../network/index.js'
import { createOutput } from './output.js'
import { visit } from './visitor.js'

export const merge = async (address: string, options: { readonly json: boolean }): Promise<void> => {
  const output = createOutput(options)
  const answer = await visit({}, async (network) => network.callMerge(await network.dial(address)))
  if (answer.type === 'refused') {
    throw new NetworkError(
      'REFUSED',
      `the peer did not call for the merge: ${answer.message}. Nothing was changed.`,
      {
        code: answer.code,
      },
    )
  }
  output.say(
    'the merge has been called; every peer prints its result, and trains on if the run has another period',
  )
  output.emit({ type: 'result', called: true })
}
