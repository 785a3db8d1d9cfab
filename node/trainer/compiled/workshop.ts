import type { Arena } from '../../kernels/arena.js'
import type { Layout } from '../../../protocols/model/index.js'
import type { Context } from './context.js'
import type { Graph } from './graph.js'
import type { TrainingKernels } from './kernels.js'

/** What everything compiled in one thread works with: memory, kernels, and one place for the weights of the call under way. */
export interface Workshop {
  readonly arena: Arena
  readonly kernels: TrainingKernels
  readonly context: Context
  readonly graph: Graph
  readonly layout: Layout
  /** The weights of the call under way. */
  readonly weights: Float32Array
}
