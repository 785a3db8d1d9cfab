import type { Command } from 'commander'
import { codecNames } from './codec-option.js'
import { addMemberOptions, type MemberOptions } from './member-options.js'

export const addJoinCommand = (program: Command): void => {
  const command = program
    .command('join')
    .description('join a run: fetch its configuration from a peer and take part')
    .argument('[multiaddr]', 'a peer of the run; without it, one is looked for on the local network')
    .option(
      '--codec <NAME>',
      `how models travel to this peer (default: as the run says): ${codecNames}. A slow link wants int8 or auto`,
    )
  addMemberOptions(command)
  command.action(async (address: string | undefined, options: MemberOptions) =>
    (await import('./join.js')).joinRun(address, options),
  )
}
