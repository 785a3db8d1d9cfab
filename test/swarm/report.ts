import { stringify } from 'yaml'
import { describeEvent } from './describe-event.js'
import { checkScenario, type Verdict } from './check-scenario.js'
import type { SwarmScenario } from './scenario.js'

export const replayCommand = (seed: number): string => `npm run test:swarm -- --seed ${seed} --trace`

/** What a reader needs to understand and replay a failure; undefined when nothing failed. */
export const failureText = ({ scenario, violation, events }: Verdict): string | undefined => {
  if (!violation) return undefined
  return [
    `seed ${scenario.seed} failed at ${violation.atMs.toFixed(3)} ms, after ${events} events`,
    `  ${violation.message}`,
    ...(violation.stack ? [violation.stack] : []),
    '',
    stringify(scenario).trimEnd(),
    '',
    `replay: ${replayCommand(scenario.seed)}`,
  ].join('\n')
}

/** The same as a JSON line. */
export const failureJson = ({ scenario, violation, events }: Verdict): object => ({
  seed: scenario.seed,
  ...violation,
  events,
  scenario,
  replay: replayCommand(scenario.seed),
})

/** Checks a scenario and says what each engine was told and asked for, one line each. */
export const tracedCheck = (scenario: SwarmScenario, print: (line: string) => void): Verdict =>
  checkScenario(scenario, {
    onEvent: (atMs, peer, event, effects) =>
      print(`${atMs.toFixed(3)} ${peer} ${describeEvent(event, effects)}`),
    onNote: (atMs, peer, text) => print(`${atMs.toFixed(3)} ${peer} # ${text}`),
  })
