import { everyIndex } from '../data/examples.js'
import { renderDigits } from '../data/index.js'
import { reasonOf } from '../../protocols/errors.js'
import { createTrainer, verdictPath, verdictsKept, type BackendChoice } from '../trainer/index.js'
import { BACKEND_VARIABLE, backendWords } from './common-options.js'
import { cacheLine, choiceLine } from './doctor-words.js'
import { Interrupted } from './exit-codes.js'
import { createOutput } from './output.js'
import { interruptSignal } from './interrupt.js'

/** What each backend trains: the default of a run, long enough that a step's start-up does not count. */
const [MODEL, BATCH, STEPS, EXAMPLES] = ['mlp:128', 32, 100, 512] as const

/** Fixed: the fastest of so many counts, since other work on the machine only ever slows one down. */
const MEASUREMENTS = 3

/** Starts every backend, one after the other, and says what came of it. */
export const doctor = async ({ json }: { readonly json: boolean }): Promise<void> => {
  const output = createOutput({ json })
  const interrupt = interruptSignal()
  output.say(
    `Node ${process.version} on ${process.platform} ${process.arch}; training ${MODEL}, batches of ${BATCH}`,
  )
  const started = new Set<BackendChoice>()
  for (const backend of ['compiled', 'tensorflow', 'wasm', 'auto'] as const) {
    const found = await examine(backend, interrupt)
    // Whatever it says then, the backend is not to blame.
    if (interrupt.aborted) throw new Interrupted(`stopped while ${backend} was measured; nothing was changed`)
    output.emit({ type: 'backend', backend, ...found })
    if (found.starts) {
      started.add(backend)
      const rate = Math.round(found.samplesPerSecond).toLocaleString('en')
      const takes = backend === 'auto' ? ` takes ${found.name} (${found.why})` : ''
      output.say(`${backend.padEnd(10)}${takes} ${rate} samples/s`)
    } else output.say(`${backend.padEnd(10)} does not start: ${found.why.replace(`${backend}: `, '')}`)
  }
  const compared = started.has('compiled') && started.has('tensorflow')
  const cache = { compared, kept: verdictsKept(), path: verdictPath() }
  output.say(cacheLine(cache))
  const wanted = process.env[BACKEND_VARIABLE]
  output.say(choiceLine(wanted, backendWords))
  output.emit({
    type: 'result',
    cache: cache.kept > 0 ? cache.path : null,
    chosen: wanted ?? 'auto',
  })
}

type Found =
  | { readonly starts: true; readonly name: string; readonly why: string; readonly samplesPerSecond: number }
  | { readonly starts: false; readonly why: string }

const examine = async (backend: BackendChoice, signal: AbortSignal): Promise<Found> => {
  const examples = renderDigits({ split: 'train', seed: 1 }, everyIndex(EXAMPLES))
  const optimizer = { kind: 'sgd', learningRate: 0.05, momentum: 0.9 } as const
  const setup = { model: MODEL, train: examples, test: examples, optimizer, batch: BATCH, seed: 1 }
  try {
    const trainer = await createTrainer({ ...setup, backend, signal })
    try {
      const weights = await trainer.initialWeights(1)
      const times: number[] = []
      for (let i = 0; i <= MEASUREMENTS; i++)
        times.push((await trainer.train({ weights, steps: STEPS })).elapsedMs)
      const samplesPerSecond = (1000 * STEPS * BATCH) / Math.min(...times)
      return { starts: true, name: trainer.backend, why: trainer.backendReason, samplesPerSecond }
    } finally {
      await trainer.close()
    }
  } catch (error) {
    return { starts: false, why: reasonOf(error) }
  }
}
