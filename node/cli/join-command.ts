import type { Command } from 'commander'
import { codecNames } from './codec-option.js'
import { loaded } from './interrupt.js'
import { addMemberOptions, type MemberOptions } from './member-options.js'

export const declareJoin = (command: Command): void => {
  command
    .argument('[multiaddr]', 'a peer of the run; without it, one is looked for on the local network')
    .option(
      '--codec <NAME>',
      `how models travel to this peer (default: as the run says): ${codecNames}. A slow link wants int8 or auto`,
    )
  addMemberOptions(command)
  command.action(async (address: string | undefined, options: MemberOptions) =>
    (await loaded(import('./join.js'))).joinRun(address, options),
  )
}
