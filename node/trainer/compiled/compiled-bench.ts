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
import { trainingKernels } from './kernels.js'
import { estimateStatistics, evaluateExamples, prepareEvaluation } from './evaluate.js'
import { createLoadExamples } from './load-examples.js'
import type { Workshop } from './workshop.js'

/** Examples per forward pass of an evaluation. Guess: what passes through then stays in a core's own cache. */
const EVALUATION_BATCH = 64

/**
 * Our own kernels, WebAssembly with SIMD: forward pass, backward pass and the optimizer's step are one call, and no tfjs is loaded. All
 * of it lies in a memory of this thread, the optimizer's state of every session too; weights are copied in and out per call (40 µs
 * for `mlp:128`).
 */
export const startCompiledBench: StartBench = (setup, layout) => {
  const { train, batch } = setup
  const workshop = openWorkshop(setup, layout)
  const { arena, graph } = workshop
  const rowsMax = Math.max(batch, EVALUATION_BATCH)
  const workspace = createWorkspace({ graph, arena, rowsMax, input: 'bytes', trains: true })
  prepareEvaluation(workspace, setup.test.count)
  const load = createLoadExamples(arena.memory, workspace, graph.inputs)
  const statisticsLength = statisticsLengthOf(setup.model, train.shape, train.classes)
  const estimate = (of: SessionSetup): Statistics =>
    estimateStatistics({ workshop, examples: train, of, length: statisticsLength })

  const bench: Bench = {
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
  return Promise.resolve(bench)
}

const openWorkshop = ({ model, train }: ThreadSetup, layout: Layout): Workshop => {
  const arena = createArena()
  const context = createContext(arena.memory, arena.allocate(CONTEXT_BYTES).pointer)
  const block = arena.allocate(layout.length * Float32Array.BYTES_PER_ELEMENT)
  context.point({ weights: block.pointer })
  return {
    ...{ arena, context, layout },
    kernels: trainingKernels(arena),
    weights: floatsIn(arena.memory, block),
    graph: graphOfPlan(planModel(parseModel(model), train.shape, train.classes), layout, train.shape),
  }
}
