import '../../node/polyfills.js'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { spawn } from 'node:child_process'
import { murmurPath } from './child.js'
import type { BenchGroup, BenchResult } from './contract.js'

/** Samples per second of 32 peers, the whole command from launch to end: twice what gossipy does (51,000). */
const GOAL = 100_000

const simulate = async (
  { peers, rounds }: { readonly peers: number; readonly rounds: number },
  signal: AbortSignal,
): Promise<number> => {
  const folder = await mkdtemp(join(tmpdir(), 'murmur-bench-'))
  const [steps, batch] = [10, 32]
  const args = [
    ...[murmurPath(), 'simulate', '--peers', String(peers), '--rounds', String(rounds)],
    ...['--local-steps', String(steps), '--batch', String(batch), '--model', 'mlp:128'],
    ...['--out', join(folder, 'out')],
  ]
  try {
    const began = performance.now()
    await new Promise<void>((resolve, reject) => {
      const child = spawn(process.execPath, args, { signal, cwd: folder, stdio: 'ignore' })
      child.once('error', reject)
      child.once('exit', (code) =>
        code === 0 ? resolve() : reject(new Error(`${args.join(' ')} ended with ${code}`)),
      )
    })
    return (1000 * peers * rounds * steps * batch) / (performance.now() - began)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** How fast the simulator trains, mixes and evaluates. */
export const simulateGroup: BenchGroup = {
  name: 'simulate',
  summary:
    '32 simulated peers that train mlp:128, mix and evaluate each round: samples per second of the whole command',
  async run({ quick, tell, signal }) {
    const [peers, rounds] = quick ? [4, 2] : [32, 60]
    tell(`simulating ${peers} peers for ${rounds} rounds`)
    const value = await simulate({ peers, rounds }, signal)
    const result: BenchResult = {
      ...{ group: 'simulate', name: `${peers} peers, mlp:128, from launch to end`, value, unit: 'samples/s' },
      ...{
        reference: null,
        ratio: null,
        goal: `≥ ${GOAL.toLocaleString('en')} samples/s`,
        met: value >= GOAL,
      },
    }
    return [result]
  },
}
