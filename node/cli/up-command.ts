import type { Command } from 'commander'
import { codecNames } from './codec-option.js'
import { loaded } from './interrupt.js'
import { addMemberOptions, type MemberOptions } from './member-options.js'

export interface UpOptions extends MemberOptions {
  readonly run?: string
}

export const declareUp = (command: Command): void => {
  command
    .option('--run <FILE>', 'run configuration, YAML; what it leaves out takes its default')
    .option('--codec <NAME>', `how models travel, in place of what FILE says: ${codecNames}`)
  addMemberOptions(command)
  command.action(async (options: UpOptions) => (await loaded(import('./up.js'))).up(options))
}
