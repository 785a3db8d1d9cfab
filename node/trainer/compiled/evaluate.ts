import type { Evaluation, Examples, Statistics } from '../../../protocols/training/contract.js'
import { floatsIn } from '../../kernels/arena.js'
import { assertRunning, type SessionSetup, type Stopped } from '../session.js'
import { sharedFloats } from '../../kernels/model-memory.js'
import { statisticsExamples } from '../statistics-examples.js'
import { createWorkspace, type Workspace } from './compile.js'
import { createLoadExamples, type LoadExamples } from './load-examples.js'
import type { Workshop } from './workshop.js'

/** Makes the programs that `evaluateExamples` will use, so that evaluating allocates nothing. */
export const prepareEvaluation = (workspace: Workspace, count: number): void => {
  for (const rows of [Math.min(workspace.rowsMax, count), count % workspace.rowsMax]) {
    if (rows > 0) workspace.forwardProgram(rows, 'evaluate')
  }
}

/** Evaluates the workshop's weights on all test examples, as many at a time as the workspace has room for. */
export const evaluateExamples = ({
  workshop: { arena, kernels, context },
  workspace,
  load,
  statistics,
  test,
  stopped,
}: {
  readonly workshop: Workshop
  readonly workspace: Workspace
  readonly load: LoadExamples
  /** What normalisations normalise with. */
  readonly statistics: Float32Array
  readonly test: Examples
  readonly stopped: Stopped
}): Evaluation => {
  const block = arena.allocate(statistics.byteLength)
  floatsIn(arena.memory, block).set(statistics)
  context.point({ labels: workspace.labels, statistics: block.pointer })
  let lossSum = 0
  let correct = 0
  try {
    for (let start = 0; start < test.count; start += workspace.rowsMax) {
      assertRunning(stopped)
      const rows = Math.min(workspace.rowsMax, test.count - start)
      load(
        test,
        Uint32Array.from({ length: rows }, (_, i) => start + i),
      )
      const program = workspace.forwardProgram(rows, 'evaluate')
      kernels.execute(context.pointer, program.pointer, program.bytes)
      lossSum += context.lossSum()
      correct += context.correct()
    }
  } finally {
    arena.free(block)
  }
  const examples = test.count
  return examples === 0
    ? { accuracy: 0, loss: 0, examples }
    : { accuracy: correct / examples, loss: lossSum / examples, examples }
}

/**
 * The statistics of some of a trainer's own examples under the workshop's weights: see ../estimate-statistics.ts, whose choice of examples
 * this is. They pass as one batch, for which there is room during this call only.
 * @param length of the result; with 0 nothing is computed.
 */
export const estimateStatistics = ({
  workshop: { arena, kernels, context, graph },
  examples,
  of: { part, seed },
  length,
}: {
  readonly workshop: Workshop
  readonly examples: Examples
  readonly of: Pick<SessionSetup, 'part' | 'seed'>
  readonly length: number
}): Statistics => {
  const values = sharedFloats(length)
  if (length === 0) return { count: 0, values }
  const indices = statisticsExamples(part, seed)
  const count = indices.length
  const block = arena.allocate(values.byteLength)
  let workspace: Workspace | undefined
  try {
    workspace = createWorkspace({ graph, arena, rowsMax: count, input: 'bytes', trains: false })
    createLoadExamples(arena.memory, workspace, graph.inputs)(examples, indices)
    context.point({ labels: workspace.labels, statistics: block.pointer })
    const program = workspace.forwardProgram(count, 'measure')
    kernels.execute(context.pointer, program.pointer, program.bytes)
    values.set(floatsIn(arena.memory, block))
  } finally {
    workspace?.free()
    arena.free(block)
  }
  return { count, values }
}
