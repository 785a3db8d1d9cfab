import { setImmediate as immediate } from 'node:timers/promises'
import { parseRunConfiguration } from '../../../protocols/run/index.js'
import { memberNames, type Topology } from '../../../protocols/topology/index.js'
import { atomicWrite } from '../../store/index.js'
import { layoutOf } from '../../trainer/index.js'
import { beforeStart } from '../before-start.js'
import { CliError, Interrupted } from '../exit-codes.js'
import { interruptSignal } from '../interrupt.js'
import { createOutput, type Output } from '../output.js'
import { openOutputFile } from '../output-file.js'
import type { TopologyOptions } from './command.js'
import { measure, type MeasuredTopology } from './figures.js'
import { kindLines } from './kinds.js'
import { topologyNamed } from './named.js'
import type { PictureOf } from './picture/index.js'
import { kindTable, tableNotes, topologyTable } from './table.js'

/** @throws CliError, TopologyError, StoreError, Interrupted; a drawing is written whole or not at all. */
export const showTopologies = async (names: readonly string[], options: TopologyOptions): Promise<void> => {
  const output = createOutput(options)
  const { topologies, parameters } = await beforeStart(() => prepare(names, options))
  if (topologies.length === 0) return listKinds(output)
  const { svg } = options
  const folder = svg === undefined ? undefined : await beforeStart(() => openOutputFile(svg))
  try {
    await measureAndShow(topologies, parameters, options, output)
  } catch (error) {
    await folder?.giveUp()
    throw error
  }
}

const measureAndShow = async (
  topologies: readonly Topology[],
  parameters: number,
  options: TopologyOptions,
  output: Output,
): Promise<void> => {
  const members = memberNames(options.peers)
  const measured = await measureAll({ topologies, members, parameters, output })
  sayTable(measured, options.model, output)
  const failures = measured.flatMap(({ failure }) => (failure === undefined ? [] : [failure]))
  const [first] = topologies
  if (options.svg !== undefined && failures.length === 0) {
    await draw(options.svg, { topology: first!, members, seed: options.seed, figures: measured[0]!.figures })
    output.say(`drawn: ${options.svg}`)
  }
  emitAll(measured, options, output)
  // The others have been shown. It fails as a run with this topology would.
  if (failures.length > 0) await beforeStart(() => Promise.reject(failures[0]!))
}

/** Everything that can be wrong with what was asked, but for what depends on the number of peers. */
const prepare = async (names: readonly string[], { svg, model, seed }: TopologyOptions) => {
  const chosen = [...new Set(names)]
  if (svg !== undefined && chosen.length !== 1) {
    throw new CliError('USAGE', `--svg draws one topology, not ${chosen.length}. Name one.`)
  }
  const { inputShape, classes } = parseRunConfiguration({})
  const parameters = layoutOf(model, inputShape, classes).length
  const topologies: Topology[] = []
  for (const name of chosen) topologies.push(await topologyNamed(name, seed))
  return { topologies, parameters }
}

const measureAll = async ({
  topologies,
  members,
  parameters,
  output,
}: {
  readonly topologies: readonly Topology[]
  readonly members: readonly string[]
  readonly parameters: number
  readonly output: Output
}): Promise<readonly MeasuredTopology[]> => {
  const interrupt = interruptSignal()
  const measured: MeasuredTopology[] = []
  try {
    for (const topology of topologies) {
      output.progress(`measuring ${topology.name} …`)
      // Lets Ctrl-C in between two.
      await immediate()
      if (interrupt.aborted)
        throw new Interrupted('stopped before everything was measured; nothing was written')
      measured.push(measure(topology, members, parameters))
    }
  } finally {
    output.endProgress()
  }
  return measured
}

/** What could not even be built has no figures; among others it keeps its row. With one name, the error says it. */
const sayTable = (measured: readonly MeasuredTopology[], model: string, output: Output): void => {
  const several = measured.length > 1
  const rows = measured.map(({ figures }) => figures)
  if (!several && rows[0]!.connected === null) return
  for (const line of topologyTable(rows)) output.say(line)
  if (several) for (const { failure } of measured) if (failure) output.say(failure.message)
  for (const line of tableNotes(model)) output.say(line)
}

/** Nothing is written unless the whole drawing is. */
const draw = async (path: string, picture: PictureOf): Promise<void> => {
  // Loaded here: graphology is of no use to anyone who does not draw.
  const { drawTopology } = await import('./picture/index.js')
  await atomicWrite(path, Buffer.from(drawTopology(picture)))
}

/** A line for each topology; what was drawn is said in its line. */
const emitAll = (
  measured: readonly MeasuredTopology[],
  { model, seed, svg }: TopologyOptions,
  output: Output,
): void => {
  for (const { figures, failure } of measured) {
    const drawn = svg === undefined ? {} : { svg }
    output.emit(
      failure === undefined
        ? { type: 'result', ...figures, model, seed, ...drawn }
        : { type: 'failure', ...figures, code: failure.code, message: failure.message },
    )
  }
}

const listKinds = (output: Output): void => {
  for (const line of kindTable(kindLines)) output.say(line)
  output.say()
  output.say('One of them, or several, measured: murmur topology regular:4 exponential --peers 32')
  output.emit({ type: 'result', kinds: kindLines })
}
