import type { BenchGroup, BenchResult } from './contract.js'
import { measureHelp } from './start/help.js'
import { measureIdle } from './start/idle.js'
import { measureInProcess } from './start/in-process.js'
import { measureFirstStep } from './start/first-step.js'

/** What it costs before anything is learned: the command's start, a peer's start, and a peer that only waits. */
export const start: BenchGroup = {
  name: 'start',
  summary: 'starting the command and a peer, and what an idle peer takes',
  async run(options) {
    const results: BenchResult[] = []
    for (const measure of [measureHelp, measureFirstStep, measureIdle, measureInProcess]) {
      options.signal.throwIfAborted()
      results.push(...(await measure(options)))
    }
    return results
  },
}
