import { reasonOf } from '../../protocols/errors.js'
import type { Layout } from '../../protocols/model/index.js'
import {
  readVerdict,
  tensorflowInstalled,
  verdictKey,
  writeVerdict,
  type Verdict,
} from './backend-verdict.js'
import { samplesPerSecond } from './bench-speed.js'
import type { ThreadSetup } from './messages.js'
import type { Bench, StartBench } from './session.js'

/**
 * The faster of our compiled kernels and native TensorFlow, as measured once for this machine and model. tfjs on WebAssembly only where
 * neither starts: the kernels are faster on every model of the catalogue (`npm run bench -- train`).
 */
export const startAutoBench: StartBench = async (setup, layout) => {
  const compiled = await startCompiled(setup, layout)
  if (typeof compiled === 'string') {
    const tfjs = await startTfjs({ ...setup, backend: 'auto' }, layout)
    return because(tfjs, `compiled: ${compiled}; ${tfjs.backend.why}`)
  }
  const key = keyOf(setup)
  const known = setup.tensorflowBarred === undefined ? readVerdict(key) : undefined
  const barred = reasonWithoutTensorflow(setup)
  if (barred !== undefined) return because(compiled, barred)
  if (known && known.compiled >= known.tensorflow) return because(compiled, comparison(known))
  const tensorflow = await startTfjs({ ...setup, backend: 'tensorflow' }, layout).catch(
    (error: unknown) => `tensorflow: ${reasonOf(error)}`,
  )
  if (typeof tensorflow === 'string') return because(compiled, tensorflow)
  const verdict = known ?? measure({ compiled, tensorflow }, setup, layout)
  if (!('compiled' in verdict)) {
    tensorflow.dispose()
    return because(compiled, `not compared with tensorflow: ${verdict.problem}`)
  }
  if (!known) writeVerdict(key, verdict)
  const [faster, slower] =
    verdict.compiled >= verdict.tensorflow ? [compiled, tensorflow] : [tensorflow, compiled]
  slower.dispose()
  return because(faster, comparison(verdict))
}

/** Whether a start with `auto` may load native TensorFlow, which is then held ready for it. */
export const autoWantsTensorflow = (setup: ThreadSetup): boolean => {
  if (reasonWithoutTensorflow(setup) !== undefined) return false
  const known = readVerdict(keyOf(setup))
  return known === undefined || known.compiled < known.tensorflow
}

const reasonWithoutTensorflow = ({ tensorflowBarred }: ThreadSetup): string | undefined => {
  if (tensorflowBarred !== undefined) return `tensorflow: ${tensorflowBarred}`
  return tensorflowInstalled()
    ? undefined
    : 'tensorflow: @tensorflow/tfjs-node is not installed, and wasm is slower'
}

const keyOf = ({ model, batch, optimizer, train }: ThreadSetup): string =>
  verdictKey({ model, batch, optimizer: optimizer.kind, shape: train.shape })

const comparison = ({ compiled, tensorflow }: Verdict): string =>
  `measured here: ${Math.round(compiled)} samples/s compiled, ${Math.round(tensorflow)} with tensorflow`

const because = (bench: Bench, why: string): Bench => ({ ...bench, backend: { ...bench.backend, why } })

/** The bench, or why it does not start. */
const startCompiled: (...args: Parameters<StartBench>) => Promise<Bench | string> = async (setup, layout) => {
  try {
    const { startCompiledBench } = await import('./compiled/compiled-bench.js')
    return await startCompiledBench(setup, layout)
  } catch (error) {
    return reasonOf(error)
  }
}

const startTfjs: StartBench = async (setup, layout) =>
  (await import('./tfjs-bench.js')).startTfjsBench(setup, layout)

/** No verdict where a measurement fails, e.g. because the learning rate diverges: the caller's training will say so. */
const measure = (
  benches: { readonly compiled: Bench; readonly tensorflow: Bench },
  ...of: readonly [ThreadSetup, Layout]
): Verdict | { readonly problem: string } => {
  try {
    const [compiled, tensorflow] = [benches.compiled, benches.tensorflow].map((bench) =>
      samplesPerSecond(bench, ...of),
    )
    return { compiled: compiled!, tensorflow: tensorflow! }
  } catch (error) {
    return { problem: reasonOf(error) }
  }
}
