import { average, averagingRule, caughtUp } from '../../../protocols/averaging/index.js'
import { createLayout, distance } from '../../../protocols/model/index.js'
import { createRandom } from '../../../protocols/random.js'
import type { Training, Weights } from './contract.js'

/**
 * Least squares with a known optimum: peer i minimises ½‖x − c_i‖² by gradient descent. The sum over the peers is
 * least at the mean of the c_i, whatever the mixing does on the way there. Microseconds a step, and the same bits on
 * every machine.
 *
 * There are no examples. Accuracy stands for 1 − ‖x − optimum‖ / (mean distance of the initial models), at least 0.
 */
export interface ToyTraining extends Training {
  /** Where the average model belongs: the mean of the targets. */
  readonly optimum: Float32Array
  /** Where a peer would end alone. */
  target(peer: number): Float32Array
}

/** Guess: a peer alone covers two thirds of the way in ten steps. */
const LEARNING_RATE = 0.1

export const createToyTraining = ({
  peers,
  dimensions,
  seed,
  init = 'different',
  together = false,
}: {
  readonly peers: number
  /** Elements of the model. */
  readonly dimensions: number
  readonly seed: number
  readonly init?: 'different' | 'same'
  /** Everyone has everyone's targets, as if all data were in one place. @default false */
  readonly together?: boolean
}): ToyTraining => {
  const layout = createLayout([{ name: 'x', shape: [dimensions], kind: 'bias' }])
  const targets = Array.from({ length: peers }, (_, peer) => uniform(dimensions, seed, 'target', peer))
  const optimum = Float32Array.from({ length: dimensions }, (_, i) => {
    let sum = 0
    for (const target of targets) sum += target[i]!
    return sum / peers
  })
  const initial = (peer: number): Float32Array =>
    uniform(dimensions, seed, 'initial', init === 'same' ? 'all' : peer)
  let initialDistance = 0
  for (let peer = 0; peer < peers; peer++) initialDistance += distance(initial(peer), optimum) / peers

  return {
    layout,
    labelCounts: null,
    optimum,
    target: (peer) => targets[peer]!,
    initial,
    train(peer, weights, steps) {
      const c = together ? optimum : targets[peer]!
      const x = Float32Array.from(there(weights))
      let loss = 0
      for (let step = 0; step < steps; step++) {
        for (let i = 0; i < dimensions; i++) {
          const gradient = x[i]! - c[i]!
          loss += gradient * gradient
          x[i]! -= LEARNING_RATE * gradient
        }
      }
      return { weights: x, loss: loss / 2 / steps, samples: steps }
    },
    mix(_peer, { rule, contributions, catchUp }) {
      const out = new Float32Array(dimensions)
      const inputs = contributions.map(({ from, weights, weight, since }) => ({
        from,
        weight,
        weights: there(weights),
        since: since && there(since),
      }))
      const { now, fraction } = catchUp
      const moved = fraction === 0 ? inputs : caughtUp(layout, inputs, { now: there(now), fraction })
      average({ rule: averagingRule(rule), layout, contributions: moved, out })
      return out
    },
    evaluate(_peer, weights) {
      const off = distance(there(weights), optimum)
      const accuracy = initialDistance === 0 ? 1 : Math.max(0, 1 - off / initialDistance)
      return { accuracy, loss: (off * off) / 2, examples: 0 }
    },
    // Gradient descent keeps no state.
    reset() {},
    close: () => Promise.resolve(),
  }
}

/** The toy never makes weights wait. */
const there = (weights: Weights): Float32Array => {
  if (weights instanceof Promise) throw new TypeError('the toy trainer was given weights of another trainer')
  return weights
}

/** Uniform in [−1, 1). */
const uniform = (count: number, ...seed: (string | number)[]): Float32Array => {
  const random = createRandom(...seed)
  return Float32Array.from({ length: count }, () => 2 * random.next() - 1)
}
