import * as tf from '@tensorflow/tfjs-core'
import { reasonOf } from '../../protocols/errors.js'
import type { ActiveBackend, BackendChoice } from './backend-choice.js'
import { tensorflowInstalled } from './backend-verdict.js'
import { TrainerError } from './errors.js'
import { registerWasmKernels } from './wasm-kernels.js'

/** Not a literal, so that neither compiler nor bundler insists on an optional dependency. */
const TENSORFLOW_PACKAGE: string = '@tensorflow/tfjs-node'

/**
 * Starts tfjs's backend in this thread: native TensorFlow when its package is installed and loads, else WebAssembly.
 * @param tensorflowBarred why TensorFlow may not be loaded, e.g. because another thread of this process runs it already:
 *   its binding keeps its tensors in one table per process, without a lock, and a second thread would corrupt both.
 * @throws TrainerError NO_BACKEND, BACKEND_BUSY
 */
export const startBackend = async ({
  choice,
  tensorflowBarred,
}: {
  readonly choice: Exclude<BackendChoice, 'compiled'>
  readonly tensorflowBarred: string | undefined
}): Promise<ActiveBackend> => {
  const reasons: string[] = []
  if (choice === 'tensorflow' && tensorflowBarred !== undefined) {
    throw new TrainerError(
      'BACKEND_BUSY',
      'TensorFlow serves one trainer per process and another one has it; close that trainer, use the wasm backend, or run peers as separate processes',
    )
  }
  if (choice !== 'wasm') {
    const problem = tensorflowBarred ?? (await tryTensorflow())
    if (problem === undefined)
      return { name: 'tensorflow', why: `${TENSORFLOW_PACKAGE} is installed and loads` }
    reasons.push(`tensorflow: ${problem}`)
  }
  if (choice !== 'tensorflow') {
    const started = await tryWasm()
    if ('slower' in started) {
      const why = choice === 'wasm' ? 'it was asked for' : reasons.join('; ')
      return { name: 'wasm', why: started.slower === undefined ? why : `${why}; ${started.slower}` }
    }
    reasons.push(`wasm: ${started.problem}`)
  }
  throw new TrainerError('NO_BACKEND', `${reasons.join('; ')}. ${adviceFor(choice)}`, { choice, reasons })
}

const adviceFor = (choice: Exclude<BackendChoice, 'compiled'>): string => {
  switch (choice) {
    case 'tensorflow':
      return (
        `It is optional: the compiled backend needs nothing more. npm install ${TENSORFLOW_PACKAGE} installs it, or says why ` +
        'it cannot be.'
      )
    case 'wasm':
      return 'Reinstall the dependencies, or choose compiled.'
    case 'auto':
      return 'No backend starts; reinstall the dependencies.'
  }
}

/** Undefined when it runs, else the reason why it does not. */
const tryTensorflow = async (): Promise<string | undefined> => {
  if (!tensorflowInstalled()) return `${TENSORFLOW_PACKAGE} is not installed`
  try {
    await import(TENSORFLOW_PACKAGE)
    return (await use('tensorflow')) ? undefined : 'its package loads but registers no backend'
  } catch (error) {
    return firstSentence(reasonOf(error))
  }
}

/** When it runs: why it is slower than it could be, if it is. */
const tryWasm = async (): Promise<{ readonly problem: string } | { readonly slower: string | undefined }> => {
  try {
    await import('@tensorflow/tfjs-backend-wasm')
    if (!(await use('wasm'))) return { problem: 'it does not initialise' }
    const problem = registerWasmKernels()
    return {
      slower: problem && `without its fast kernels, several times slower: ${firstSentence(problem)}`,
    }
  } catch (error) {
    return { problem: firstSentence(reasonOf(error)) }
  }
}

const use = async (name: ActiveBackend['name']): Promise<boolean> => {
  if (tf.findBackendFactory(name) == null) return false
  const started = await tf.setBackend(name)
  await tf.ready()
  return started && tf.getBackend() === name
}

/** Loader errors append paths and stacks; people need the first line. */
const firstSentence = (text: string): string => (text.split('\n')[0] ?? '').slice(0, 300)
