export { createAgenda, type Agenda } from './agenda.js'
export { delayOf, type LinkModel } from './links.js'
export { peerNames, simulate, type Fault, type Scenario, type Simulation } from './simulation.js'
export { createToyProblem, type Problem, type ToyProblem } from './toy-trainer.js'
