import {
  createGossipLearning,
  createSchedule,
  type GossipEffect,
  type GossipLearningConfig,
} from '../../protocols/gossip-learning/index.js'
import { createTopology } from '../../protocols/topology/index.js'
import type { Head } from '../../protocols/wire/types.js'

/** Weights are opaque to the engine, so here they are words. */
export const engineOf = (overrides: Partial<GossipLearningConfig> = {}) => {
  const engine = createGossipLearning<string>({
    self: 'me',
    seed: 1,
    topology: createTopology('full', 1),
    schedule: createSchedule('every:1', { rounds: 3 }),
    mode: 'async',
    mixing: 'metropolis-hastings',
    catchUp: 0,
    rounds: 3,
    localSteps: 10,
    ...overrides,
  })
  engine.handle({ type: 'members', members: ['ann', 'bob', 'me'] }, 0)
  return engine
}

export const head = (overrides: Partial<Head> = {}): Head => ({
  version: 1,
  round: 1,
  samples: 320,
  digest: '00'.repeat(32),
  degree: 2,
  finished: false,
  loss: 1,
  accuracy: null,
  ...overrides,
})

export const start = { type: 'start', weights: 'initial', late: false } as const
export const trained = (weights: string) => ({ type: 'trained', weights, loss: 0.5, samples: 320 }) as const
export const kinds = (effects: GossipEffect<string>[]) => effects.map(({ type }) => type)
export const find = <T extends GossipEffect<string>['type']>(effects: GossipEffect<string>[], type: T) =>
  effects.find((effect): effect is GossipEffect<string> & { type: T } => effect.type === type)
