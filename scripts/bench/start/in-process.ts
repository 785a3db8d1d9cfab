import { fileURLToPath } from 'node:url'
import { startChild } from '../child.js'
import type { BenchOptions, BenchResult } from '../contract.js'
import { inFolder } from './peer.js'

const PEERS = { quick: 1, full: 4 }

/** What one more peer adds to a process that has one already; each trains in a thread of its own. */
export const measureInProcess = ({ quick, signal }: BenchOptions): Promise<readonly BenchResult[]> =>
  inFolder(async (cwd) => {
    const ending = import.meta.url.endsWith('.ts') ? '.ts' : '.js'
    const script = fileURLToPath(new URL(`./peers-in-process${ending}`, import.meta.url))
    const loader = ending === '.ts' ? ['--import', import.meta.resolve('tsx')] : []
    const peers = quick ? PEERS.quick : PEERS.full
    const child = startChild([...loader, script, String(peers)], { signal, cwd })
    try {
      const { bytesPerPeer } = await child.event('result')
      return [
        {
          ...{ group: 'start', name: 'memory of one more peer in a process', unit: 'MB' },
          ...{ value: Number(bytesPerPeer) / 1e6, reference: null, ratio: null, goal: null, met: null },
        },
      ]
    } finally {
      await child.kill()
    }
  })
