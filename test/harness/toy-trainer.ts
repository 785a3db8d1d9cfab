import { createLayout, type Layout } from '../../protocols/model/index.js'
import { createRandom } from '../../protocols/random.js'

/** What the simulated peers train. */
export interface Problem {
  readonly layout: Layout
  /** A fresh vector that the caller owns. */
  initial(peer: string): Float32Array
  /** Trains a copy: the weights given are borrowed and not changed. */
  train(
    peer: string,
    weights: Float32Array,
    steps: number,
  ): { weights: Float32Array; loss: number; samples: number }
}

/**
 * Least squares with a known optimum: peer i minimises ½‖x − c_i‖² by gradient descent. The sum over the peers is
 * least at the mean of the c_i, whatever the mixing does on the way there.
 */
export interface ToyProblem extends Problem {
  /** Where the average model belongs: the mean of the targets. */
  readonly optimum: readonly number[]
  target(peer: string): readonly number[]
}

export const createToyProblem = ({
  peers,
  dimensions,
  learningRate,
  seed,
}: {
  readonly peers: readonly string[]
  readonly dimensions: number
  readonly learningRate: number
  readonly seed: number
}): ToyProblem => {
  const layout = createLayout([{ name: 'x', shape: [dimensions], kind: 'bias' }])
  const targets = new Map(peers.map((peer) => [peer, uniform(dimensions, seed, 'target', peer)]))
  const optimum = Array.from({ length: dimensions }, (_, i) => {
    let sum = 0
    for (const target of targets.values()) sum += target[i]!
    return sum / peers.length
  })
  const target = (peer: string) => targets.get(peer) ?? optimum
  return {
    layout,
    optimum,
    target,
    initial: (peer) => Float32Array.from(uniform(dimensions, seed, 'initial', peer)),
    train(peer, weights, steps) {
      const c = target(peer)
      const trained = Float32Array.from(weights)
      for (let step = 0; step < steps; step++) {
        for (let i = 0; i < dimensions; i++) trained[i]! -= learningRate * (trained[i]! - c[i]!)
      }
      let loss = 0
      for (let i = 0; i < dimensions; i++) loss += (trained[i]! - c[i]!) * (trained[i]! - c[i]!)
      return { weights: trained, loss: loss / 2, samples: steps }
    },
  }
}

/** Uniform in [−1, 1). */
const uniform = (count: number, ...seed: (string | number)[]): number[] => {
  const random = createRandom(...seed)
  return Array.from({ length: count }, () => 2 * random.next() - 1)
}
