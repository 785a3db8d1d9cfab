/**
 * Prints what an event of the simulator costs, by the number of peers: toy training in 8 dimensions, regular:8, mode
 * async, the default links. The ratio is the cost per event against 100 peers in the same run; on a machine with other
 * work it moves by half from run to run. Each row runs in a process of its own, because memory is part of what is measured.
 *
 * Usage: npm run build && node dist/scripts/simulator-speed.js [--full]
 * --full: 100 rounds of 10,000 peers, not 10. `npx tsx scripts/simulator-speed.ts` works too. Users get the compiled
 * code; the first line says which one was measured.
 */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { createTopology } from '../protocols/topology/index.js'
import { createSwarm, createToyTraining, peerNames, worldSchema } from '../test/harness/index.js'

interface Measured {
  readonly peers: number
  readonly rounds: number
  readonly events: number
  /** Processor time of the events, setting up not included: less disturbed by other work than time on the wall. */
  readonly cpuMs: number
  readonly wallMs: number
  /** Largest resident memory of the process. */
  readonly peakMib: number
}

/** Rounds by number of peers: a million events or more, so that compiling does not count. */
const roundsOf = (full: boolean): readonly (readonly [peers: number, rounds: number])[] => [
  [100, 400],
  [1_000, 40],
  [10_000, full ? 100 : 10],
]

const measure = (peers: number, rounds: number): Measured => {
  const swarm = createSwarm({
    ...{ seed: 1, names: peerNames(peers), rounds, localSteps: 10, mode: 'async', schedule: 'every:1' },
    topology: createTopology('regular:8', 1),
    training: createToyTraining({ peers, dimensions: 8, seed: 1 }),
    world: worldSchema.parse({}),
    ...{ rule: 'variance-corrected', mixing: 'metropolis-hastings', catchUp: 0.75 },
  })
  const beganMs = performance.now()
  const cpu = process.cpuUsage()
  let events = 0
  while (!swarm.isOver && swarm.agenda.step()) events += 1
  const { user, system } = process.cpuUsage(cpu)
  const wallMs = performance.now() - beganMs
  const peakMib = process.resourceUsage().maxRSS / 1024
  return { peers, rounds, events, cpuMs: (user + system) / 1000, wallMs, peakMib }
}

const self = fileURLToPath(import.meta.url)

/** The same script, told what to measure; it prints one line of JSON. */
const measureApart = (peers: number, rounds: number): Measured => {
  const args = [...process.execArgv, self, String(peers), String(rounds)]
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`measuring ${peers} peers ended with code ${status}: ${stderr}`)
  return JSON.parse(stdout) as Measured
}

const COLUMNS = [
  ...['peers', 'rounds', 'events', 'wall s', 'µs CPU per event', 'ratio', 'node rounds/s', 'peak MiB'],
]
const cells = (row: Measured, first: Measured): readonly string[] => {
  const microseconds = ({ cpuMs, events }: Measured): number => (1000 * cpuMs) / events
  return [
    ...[String(row.peers), String(row.rounds), String(row.events), (row.wallMs / 1000).toFixed(1)],
    microseconds(row).toFixed(2),
    (microseconds(row) / microseconds(first)).toFixed(2),
    Math.round((1000 * row.peers * row.rounds) / row.wallMs).toString(),
    Math.round(row.peakMib).toString(),
  ]
}

const line = (texts: readonly string[]): string =>
  texts.map((text, index) => text.padStart(COLUMNS[index]!.length + 2)).join('')

const asked = process.argv.slice(2)
const [peers, rounds] = asked.map(Number)
if (peers !== undefined && rounds !== undefined) {
  console.log(JSON.stringify(measure(peers, rounds)))
} else {
  console.log(self.endsWith('.ts') ? 'code transformed by tsx' : 'compiled code')
  console.log(line(COLUMNS))
  let first: Measured | undefined
  for (const [count, countRounds] of roundsOf(asked.includes('--full'))) {
    const row = measureApart(count, countRounds)
    first ??= row
    console.log(line(cells(row, first)))
  }
}
