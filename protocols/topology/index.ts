export * from './connectivity.js'
export {
  checkTopology,
  type NeighboursAsked,
  type Topology,
  type TopologyKind,
  type TopologyParameter,
  type TopologySettings,
} from './contract.js'
export * from './describe.js'
export { createEdgeListTopology, edgeListFile, namedEdgeListFile } from './edge-list.js'
export { memberNames } from './member-names.js'
export * from './mixing-matrix.js'
export * from './registry.js'
export * from './spectral.js'
