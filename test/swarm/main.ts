import { checkScenario } from './check-scenario.js'
import { runSeedTest } from './check-seeds.js'
import { randomScenario } from './random-scenario.js'
import { failureJson, failureText, tracedCheck } from './report.js'

await runSeedTest({
  script: 'test:swarm',
  check(seed, print) {
    const scenario = randomScenario(seed)
    return print ? tracedCheck(scenario, print) : checkScenario(scenario)
  },
  failure(verdict) {
    const text = failureText(verdict)
    return text === undefined ? undefined : { text, json: failureJson(verdict) }
  },
})
