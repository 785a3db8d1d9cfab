export * from './connectivity.js'
export type { NeighboursAsked, Topology, TopologyKind, TopologySettings } from './contract.js'
export * from './registry.js'
