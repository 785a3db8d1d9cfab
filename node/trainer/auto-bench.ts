import { reasonOf } from '../../protocols/errors.js'
import {
  readVerdict,
  tensorflowInstalled,
  verdictKey,
  writeVerdict,
  type Verdict,
} from './backend-verdict.js'
import { initialWeights } from './initial-weights.js'
import type { ThreadSetup } from './messages.js'
import type { Bench, StartBench } from './session.js'

/** Steps of one measurement, and measurements, of which the fastest counts: 50–300 ms per backend for the catalogue's models. */
const STEPS = 30
const MEASUREMENTS = 3

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
  const verdict = known ?? {
    compiled: samplesPerSecond(compiled, setup, layout),
    tensorflow: samplesPerSecond(tensorflow, setup, layout),
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
  const { startCompiledBench } = await import('./compiled/compiled-bench.js')
  return startCompiledBench(setup, layout).catch((error: unknown) => reasonOf(error))
}

const startTfjs: StartBench = async (setup, layout) =>
  (await import('./tfjs-bench.js')).startTfjsBench(setup, layout)

/** Trains a session that is thrown away. */
const samplesPerSecond = (
  bench: Bench,
  { parts, batch }: ThreadSetup,
  layout: Parameters<StartBench>[1],
): number => {
  const session = bench.open({ part: parts[0]!, seed: 0, stopped: () => false })
  const weights = initialWeights(layout, 0)
  try {
    session.train({ weights, steps: 3 })
    const times = Array.from(
      { length: MEASUREMENTS },
      () => session.train({ weights, steps: STEPS }).elapsedMs,
    )
    return (STEPS * batch * 1000) / Math.min(...times)
  } finally {
    session.dispose()
  }
}
