import type { Command } from 'commander'
import { NetworkError } from '../network/index.js'
import { addJsonOption } from './common-options.js'
import { createOutput } from './output.js'
import { visit } from './visitor.js'

export const addMergeCommand = (program: Command): void => {
  const command = program
    .command('merge')
    .description('call for the final merge of a run now; asked from the machine of one of its peers')
    .argument('<multiaddr>', 'a peer of the run, as it printed itself')
  addJsonOption(command)
  command.action((address: string, options: { readonly json: boolean }) => merge(address, options))
}

const merge = async (address: string, options: { readonly json: boolean }): Promise<void> => {
  const output = createOutput(options)
  const answer = await visit({}, async (network) => network.callMerge(await network.dial(address)))
  if (answer.type === 'refused') {
    throw new NetworkError(
      'REFUSED',
      `the peer refused to call for the merge: ${answer.message}. The run goes on.`,
      {
        code: answer.code,
      },
    )
  }
  output.say('the merge has been called; every peer prints its result')
  output.emit({ type: 'result', called: true })
}
