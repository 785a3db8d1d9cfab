/**
 * Peers that are killed while they merge: 16 processes as `murmur demo` starts them, `kill -9` of 3 at random moments
 * from the first word of the merge on; again and again. Every time the survivors must end with one digest, or all of
 * them with a clean abandonment and their local models, within the deadline.
 *
 *     npx tsx scripts/merge-deaths.ts [TIMES] [PEERS] [KILLED] [SEED]      default 20 16 3 1
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startSwarm } from '../node/cli/demo/swarm.js'
import type { FromPeer } from '../node/cli/demo/messages.js'
import { createRandom, sampleOf } from '../protocols/random.js'
import { parseRunConfiguration } from '../protocols/run/index.js'

/** Milliseconds after the first word of a merge in which the victims die: what a merge without deaths takes here, twice over. */
const DEATHS_WITHIN_MS = 3_000
/** Milliseconds that a merge may take, calls after an abandoned one included: see protocols/final-merge/README.md. */
const DEADLINE_MS = 300_000

interface Ending {
  readonly digests: ReadonlySet<string>
  readonly merged: number
  readonly abandoned: number
  readonly hung: number
  readonly attempts: number
  readonly seconds: number
}

const [times = 20, peers = 16, killed = 3, seed = 1] = process.argv.slice(2).map(Number)

const once = (time: number): Promise<Ending> =>
  new Promise((resolve) => {
    const random = createRandom(seed, 'merge deaths', time)
    const out = mkdtempSync(join(tmpdir(), 'murmur-deaths-'))
    const configuration = parseRunConfiguration({
      ...{ name: `deaths ${time}`, model: 'mlp:128', rounds: 2, localSteps: 2, minPeers: peers, seed: time },
      topology: 'regular:4',
    })
    const addresses = new Map<number, string>()
    const results = new Map<number, FromPeer & { type: 'result' }>()
    const failures = new Map<number, string>()
    const dead = new Set<number>()
    let deadline: NodeJS.Timeout | undefined
    let startedMs = 0

    const over = (): void => {
      const open = peers - dead.size - results.size - failures.size
      if (open > 0) return
      end(0)
    }
    const end = (hung: number): void => {
      clearTimeout(deadline)
      const ended = [...results.values()].map(({ result }) => result)
      void swarm.stop().then(() => {
        rmSync(out, { recursive: true, force: true })
        resolve({
          digests: new Set(ended.map(({ digest }) => digest)),
          ...{ merged: results.size, abandoned: failures.size, hung },
          attempts: Math.max(0, ...ended.map(({ attempts }) => attempts)),
          seconds: (performance.now() - startedMs) / 1000,
        })
      })
    }
    const beginToKill = (): void => {
      if (deadline) return
      startedMs = performance.now()
      deadline = setTimeout(() => end(peers - dead.size - results.size - failures.size), DEADLINE_MS)
      for (const victim of sampleOf([...Array(peers).keys()], killed, random)) {
        setTimeout(() => {
          // Who is done already has nothing to lose.
          if (results.has(victim) || failures.has(victim)) return
          dead.add(victim)
          process.kill(swarm.pids[victim]!, 'SIGKILL')
        }, random.next() * DEATHS_WITHIN_MS)
      }
    }
    const swarm = startSwarm({ peers, processes: peers })
    swarm.listen({
      onMessage(index, message) {
        switch (message.type) {
          case 'ready':
            addresses.set(index, message.address)
            if (addresses.size < peers) return
            for (let i = 0; i < peers; i++) {
              const earlier = Array.from({ length: i }, (_, j) => addresses.get(i - 1 - j)!)
              swarm.send(i, { type: 'go', addresses: earlier })
            }
            return
          case 'report':
            return message.report.type === 'merging' ? beginToKill() : undefined
          case 'result':
            results.set(index, message)
            return over()
          case 'failed':
            if (!dead.has(index)) failures.set(index, message.error.code)
            return over()
        }
      },
      onExit([index]) {
        if (!results.has(index!) && !failures.has(index!)) dead.add(index!)
        over()
      },
    })
    swarm.setUp({
      ...{ configuration, data: 'digits', partition: 'iid', backend: 'wasm' },
      ...{ reportEvery: 1_000, out },
    })
  })

let good = 0
for (let time = 1; time <= times; time++) {
  const { digests, merged, abandoned, hung, attempts, seconds } = await once(time)
  const isGood = hung === 0 && digests.size <= 1 && (merged === 0 || abandoned === 0)
  if (isGood) good += 1
  console.log(
    `${String(time).padStart(3)}  ${isGood ? 'ok ' : 'BAD'}  merged ${merged}, abandoned ${abandoned}, hung ${hung}, killed ${peers - merged - abandoned - hung}, ` +
      `digests ${digests.size}, attempts ${attempts}, ${seconds.toFixed(1)} s`,
  )
}
console.log(`${good} of ${times} ended with one digest on all survivors, or abandoned cleanly on all`)
process.exit(good === times ? 0 : 1)
