import { createTopology } from '../../protocols/topology/index.js'
import { worldSchema } from '../harness/index.js'
import type { Effect, Event, Invariant, Peer, Watched } from './invariants/index.js'
import type { SwarmScenario } from './scenario.js'

export const quietScenario: SwarmScenario = {
  ...{ seed: 1, peers: 3, topology: 'full', rounds: 4, localSteps: 1, mode: 'async', schedule: 'every:1' },
  ...{ mixing: 'metropolis-hastings', catchUp: 0, rule: 'mean', init: 'same', dimensions: 1, merge: false },
  world: { links: { latencyMs: 1 } },
}

type State = Peer['engine']['state']
type Outcome = NonNullable<ReturnType<Watched['merged']>>

/** One invariant at work on a history told by hand: three peers that exist on paper only. */
export const watching = (invariant: Invariant, scenario: Partial<SwarmScenario> = {}) => {
  const whole = { ...quietScenario, ...scenario }
  const states = new Map<string, State>()
  const outcomes = new Map<string, Outcome>()
  const ids = ['p00', 'p01', 'p02']
  const peers = ids.map((id, index) => {
    states.set(id, { phase: 'training', round: 0, samples: 0, inboxSize: 0, pullsUnderWay: 0, frozen: false })
    const engine = {
      handle: () => [],
      get state() {
        return states.get(id)!
      },
    }
    return { index, id, engine, alive: true, incarnation: 0, finished: false, published: undefined }
  })
  const now = { ms: 0, planned: 0 }
  const watch = invariant.watch({
    ...{ scenario: whole, peers },
    world: worldSchema.parse(whole.world),
    topology: createTopology(whole.topology, whole.seed),
    get nowMs() {
      return now.ms
    },
    get planned() {
      return now.planned
    },
    viewOf: () => ids,
    merged: (id) => outcomes.get(id),
    abandoned: () => undefined,
  })
  return {
    /** The peer's engine is in this state from now on. */
    state: (id: string, state: Partial<State>) => void states.set(id, { ...states.get(id)!, ...state }),
    at: (ms: number) => void (now.ms = ms),
    planned: (count: number) => void (now.planned = count),
    restart: (id: string) => void (peers.find((peer) => peer.id === id)!.incarnation += 1),
    merged: (id: string, outcome: Outcome) => void outcomes.set(id, outcome),
    handled(id: string, event: Event, effects: readonly Effect[] = []) {
      watch.handled?.(
        peers.find((peer) => peer.id === id)!,
        event,
        effects,
      )
    },
    stepped: (times = 1) => {
      for (let i = 0; i < times; i++) watch.stepped?.()
    },
    ended: () => watch.ended?.(),
  }
}
