export { createTopology, type Topology } from '../../protocols/topology/index.js'
export { SimulationError } from './errors.js'
export { finish } from './swarm/finish.js'
export { simulate, type Scenario, type Simulation } from './simulation.js'
export { peerNames, type SimulatedPeer } from './swarm/peer.js'
export { createSwarm, type Swarm, type SwarmObserver, type SwarmOptions } from './swarm/swarm.js'
export type { SimulatedMix, Trained, Training, Weights } from './training/contract.js'
export { createRealTraining, type RealTrainingOptions } from './training/real.js'
export { createToyTraining, type ToyTraining } from './training/toy.js'
export { createAgenda, type Agenda } from './world/agenda.js'
export { parseWorld, worldSchema, type World } from './world/schema.js'
export { runCell, checkCell, type RunCellOptions } from './cell/run-cell.js'
export type {
  CellRecord,
  FailureRecord,
  ResultRecord,
  RoundRecord,
  SimulationRecord,
} from './cell/records.js'
export { cellIdOf, parseSettings, type CellSettings } from './cell/settings.js'
export * from './sweep/index.js'
export { renderReport, writeReport } from './report/index.js'
export { signaturesOf } from './swarm/merging.js'
export { lies, type Lie, type MergeScenario } from './swarm/merge-scenario.js'
