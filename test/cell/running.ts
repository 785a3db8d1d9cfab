import { runSynchronousCell } from '../harness/cell/baselines/synchronous.js'
import { nobody, runGossipCell } from '../harness/cell/gossip-cell.js'
import { createRecorder } from '../harness/cell/recorder.js'
import type { CellRecord, ResultRecord, RoundRecord } from '../harness/cell/records.js'
import { runCell, type RunCellOptions } from '../harness/cell/run-cell.js'
import { parseSettings } from '../harness/cell/settings.js'
import type { Training } from '../harness/index.js'
import { createTopology } from '../../protocols/topology/index.js'

export interface Ran {
  readonly cells: readonly CellRecord[]
  readonly rounds: readonly RoundRecord[]
  readonly result: ResultRecord
}

type Input = Readonly<Record<string, unknown>>

/** Every message takes 5 ms, a step 10 ms. */
export const LINKS_5 = { links: { latencyMs: 5 } }

/** Runs a cell with the toy, unless it says otherwise. */
export const ran = async (input: Input, options: Partial<RunCellOptions> = {}): Promise<Ran> => {
  const heard = hear()
  const result = await runCell(parseSettings({ trainer: 'toy', peers: 2, ...LINKS_5, ...input }), {
    threads: 0,
    ...options,
    onRecord(record) {
      heard.onRecord(record)
      options.onRecord?.(record)
    },
  })
  return { ...heard, result }
}

/** Runs a cell over another training, as `runCell` would. */
export const ranWith = async (
  training: Training,
  input: Input,
  heard = hear(),
  signal?: AbortSignal,
): Promise<Ran> => {
  const settings = parseSettings({ peers: 2, ...LINKS_5, ...input })
  const { baseline, topology, seed } = settings
  const recorder = createRecorder(settings, heard.onRecord)
  const common = { settings, training, recorder, signal }
  recorder.begin(training.labelCounts)
  const result = await (baseline === 'none' || baseline === 'local'
    ? runGossipCell({ ...common, topology: baseline === 'none' ? createTopology(topology, seed) : nobody })
    : runSynchronousCell(common))
  return { ...heard, result }
}

/** Keeps the records of one cell. */
export const hear = () => {
  const cells: CellRecord[] = []
  const rounds: RoundRecord[] = []
  return {
    cells,
    rounds,
    onRecord: (record: CellRecord | RoundRecord) =>
      void (record.type === 'cell' ? cells.push(record) : rounds.push(record)),
  }
}
