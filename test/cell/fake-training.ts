import { average, averagingRule } from '../../protocols/averaging/index.js'
import { createLayout, type TensorSpec } from '../../protocols/model/index.js'
import type { Trained, Training, Weights } from '../harness/index.js'

export interface FakeTraining extends Training {
  /** What was asked that changes a peer, in order: `train 1`, `reset 1`. */
  readonly asked: readonly string[]
  isClosed: boolean
}

/** One number in one bias. */
const NUMBER: readonly TensorSpec[] = [{ name: 'x', shape: [1], kind: 'bias' }]

/**
 * A training whose every number a test can follow: a step adds peer + 1 to each weight, and a model that begins with
 * x has accuracy x / 100. All that is left out takes that.
 */
export const createFakeTraining = ({
  initial,
  tensors = NUMBER,
  labelCounts = null,
  ...changes
}: {
  /** Weights by peer. */
  readonly initial: readonly (readonly number[])[]
  readonly tensors?: readonly TensorSpec[]
  readonly labelCounts?: Training['labelCounts']
  readonly train?: Training['train']
  readonly evaluate?: Training['evaluate']
}): FakeTraining => {
  const layout = createLayout(tensors)
  const asked: string[] = []
  const train = changes.train ?? step
  return {
    ...{ layout, labelCounts, asked, isClosed: false },
    initial: (peer) => Float32Array.from(initial[peer]!),
    train(peer, weights, steps) {
      asked.push(`train ${peer}`)
      return train(peer, weights, steps)
    },
    mix(_peer, { rule, contributions }) {
      const out = new Float32Array(layout.length)
      const inputs = contributions.map(({ from, weights, weight }) => ({
        from,
        weight,
        weights: here(weights),
      }))
      average({ rule: averagingRule(rule), layout, contributions: inputs, out })
      return out
    },
    evaluate: changes.evaluate ?? ((_peer, weights) => quality(here(weights)[0]! / 100)),
    reset: (peer) => void asked.push(`reset ${peer}`),
    close() {
      this.isClosed = true
      return Promise.resolve()
    },
  }
}

/** Adds steps × (peer + 1) to each weight. The loss is ten times the peer's place, from 1. */
export const step = (peer: number, weights: Weights, steps: number): Trained => ({
  weights: here(weights).map((x) => x + steps * (peer + 1)),
  loss: 10 * (peer + 1),
  samples: steps,
})

/** An evaluation that says this. */
export const quality = (accuracy: number) => ({ accuracy, loss: 0, examples: 1 })

/** Nothing here makes weights wait. */
export const here = (weights: Weights): Float32Array => {
  if (weights instanceof Promise) throw new TypeError('weights that are not there yet')
  return weights
}
