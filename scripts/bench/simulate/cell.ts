import { startChild, murmurPath } from '../child.js'
import { inFolder } from '../start/peer.js'
import { trainingData } from './data.js'

const [LOCAL_STEPS, BATCH] = [10, 32]

/** The whole command, from launch to end. @returns samples per second that all peers trained on. */
export const simulateOnce = (
  { peers, rounds, evaluateEvery }: Readonly<Record<'peers' | 'rounds' | 'evaluateEvery', number>>,
  signal: AbortSignal,
): Promise<number> =>
  inFolder(async (cwd) => {
    const began = performance.now()
    const sizes = { peers, rounds, 'evaluate-every': evaluateEvery, 'local-steps': LOCAL_STEPS, batch: BATCH }
    const child = startChild(
      [
        ...[murmurPath(), 'simulate', '--json', '--model', 'mlp:128', '--data', trainingData().source],
        ...Object.entries(sizes).flatMap(([name, value]) => [`--${name}`, String(value)]),
      ],
      { signal, cwd },
    )
    try {
      await child.event('result')
      await child.ended
    } finally {
      await child.kill()
    }
    return (1000 * peers * rounds * LOCAL_STEPS * BATCH) / (performance.now() - began)
  })
