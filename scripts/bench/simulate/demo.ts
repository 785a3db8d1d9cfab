import { murmurPath, startChild } from '../child.js'
import { inFolder } from '../start/peer.js'
import { trainingData } from './data.js'

const [LOCAL_STEPS, BATCH] = [10, 32]

export interface DemoFigures {
  /** That all peers train on together, from the first line of progress to the last. */
  readonly samplesPerSecond: number
  /** From launch until everybody has the merged model. */
  readonly seconds: number
}

/** `murmur demo`: peers as processes that train, gossip and merge. */
export const demoOnce = (
  { peers, rounds }: { readonly peers: number; readonly rounds: number },
  signal: AbortSignal,
): Promise<DemoFigures> =>
  inFolder(async (cwd) => {
    const began = performance.now()
    const since = (): number => (performance.now() - began) / 1000
    const sizes = { peers, rounds, 'local-steps': LOCAL_STEPS, batch: BATCH }
    const child = startChild(
      [
        ...[murmurPath(), 'demo', '--json', '--model', 'mlp:128', '--data', trainingData().source],
        ...Object.entries(sizes).flatMap(([name, value]) => [`--${name}`, String(value)]),
        ...['--out', 'demo'],
      ],
      { signal, cwd },
    )
    try {
      const first = await child.event('round')
      const firstS = since()
      await child.event('round', ({ round }) => round === rounds)
      const samples = peers * (rounds - Number(first.round)) * LOCAL_STEPS * BATCH
      const samplesPerSecond = samples / (since() - firstS)
      await child.event('result')
      return { samplesPerSecond, seconds: since() }
    } finally {
      await child.kill()
    }
  })
