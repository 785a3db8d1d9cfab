import { reasonOf } from '../../protocols/errors.js'
import { checkScenario, type Verdict } from './check-scenario.js'
import { parseOptions, SwarmTestUsageError, type SwarmTestOptions } from './options.js'
import { randomScenario } from './random-scenario.js'
import { failureJson, failureText, tracedCheck } from './report.js'

/** Milliseconds between two progress lines. */
const PROGRESS_MS = 1000
/** Seeds between two looks at signals. */
const SEEDS_PER_TURN = 4
const FAILED = 1
const USAGE = 2
const INTERRUPTED = 130

/** Checks the swarms of the given seeds one after another. Resolves with the exit code. */
const main = async (args: readonly string[]): Promise<number> => {
  let options: SwarmTestOptions
  try {
    options = parseOptions(args)
  } catch (error) {
    if (!(error instanceof SwarmTestUsageError)) throw error
    process.stderr.write(`${reasonOf(error)}\n`)
    return USAGE
  }
  const stopped = { now: false }
  process.once('SIGINT', () => (stopped.now = true))
  const [first, last] = options.seeds
  const beganMs = performance.now()
  const secondsSince = (): number => (performance.now() - beganMs) / 1000
  let shownMs = beganMs
  let done = 0
  let failed = 0
  for (let seed = first; seed <= last && !stopped.now; seed++) {
    const verdict = check(seed, options)
    done += 1
    if (verdict.violation) {
      failed += 1
      process.stdout.write(`${options.json ? failureJson(verdict) : failureText(verdict)}\n`)
    }
    if (performance.now() - shownMs >= PROGRESS_MS) {
      shownMs = performance.now()
      const rate = (done / secondsSince()).toFixed(1)
      process.stderr.write(`${done} of ${last - first + 1} seeds, ${failed} failed, ${rate} a second\n`)
    }
    if (done % SEEDS_PER_TURN === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  const perSecond = Number((done / secondsSince()).toFixed(1))
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ type: 'result', seeds: done, failed, perSecond })}\n`)
  } else {
    process.stderr.write(`${perSecond} seeds a second\n`)
    process.stdout.write(`${done} seeds, ${failed} failed\n`)
  }
  if (stopped.now) return INTERRUPTED
  return failed > 0 ? FAILED : 0
}

const check = (seed: number, { trace, json }: SwarmTestOptions): Verdict => {
  const scenario = randomScenario(seed)
  if (!trace) return checkScenario(scenario)
  const stream = json ? process.stderr : process.stdout
  return tracedCheck(scenario, (line) => stream.write(`${line}\n`))
}

// Whoever reads the trace may stop reading.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit(FAILED)
})
process.exitCode = await main(process.argv.slice(2))
