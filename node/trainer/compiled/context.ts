import type { OptimizerConfig } from '../../../protocols/training/contract.js'

/** Bytes of the kernels' `Context`. */
export const CONTEXT_BYTES = 80

/** Places of its fields, in units of 4 bytes; of 8 for the float64. As protocols/kernels/assembly/training/context.ts has them. */
const WORD = {
  weights: 0,
  first: 1,
  second: 2,
  optimizer: 3,
  rate: 4,
  decay: 5,
  rest: 6,
  secondDecay: 7,
  secondRest: 8,
  floor: 9,
  shrink: 10,
  seed: 11,
  labels: 12,
  targets: 13,
  correct: 16,
  statistics: 17,
} as const
const LOSS_SUM_DOUBLE = 7

/** The optimizers of the trainer's contract, and momentum with Nesterov's look-ahead. */
export type StepOptimizer =
  OptimizerConfig | { readonly kind: 'nesterov'; readonly learningRate: number; readonly momentum: number }

/** What an optimizer is called in the kernels, and how many vectors of the weights' length it keeps. */
export const optimizerKind = (config: StepOptimizer): { readonly code: number; readonly vectors: number } => {
  if (config.kind === 'adamw') return { code: 3, vectors: 2 }
  if (config.kind === 'nesterov') return { code: 2, vectors: 1 }
  return config.momentum === 0 ? { code: 0, vectors: 0 } : { code: 1, vectors: 1 }
}

/** What a step works with beside its program: the fields that JavaScript writes, and those that it reads afterwards. */
export interface Context {
  readonly pointer: number
  /** Addresses in the kernels' memory; those that the next program does not use may be anything. */
  point(
    to: Partial<Record<'weights' | 'first' | 'second' | 'labels' | 'targets' | 'statistics', number>>,
  ): void
  /**
   * Constants of the optimizer for one step.
   * @param step from 1: AdamW's corrections depend on it.
   */
  optimize(config: StepOptimizer, step: number): void
  /** Chooses what dropout drops in the next step. */
  drop(seed: number): void
  /** Σ of the last batch's losses. */
  lossSum(): number
  /** Examples of the last batch whose largest logit was the label's. */
  correct(): number
}

/** @param pointer of `CONTEXT_BYTES` that the caller allocated, at a multiple of 8. */
export const createContext = (memory: WebAssembly.Memory, pointer: number): Context => {
  const words = new Uint32Array(memory.buffer, pointer, CONTEXT_BYTES / 4)
  const floats = new Float32Array(memory.buffer, pointer, CONTEXT_BYTES / 4)
  const doubles = new Float64Array(memory.buffer, pointer, CONTEXT_BYTES / 8)
  words.fill(0)
  return {
    pointer,
    point(to) {
      for (const [name, address] of Object.entries(to)) words[WORD[name as keyof typeof to]] = address
    },
    optimize(config, step) {
      words[WORD.optimizer] = optimizerKind(config).code
      if (config.kind !== 'adamw') {
        floats[WORD.rate] = config.learningRate
        floats[WORD.decay] = config.momentum
        return
      }
      const { learningRate, beta1, beta2, epsilon, weightDecay } = config
      // The same constants as node/trainer/optimizer.ts has, for the same reason.
      const correction = Math.sqrt(1 - beta2 ** step)
      floats[WORD.rate] = (learningRate * correction) / (1 - beta1 ** step)
      floats[WORD.decay] = beta1
      floats[WORD.rest] = 1 - beta1
      floats[WORD.secondDecay] = beta2
      floats[WORD.secondRest] = 1 - beta2
      floats[WORD.floor] = epsilon * correction
      floats[WORD.shrink] = 1 - learningRate * weightDecay
    },
    drop(seed) {
      words[WORD.seed] = seed
    },
    lossSum: () => doubles[LOSS_SUM_DOUBLE]!,
    correct: () => words[WORD.correct]!,
  }
}
