import { SimulationError, simulate, worldSchema, type Simulation } from '../harness/index.js'
import { createTopology } from '../../protocols/topology/index.js'
import { isMurmurationError } from '../../protocols/errors.js'
import {
  invariants as all,
  type Effect,
  type Event,
  type Invariant,
  type Watch,
  type Watched,
} from './invariants/index.js'
import { simulated, type SwarmScenario } from './scenario.js'

export interface Verdict {
  readonly scenario: SwarmScenario
  /** Undefined: everything held. */
  readonly violation: Violation | undefined
  readonly events: number
  readonly virtualMs: number
  readonly trace: readonly string[]
}

export interface Violation {
  /** `crash` when something threw that is no violation of an invariant. */
  readonly invariant: string
  readonly message: string
  readonly atMs: number
  readonly stack?: string | undefined
}

export type OnEvent = (atMs: number, peer: string, event: Event, effects: readonly Effect[]) => void

export interface CheckOptions {
  readonly invariants?: readonly Invariant[]
  /** An engine has answered an event. */
  readonly onEvent?: OnEvent
  /** A line of the simulation's own trace. */
  readonly onNote?: (atMs: number, peer: string, text: string) => void
}

/** Simulates a scenario to its end, or to the first moment at which an invariant does not hold. */
export const checkScenario = (
  scenario: SwarmScenario,
  { invariants = all, onEvent, onNote }: CheckOptions = {},
): Verdict => {
  let watches: readonly Watch[] = []
  const simulation = simulate({
    ...simulated(scenario),
    observer: {
      handled(peer, event, effects) {
        onEvent?.(simulation.nowMs, peer.id, event, effects)
        for (const watch of watches) watch.handled?.(peer, event, effects)
      },
      noted: (peer, text) => onNote?.(simulation.nowMs, peer, text),
    },
  })
  const watched = watchedOf(scenario, simulation)
  watches = invariants.map((invariant) => invariant.watch(watched))
  let events = 0
  let violation: Violation | undefined
  try {
    while (simulation.step()) {
      events += 1
      for (const watch of watches) watch.stepped?.()
    }
    for (const watch of watches) watch.ended?.()
  } catch (error) {
    violation = asViolation(error, simulation.nowMs)
  }
  return { scenario, violation, events, virtualMs: simulation.nowMs, trace: simulation.trace }
}

const watchedOf = (scenario: SwarmScenario, simulation: Simulation): Watched => ({
  scenario,
  world: worldSchema.parse(scenario.world),
  topology: createTopology(scenario.topology, scenario.seed),
  peers: simulation.swarm.peers,
  get nowMs() {
    return simulation.nowMs
  },
  get planned() {
    return simulation.swarm.agenda.size
  },
  viewOf: ({ index }) => simulation.swarm.viewOf(simulation.swarm.peers[index]!),
  merged: (id) => simulation.merged(id),
  abandoned: (id) => simulation.abandoned(id),
})

const asViolation = (error: unknown, atMs: number): Violation => {
  if (error instanceof SimulationError && error.code === 'INVARIANT') {
    return { invariant: String(error.details.invariant), message: error.message, atMs }
  }
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  const stack = error instanceof Error && !isMurmurationError(error) ? error.stack : undefined
  return { invariant: 'crash', message, atMs, stack }
}
