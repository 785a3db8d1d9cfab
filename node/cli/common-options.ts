import { Option, type Command } from 'commander'
import type { BackendChoice } from '../trainer/index.js'
import { oneOf } from './values.js'

/** Options that several commands share. */
export interface CommonOptions {
  readonly json: boolean
  readonly backend?: BackendChoice
}

export const addJsonOption = (command: Command): Command =>
  command.option('--json', 'JSON lines on stdout for programs; text for people stays on stderr', false)

export const addBackendOption = (command: Command): Command =>
  command.addOption(
    new Option(
      '--backend <NAME>',
      'auto, compiled, tensorflow or wasm: auto takes what was measured to be faster here',
    )
      .argParser(oneOf(['auto', 'compiled', 'tensorflow', 'wasm']))
      .env('MURMUR_BACKEND'),
  )
