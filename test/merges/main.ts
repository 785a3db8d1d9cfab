import { runSeedTest } from '../swarm/check-seeds.js'
import { checkMerge, type MergeVerdict } from './check.js'
import { createTally, failureOf } from './report.js'
import { randomMerge } from './scenario.js'

const tally = createTally()

await runSeedTest<MergeVerdict>({
  script: 'test:merges',
  check(seed, print) {
    const verdict = checkMerge(randomMerge(seed), print)
    tally.add(verdict)
    return verdict
  },
  failure: failureOf,
  summary: () => tally.summary(),
})
