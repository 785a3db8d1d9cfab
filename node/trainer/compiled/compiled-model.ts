import { createArena, floatsIn } from '../../kernels/arena.js'
import { TrainerError } from '../errors.js'
import { createWorkspace } from './compile.js'
import { CONTEXT_BYTES, createContext, type StepOptimizer } from './context.js'
import { statisticsLengthOf, type Graph } from './graph.js'
import { trainingKernels } from './kernels.js'

/** One batch: `batch × inputs` floats and what they should give; borrowed. */
export interface Batch {
  readonly inputs: Float32Array
  /** One per example, for cross-entropy. */
  readonly labels?: Uint8Array
  /** `batch × outputs`, for mean squared error. */
  readonly targets?: Float32Array
}

/** A compiled graph with weights, optimizer and memory of its own. */
export interface CompiledModel {
  /** The weights themselves, in the kernels' memory: write them to set them, copy them to keep them. */
  readonly weights: Float32Array
  /**
   * One optimizer step. Returns the mean loss before it; where that is not finite, nothing was updated.
   * @throws TrainerError BAD_BATCH, and nothing was updated either
   */
  step(batch: Batch): number
  /** The mean loss, as training sees it but for dropout; nothing is updated. @throws TrainerError BAD_BATCH */
  loss(batch: Batch): number
}

/**
 * Compiles a graph whose inputs are floats, for batches of one size.
 * @param length of the vector of weights.
 * @throws KernelError ARENA_FULL, NOT_BUILT, UNSUPPORTED
 */
export const createCompiledModel = ({
  graph,
  length,
  optimizer,
  batch,
  seed = 0,
}: {
  readonly graph: Graph
  readonly length: number
  readonly optimizer: StepOptimizer
  readonly batch: number
  /** Chooses what dropout drops. @default 0 */
  readonly seed?: number
}): CompiledModel => {
  const arena = createArena()
  const { memory } = arena
  const kernels = trainingKernels(arena)
  const context = createContext(memory, arena.allocate(CONTEXT_BYTES).pointer)
  const vector = (): { readonly pointer: number; readonly floats: Float32Array } => {
    const block = arena.allocate(length * Float32Array.BYTES_PER_ELEMENT)
    return { pointer: block.pointer, floats: floatsIn(memory, block).fill(0) }
  }
  const [weights, first, second] = [vector(), vector(), vector()]
  const statistics = arena.allocate(statisticsLengthOf(graph) * Float32Array.BYTES_PER_ELEMENT).pointer
  const workspace = createWorkspace({ graph, arena, rowsMax: batch, input: 'floats', trains: true })
  context.point({
    ...{ weights: weights.pointer, first: first.pointer, second: second.pointer, statistics },
    ...{ labels: workspace.labels, targets: workspace.targets },
  })
  let steps = 0

  const run = ({ inputs, labels, targets }: Batch, kind: 'train' | 'measure'): number => {
    new Float32Array(memory.buffer, workspace.input, inputs.length).set(inputs)
    // What the loss does not read has no place.
    if (graph.loss === 'mean-squared-error')
      new Float32Array(memory.buffer, workspace.targets, targets!.length).set(targets!)
    else new Uint8Array(memory.buffer, workspace.labels, batch).set(labels!)
    const { pointer, bytes } =
      kind === 'train' ? workspace.trainProgram(batch) : workspace.forwardProgram(batch, 'measure')
    kernels.execute(context.pointer, pointer, bytes)
    return context.lossSum() / batch
  }

  return {
    weights: weights.floats,
    step(given) {
      checkBatch(given, graph, batch)
      steps++
      context.optimize(optimizer, steps)
      context.drop(seed + steps)
      return run(given, 'train')
    },
    loss(given) {
      checkBatch(given, graph, batch)
      return run(given, 'measure')
    },
  }
}

/** Kernels trust what they are told: a longer batch, or a label that is none, would reach into other buffers. */
const checkBatch = (
  { inputs, labels, targets }: Batch,
  { inputs: width, outputs, loss }: Graph,
  batch: number,
): void => {
  const need = (what: string, actual: number | undefined, expected: number): void => {
    if (actual !== expected) throw badBatch(`it has ${actual ?? 'no'} ${what} where ${expected} are expected`)
  }
  need('inputs', inputs.length, batch * width)
  if (loss === 'mean-squared-error') return need('targets', targets?.length, batch * outputs)
  need('labels', labels?.length, batch)
  const wrong = labels!.find((label) => label >= outputs)
  if (wrong !== undefined) throw badBatch(`its label ${wrong} is not below ${outputs}, the number of outputs`)
}

const badBatch = (problem: string): TrainerError =>
  new TrainerError('BAD_BATCH', `the batch does not fit the model: ${problem}; nothing was trained`, {
    problem,
  })
