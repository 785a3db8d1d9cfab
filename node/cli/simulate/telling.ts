import type { ResultRecord, SimulationRecord } from '../../../test/harness/cell/records.js'
import type { Cell } from '../../../test/harness/sweep/index.js'
import { varyingKeys } from '../../../test/harness/cell/relevance.js'
import { lookedAt } from '../../../test/harness/report/looked-at.js'
import { tableHead, tableRow } from '../demo/table.js'
import { percent, size } from '../../units.js'
import type { Output } from '../output.js'
import { replayCommand } from './command-line.js'
import { IDLE, labelOf, nameOf, varyingOf } from './labels.js'
import { createProgress } from './progress.js'
import { createGrowingTable, finalTable } from './results-table.js'

/** What people and programs are told of a sweep. */
export interface Telling {
  begin(plan: { readonly cores: number; readonly out?: string | undefined }): void
  record(record: SimulationRecord): void
  /** For people, once all is over. */
  summary(): void
  /** For programs: a line for each cell that has a result. */
  results(): void
}

/**
 * @param todo the cells that will be run; the others are in `results` already.
 * @param results by cell; grows with the records.
 * @param args what was typed, for the commands that are proposed.
 */
export const createTelling = ({
  cells,
  todo,
  results,
  args,
  output,
}: {
  readonly cells: readonly Cell[]
  readonly todo: readonly Cell[]
  readonly results: Map<string, ResultRecord>
  readonly args: readonly string[]
  readonly output: Output
}): Telling => {
  const byId = new Map(cells.map((cell) => [cell.id, cell]))
  const keys = varyingKeys(cells)
  const table = createGrowingTable(keys, cells)
  const progress = createProgress(todo, output)
  const alone = cells.length === 1

  const told = (record: SimulationRecord): void => {
    const cell = byId.get(record.cell)!
    switch (record.type) {
      case 'cell': {
        const { labelCounts } = record
        return output.emit({ ...varyingOf(cell, keys), type: 'cell', cell: cell.id, labelCounts })
      }
      case 'round':
        if (alone) output.say(tableRow(record))
        output.emit({ ...record })
        return progress.measured(cell.id, record.round)
      case 'result':
        results.set(cell.id, record)
        if (!alone) for (const line of table.row(cell, record)) output.say(line)
        return progress.ended(cell.id)
      case 'failure':
        // The only one ends the command, which says why.
        if (!alone) {
          const { seed } = cell.settings
          output.say(`failed: ${nameOf(cell, keys)}: ${record.message}`)
          output.say(`  alone: ${replayCommand(args, { chosen: cell.chosen, seed })}`)
        }
        output.emit({ ...varyingOf(cell, keys), ...record })
        return progress.ended(cell.id)
    }
  }

  return {
    begin({ cores, out }) {
      for (const line of opening({ cells, todo, cores, out })) output.say(line)
      if (todo.length === 0) return
      output.say()
      for (const line of alone ? [tableHead()] : table.head) output.say(line)
    },
    record: told,
    summary() {
      output.endProgress()
      output.say()
      const lines = alone
        ? lastLines(cells[0]!, results.get(cells[0]!.id))
        : ['All cells, in the order of the options:', ...finalTable(cells, keys, results)]
      for (const line of lines) output.say(line)
    },
    results() {
      for (const cell of cells) {
        const result = results.get(cell.id)
        if (result !== undefined) output.emit({ ...varyingOf(cell, keys), ...result })
      }
    },
  }
}

const opening = ({
  cells,
  todo,
  cores,
  out,
}: {
  readonly cells: readonly Cell[]
  readonly todo: readonly Cell[]
  readonly cores: number
  readonly out: string | undefined
}): readonly string[] => {
  const { settings } = cells[0]!
  const { peers, trainer, data, model, rule, baseline, rounds, localSteps } = settings
  const task = trainer === 'toy' ? 'the toy problem' : `${data}, ${model}`
  const topology = labelOf(settings, 'topology')
  const gossip = topology === IDLE ? `rule ${rule}` : `${topology}, ${rule}`
  const how = baseline === 'none' ? gossip : baseline
  const what =
    cells.length === 1
      ? `${peers} ${peers === 1 ? 'peer' : 'peers'} on ${task}, ${how}, ${rounds} rounds of ${localSteps} steps`
      : `${cells.length} cells`
  const on = `${cores} ${cores === 1 ? 'core' : 'cores'}`
  const done = cells.length - todo.length
  return [
    `Murmuration simulation: ${what}, on ${on}; Ctrl-C stops everything`,
    ...(done > 0 && out !== undefined
      ? [`${done} of ${cells.length} are done in ${out}, ${todo.length} to go`]
      : []),
    ...(comparesRulesOnToys(cells)
      ? ['On the toy problem variance-corrected is the plain mean: its rows repeat those of mean.']
      : []),
  ]
}

/** The toy's one tensor counts as a bias, which the rule does not rescale. */
const comparesRulesOnToys = (cells: readonly Cell[]): boolean => {
  const rules = new Set(
    cells.flatMap(({ settings: { trainer, rule, baseline } }) =>
      trainer === 'toy' && baseline === 'none' ? [rule] : [],
    ),
  )
  return rules.has('mean') && rules.has('variance-corrected')
}

const lastLines = ({ settings }: Cell, result: ResultRecord | undefined): readonly string[] => {
  if (result === undefined) return []
  const { roundsToTarget, localAccuracyMean, localAccuracyMin, mergedAccuracy, bytesSentPerPeer } = result
  const target = percent(settings.target)
  const looked = lookedAt([settings.evaluateEvery])
  const note = looked === '' ? '' : ` (${looked})`
  return [
    `local accuracy   mean ${percent(localAccuracyMean)}, min ${percent(localAccuracyMin)}`,
    `merged accuracy  ${percent(mergedAccuracy)}`,
    roundsToTarget === null
      ? `the local mean did not reach ${target} in ${result.rounds} rounds${note}`
      : `the local mean reached ${target} after ${roundsToTarget} rounds${note}`,
    `sent per peer ${size(bytesSentPerPeer)}, ${(result.virtualMs / 1000).toFixed(1)} s of virtual time, ` +
      `${Math.round(result.nodeRoundsPerSecond)} node rounds per second, ${result.seconds.toFixed(1)} s in all`,
  ]
}
