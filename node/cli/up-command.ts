import type { Command } from 'commander'
import { codecNames } from './codec-option.js'
import { addMemberOptions, type MemberOptions } from './member-options.js'

export interface UpOptions extends MemberOptions {
  readonly run?: string
}

export const addUpCommand = (program: Command): void => {
  const command = program
    .command('up')
    .description('start a run: be its first peer and print the line with which others join')
    .option('--run <FILE>', 'run configuration, YAML; what it leaves out takes its default')
    .option('--codec <NAME>', `how models travel, in place of what FILE says: ${codecNames}`)
  addMemberOptions(command)
  command.action(async (options: UpOptions) => (await import('./up.js')).up(options))
}
