export type { CellModule, Failure } from './cell-runner.js'
export { checkCells } from './check.js'
export {
  CELLS_MAX,
  cellsOf,
  MEASUREMENTS_MAX,
  type Axis,
  type AxisValue,
  type Cell,
  type GridOptions,
  type SettingsInput,
} from './grid.js'
export { varyingKeys } from '../cell/relevance.js'
export { openResults, readRecords, resultsPath, type ResultsFile } from './results-file.js'
export { loadScenario, withEdgeList } from './scenario-file.js'
export { runSweep, type CellFailure, type SweepOptions } from './sweep.js'
