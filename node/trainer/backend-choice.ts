import { TrainerError } from './errors.js'

/** `auto` takes what was measured to be faster here, compiled or tensorflow, else wasm: see auto-bench.ts. */
export type BackendChoice = 'auto' | BackendName

/** Our own kernels, native TensorFlow, or tfjs on WebAssembly. */
export type BackendName = 'compiled' | 'tensorflow' | 'wasm'

export interface ActiveBackend {
  /** One of `BackendName`; for a model of the caller's own, whatever tfjs calls the backend that the caller chose. */
  readonly name: string
  /** Why this one: what was tried before it and how that ended. One sentence for people. */
  readonly why: string
}

const choices: readonly string[] = [
  'auto',
  'compiled',
  'tensorflow',
  'wasm',
] satisfies readonly BackendChoice[]

/**
 * Reads a choice as a person writes it, e.g. `process.env['MURMUR_BACKEND']`. Nothing or an empty text means `auto`.
 * @throws TrainerError BAD_OPTION
 */
export const backendChoice = (text: string | undefined): BackendChoice => {
  if (text === undefined || text === '') return 'auto'
  if (choices.includes(text)) return text as BackendChoice
  throw new TrainerError(
    'BAD_OPTION',
    `no backend ${JSON.stringify(text.slice(0, 80))}; choose one of ${choices.join(', ')}`,
    { backend: text.slice(0, 80) },
  )
}
