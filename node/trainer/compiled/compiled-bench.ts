import { assertFits, type Layout } from '../../../protocols/model/index.js'
import type { Statistics } from '../../../protocols/training/contract.js'
import { createArena, floatsIn } from '../../kernels/arena.js'
import type { ThreadSetup } from '../messages.js'
import { parseModel } from '../models.js'
import { planModel, statisticsLengthOf } from '../plan.js'
import type { Bench, SessionSetup, StartBench } from '../session.js'
import { createWorkspace } from './compile.js'
import { createCompiledSession } from './compiled-session.js'
import { CONTEXT_BYTES, createContext } from './context.js'
import { graphOfPlan } from './from-plan.js'
import type { Graph } from './graph.js'
import { trainingKernels } from './kernels.js'
import { estimateStatistics, evaluateExamples, prepareEvaluation } from './evaluate.js'
import { createLoadExamples } from './load-examples.js'
import type { Workshop } from './workshop.js'

/** Examples per forward pass of an evaluation. Guess: what passes through then stays in a core's own cache. */
const EVALUATION_BATCH = 64

/** What a compiled bench is made of; its kernels know the examples as bytes. */
export interface CompiledBenchSetup extends Pick<ThreadSetup, 'train' | 'test' | 'optimizer' | 'batch'> {
  /** Of as many inputs as an example has bytes, and with cross-entropy. */
  readonly graph: Graph
  readonly layout: Layout
  /** Elements of the statistics of the graph's normalisations. */
  readonly statisticsLength: number
}

/** One of the catalogue's models on our own kernels. No tfjs is loaded. */
export const startCompiledBench: StartBench = ({ model, ...setup }, layout) =>
  // What throws here rejects: `auto` waits for it.
  new Promise((resolve) => {
    const { shape, classes } = setup.train
    const graph = graphOfPlan(planModel(parseModel(model), shape, classes), layout, shape)
    const statisticsLength = statisticsLengthOf(model, shape, classes)
    resolve(openCompiledBench({ ...setup, graph, layout, statisticsLength }))
  })

/**
 * Our own kernels, WebAssembly with SIMD: forward pass, backward pass and the optimizer's step are one call. All of it lies in a memory
 * of this thread, the optimizer's state of every session too; weights are copied in and out per call (40 µs for `mlp:128`).
 * @throws KernelError NOT_BUILT, UNSUPPORTED, NO_MEMORY, ARENA_FULL
 */
export const openCompiledBench = (setup: CompiledBenchSetup): Bench => {
  const { train, batch, layout } = setup
  const workshop = openWorkshop(setup)
  const { arena, graph } = workshop
  const rowsMax = Math.max(batch, EVALUATION_BATCH)
  const workspace = createWorkspace({ graph, arena, rowsMax, input: 'bytes', trains: true })
  prepareEvaluation(workspace, setup.test.count)
  const load = createLoadExamples(arena.memory, workspace, graph.inputs)
  const estimate = (of: SessionSetup): Statistics =>
    estimateStatistics({ workshop, examples: train, of, length: setup.statisticsLength })

  return {
    backend: { name: 'compiled', why: 'its kernels run here and the model has no other layers' },
    open: (session) =>
      createCompiledSession({
        ...session,
        ...{ workshop, workspace, load, train, batch },
        optimizer: setup.optimizer,
      }),
    estimateStatistics(weights, of) {
      assertFits(weights, layout)
      workshop.weights.set(weights)
      return estimate(of)
    },
    evaluate({ weights, statistics }, of) {
      assertFits(weights, layout)
      workshop.weights.set(weights)
      const values = statistics ?? estimate(of).values
      return evaluateExamples({
        workshop,
        workspace,
        load,
        statistics: values,
        test: setup.test,
        stopped: of.stopped,
      })
    },
    diagnostics: () => ({ tensors: 0, bytes: arena.used }),
    // The memory goes with the last reference to it.
    dispose: () => workspace.free(),
  }
}

const openWorkshop = ({ graph, layout }: CompiledBenchSetup): Workshop => {
  const arena = createArena()
  const context = createContext(arena.memory, arena.allocate(CONTEXT_BYTES).pointer)
  const block = arena.allocate(layout.length * Float32Array.BYTES_PER_ELEMENT)
  context.point({ weights: block.pointer })
  return {
    ...{ arena, context, layout, graph },
    kernels: trainingKernels(arena),
    weights: floatsIn(arena.memory, block),
  }
}
