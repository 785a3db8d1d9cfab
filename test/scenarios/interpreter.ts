import { parse } from 'yaml'
import { simulate, type Scenario, type Simulation } from '../harness/index.js'
import { describeEvent } from '../swarm/describe-event.js'

/** Does the commands of one transcript, one after another; each gives the lines that it prints. */
export type Interpreter = (command: readonly string[]) => readonly string[]

/**
 * - `world` and YAML lines: a scenario of the simulator, its world under `world`
 * - `run [until=N ms] [events]`: the lines of the trace since; with `events` also what each engine was told and asked for
 * - `state`, `models`, `merge`: a line per peer
 * @returns throws Error for a command that is not known or comes before `world`.
 */
export const createInterpreter = (): Interpreter => {
  let simulation: Simulation | undefined
  let lines: { readonly text: string; readonly isEvent: boolean }[] = []

  const begin = (yaml: readonly string[]): readonly string[] => {
    const scenario = parse(yaml.join('\n')) as Scenario
    const created = simulate({
      ...scenario,
      observer: {
        handled(peer, event, effects) {
          const text = `${created.nowMs.toFixed(3)} ${peer.id}   ${describeEvent(event, effects)}`
          lines.push({ text, isEvent: true })
        },
        noted: (id, text) =>
          lines.push({ text: `${created.nowMs.toFixed(3)} ${id} ${text}`, isEvent: false }),
      },
    })
    simulation = created
    return [created.peers.join(' ')]
  }

  const run = (words: readonly string[]): readonly string[] => {
    const there = thereIs(simulation)
    const until = words.map((word) => /^until=(\d+(?:\.\d+)?)ms$/.exec(word)).find((match) => match)
    const unknown = words.find((word) => word !== 'events' && !/^until=\d+(\.\d+)?ms$/.test(word))
    if (unknown !== undefined) throw new Error(`run does not know ${unknown}`)
    lines = []
    let reached = false
    if (until) there.swarm.agenda.plan(Number(until[1]) - there.nowMs, () => (reached = true))
    while (!reached && there.step());
    const shown = lines.filter(({ isEvent }) => !isEvent || words.includes('events'))
    return shown.length === 0 ? ['(nothing)'] : shown.map(({ text }) => text.trimEnd())
  }

  return ([first = '', ...rest]) => {
    const [name, ...words] = first.split(' ')
    switch (name) {
      case 'world':
        return begin(rest)
      case 'run':
        return run(words)
      case 'state':
        return stateOf(thereIs(simulation))
      case 'models':
        return modelsOf(thereIs(simulation))
      case 'merge':
        return mergeOf(thereIs(simulation))
      default:
        throw new Error(`there is no command ${first}; known: world, run, state, models, merge`)
    }
  }
}

const thereIs = (simulation: Simulation | undefined): Simulation => {
  if (simulation) return simulation
  throw new Error('the first command must be world')
}

const stateOf = (simulation: Simulation): readonly string[] => [
  'peer phase      round inbox pulls',
  ...simulation.peers.map((id) => {
    const { alive, engine } = simulation.peer(id)
    const { phase, round, inboxSize, pullsUnderWay, frozen } = engine.state
    const word = alive ? (frozen ? 'frozen' : phase) : 'gone'
    const numbers = [round, inboxSize, pullsUnderWay].map((value) => String(value).padStart(5)).join(' ')
    return `${id}  ${word.padEnd(10)} ${numbers}`
  }),
]

const modelsOf = (simulation: Simulation): readonly string[] =>
  simulation.peers.map(
    (id) => `${id} ${[...simulation.model(id)].map((value) => value.toFixed(4)).join(' ')}`,
  )

const mergeOf = (simulation: Simulation): readonly string[] =>
  simulation.peers.map((id) => {
    const outcome = simulation.merged(id)
    const reason = simulation.abandoned(id)
    if (!outcome) return `${id} ${reason === undefined ? 'has no result' : `abandoned: ${reason}`}`
    const { roster, missing, digest } = outcome
    const without = missing.length > 0 ? `, without ${missing.join(' ')}` : ''
    return `${id} has ${digest.slice(0, 8)} of ${roster.join(' ')}${without}`
  })
