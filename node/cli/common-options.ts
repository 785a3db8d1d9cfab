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

/** Stands for `--backend` where that is not given. */
export const BACKEND_VARIABLE = 'MURMUR_BACKEND'

/** What `--backend` can be. */
export const backendWords: readonly BackendChoice[] = ['auto', 'compiled', 'tensorflow', 'wasm']

export const addBackendOption = (command: Command): Command =>
  command.addOption(
    new Option(
      '--backend <NAME>',
      'auto, compiled, tensorflow or wasm: auto takes what was measured to be faster here',
    )
      .argParser(oneOf(backendWords))
      .env(BACKEND_VARIABLE),
  )
