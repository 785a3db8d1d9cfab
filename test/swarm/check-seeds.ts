import { reasonOf } from '../../protocols/errors.js'
import { parseOptions, SwarmTestUsageError, type SwarmTestOptions } from './options.js'

/** Milliseconds between two progress lines. */
const PROGRESS_MS = 1000
/** Seeds between two looks at signals. */
const SEEDS_PER_TURN = 4
const FAILED = 1
const USAGE = 2
const INTERRUPTED = 130

/** A test that generates something from each seed and checks it. */
export interface SeedTest<Verdict> {
  /** By which npm knows it. */
  readonly script: string
  /** @param print for what happens, a line each; undefined when nobody wants to know. */
  check(seed: number, print: ((line: string) => void) | undefined): Verdict
  /** What a reader needs to understand and replay a failure; undefined when nothing failed. */
  failure(verdict: Verdict): { readonly text: string; readonly json: object } | undefined
  /** Of all that was checked: counts for JSON lines, and a sentence each for people. */
  summary?(): { readonly json: object; readonly lines: readonly string[] }
}

/** Checks the given seeds one after another and sets the process's exit code: 0, 1 failed, 2 usage, 130 interrupted. */
export const runSeedTest = async <Verdict>(test: SeedTest<Verdict>): Promise<void> => {
  // Whoever reads the trace may stop reading.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    process.exit(FAILED)
  })
  process.exitCode = await checkSeeds(test, process.argv.slice(2))
}

const checkSeeds = async <Verdict>(test: SeedTest<Verdict>, args: readonly string[]): Promise<number> => {
  let options: SwarmTestOptions
  try {
    options = parseOptions(args, test.script)
  } catch (error) {
    if (!(error instanceof SwarmTestUsageError)) throw error
    process.stderr.write(`${reasonOf(error)}\n`)
    return USAGE
  }
  const { json, trace } = options
  const traced = json ? process.stderr : process.stdout
  const print = trace ? (line: string): void => void traced.write(`${line}\n`) : undefined
  const stopped = { now: false }
  process.once('SIGINT', () => (stopped.now = true))
  const [first, last] = options.seeds
  const beganMs = performance.now()
  const secondsSince = (): number => (performance.now() - beganMs) / 1000
  let shownMs = beganMs
  let done = 0
  let failed = 0
  for (let seed = first; seed <= last && !stopped.now; seed++) {
    const failure = test.failure(test.check(seed, print))
    done += 1
    if (failure) {
      failed += 1
      process.stdout.write(`${json ? JSON.stringify({ type: 'failure', ...failure.json }) : failure.text}\n`)
    }
    if (performance.now() - shownMs >= PROGRESS_MS) {
      shownMs = performance.now()
      const rate = (done / secondsSince()).toFixed(1)
      process.stderr.write(`${done} of ${last - first + 1} seeds, ${failed} failed, ${rate} a second\n`)
    }
    if (done % SEEDS_PER_TURN === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  const perSecond = Number((done / secondsSince()).toFixed(1))
  const summary = test.summary?.()
  if (json) {
    const result = { type: 'result', seeds: done, failed, perSecond, ...summary?.json }
    process.stdout.write(`${JSON.stringify(result)}\n`)
  } else {
    process.stderr.write(`${perSecond} seeds a second\n`)
    process.stdout.write([`${done} seeds, ${failed} failed`, ...(summary?.lines ?? []), ''].join('\n'))
  }
  if (stopped.now) return INTERRUPTED
  return failed > 0 ? FAILED : 0
}
