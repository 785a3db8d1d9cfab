// First: tfjs-node looks up what this adds while it loads.
import '../polyfills.js'
import type * as tfl from '@tensorflow/tfjs-layers'
import { isMurmurationError } from '../../protocols/errors.js'
import type { Layout } from '../../protocols/model/index.js'
import type { Trainer } from '../../protocols/training/contract.js'
import { createModelMemory, sharedFloats } from '../kernels/model-memory.js'
import { openCompiledBench } from './compiled/compiled-bench.js'
import { graphOfLayersModel } from './compiled/from-layers-model.js'
import { statisticsLengthOf } from './compiled/graph.js'
import { closedError, TrainerError } from './errors.js'
import { hostOf } from './host.js'
import { inlineThread } from './inline-thread.js'
import { layoutOfModel, variablesOf } from './layers-model.js'
import { openLayersModelBench } from './layers-model-bench.js'
import { MIXING_BYTES } from './mixing-place.js'
import { checkOptions, type TrainerOptions } from './options.js'
import { createRequestQueue, type RequestQueue } from './request-queue.js'
import type { Bench } from './session.js'
import { shareExamples } from './shared-memory.js'
import { loadWeights, saveWeights } from './tensors.js'
import { createThreadTrainer } from './thread-trainer.js'

export interface LayersModelTrainerOptions extends Omit<TrainerOptions, 'model' | 'backend' | 'signal'> {
  /**
   * One chain of layers from an example's bytes, scaled to 0…1, to a row of logits or of probabilities (a last softmax). Name its layers:
   * their names are the layout's, and peers mix only what has the same layout. Borrowed until the trainer is closed.
   */
  readonly model: tfl.LayersModel
  /** Told in one line why tfjs trains the model, where it does. @default a warning of the process */
  readonly log?: (line: string) => void
}

/** A trainer, and why it trains as it does: one sentence for people. */
export type LayersModelTrainer = Trainer & { readonly backendReason: string }

/**
 * Trains a tfjs model of one's own by cross-entropy, behind the contract of every other trainer: with compiled kernels where there are
 * some for all of its layers (compiled/README.md lists them), else with tfjs, on the backend that the program has chosen, and with one line
 * to `log`. It runs in the caller's thread, which stands still meanwhile, so give it a worker thread.
 *
 * Weights are flat vectors in the order of `layout`. The model's own variables are read by `weightsOf` and set by `setWeights`; compiled
 * training never touches them, while with tfjs every call writes its weights into them. `initialWeights` draws as every trainer does, not by the model's initialisers. With tfjs, its
 * own batch normalisation evaluates with moving averages that stay in the model; compiled, with statistics of the trainer's examples.
 * @throws TrainerError BAD_MODEL when the model does not fit the examples, BAD_OPTION; ModelError LAYOUT_INVALID
 */
export const createLayersModelTrainer = (options: LayersModelTrainerOptions): LayersModelTrainer => {
  checkOptions({ ...options, model: options.model.name })
  checkModel(options)
  const train = shareExamples(options.train)
  const setup = { ...options, train, test: shareExamples(options.test) }
  const layout = layoutOfModel(options.model)
  const opened = compiledBench(setup, layout)
  const bench = typeof opened === 'string' ? openLayersModelBench(setup, layout, opened) : opened
  const { log = (line: string): void => process.emitWarning(line) } = options
  if (typeof opened === 'string') log(bench.backend.why)

  const parts = [Uint32Array.from({ length: train.count }, (_, index) => index)]
  const stop = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
  const models = createModelMemory()
  const region = models.region(MIXING_BYTES)
  const thread = inlineThread(hostOf(bench, layout, { parts, seeds: [options.seed], stop, region }), {
    signal: undefined,
    onOutcome: (outcome) => queue.receive(outcome),
    onEnd: (error) => queue.fail(error),
  })
  const queue: RequestQueue = createRequestQueue({
    post: (queued) => thread.post({ kind: 'request', trainer: 0, ...queued }),
  })
  return createThreadTrainer({
    ...{ layout, queue, backend: bench.backend, vector: (length: number) => models.vector(length) },
    statisticsLength: typeof opened === 'string' ? 0 : opened.statisticsLength,
    close() {
      Atomics.store(stop, 0, 1)
      queue.fail(closedError())
      return thread.end()
    },
  })
}

/** The model's weights as they are, in the order of its trainer's layout: a fresh vector on shared memory. */
export const weightsOf = (model: tfl.LayersModel): Float32Array => {
  const layout = layoutOfModel(model)
  const weights = sharedFloats(layout.length)
  saveWeights(weights, layout, variablesOf(model, layout))
  return weights
}

/** Copies such a vector into the model. @throws ModelError LENGTH_MISMATCH */
export const setWeights = (model: tfl.LayersModel, weights: Float32Array): void => {
  const layout = layoutOfModel(model)
  loadWeights(weights, layout, variablesOf(model, layout))
}

/** The bench and what only compiling tells, or why there is none. */
const compiledBench = (
  { model, ...setup }: LayersModelTrainerOptions,
  layout: Layout,
): (Bench & { readonly statisticsLength: number }) | string => {
  try {
    const graph = graphOfLayersModel(model, 'softmax-cross-entropy')
    const statisticsLength = statisticsLengthOf(graph)
    return { ...openCompiledBench({ ...setup, graph, layout, statisticsLength }), statisticsLength }
  } catch (error) {
    if (!isMurmurationError(error)) throw error
    return error.message
  }
}

const checkModel = ({ model, train }: LayersModelTrainerOptions): void => {
  const refuse = (problem: string): never => {
    throw new TrainerError(
      'BAD_MODEL',
      `the model ${model.name} does not fit the examples: ${problem}; no trainer was started`,
      { model: model.name, problem },
    )
  }
  const sizeOf = (shape: readonly (number | null)[]): number =>
    shape.reduce<number>((product, size) => product * (size ?? NaN), 1)
  const [inputs, outputs] = [model.inputs, model.outputs]
  if (inputs.length !== 1 || outputs.length !== 1)
    refuse(`it has ${inputs.length} inputs and ${outputs.length} outputs, not one of each`)
  if (sizeOf(inputs[0]!.shape.slice(1)) !== sizeOf(train.shape))
    refuse(`its input is ${inputs[0]!.shape.join('×')}, an example ${train.shape.join('×')}`)
  if (outputs[0]!.shape.length !== 2 || outputs[0]!.shape[1] !== train.classes)
    refuse(
      `its output is ${outputs[0]!.shape.join('×')}, not one number for each of ${train.classes} classes`,
    )
  if (model.layers.some((layer) => layer.getClassName() === 'Embedding'))
    refuse('an embedding looks up whole numbers, and examples are scaled to 0…1')
}
