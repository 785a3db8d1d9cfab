import { spawn } from 'node:child_process'
import { murmurPath } from '../child.js'
import type { BenchOptions, BenchResult } from '../contract.js'
import { median } from '../median.js'

const RUNS = { quick: 1, full: 11 }
const GOAL_MS = 150

/** `murmur --help`, and `node -e 0` between any two of it. */
export const measureHelp = async ({ quick, signal, tell }: BenchOptions): Promise<readonly BenchResult[]> => {
  const ours: number[] = []
  const nodes: number[] = []
  for (let run = 0; run < (quick ? RUNS.quick : RUNS.full); run++) {
    nodes.push(await durationMs(['-e', '0'], signal))
    ours.push(await durationMs([murmurPath(), '--help'], signal))
  }
  const [value, reference] = [median(ours), median(nodes)]
  tell(`--help ${value.toFixed(0)} ms, of which Node itself takes ${reference.toFixed(0)}`)
  return [
    {
      group: 'start',
      name: 'murmur --help, against node -e 0',
      value,
      unit: 'ms',
      reference,
      ratio: reference / value,
      goal: `≤ ${GOAL_MS} ms`,
      met: value <= GOAL_MS,
    },
  ]
}

/** Milliseconds from starting the process to its end. */
const durationMs = (args: readonly string[], signal: AbortSignal): Promise<number> =>
  new Promise((resolve, reject) => {
    const startedMs = performance.now()
    const child = spawn(process.execPath, args, { stdio: 'ignore', signal, killSignal: 'SIGKILL' })
    child.once('error', reject)
    child.once('exit', (code) => {
      if (code === 0) resolve(performance.now() - startedMs)
      else reject(new Error(`node ${args.join(' ')} ended with code ${code}`))
    })
  })
