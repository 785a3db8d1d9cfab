import { fork } from 'node:child_process'
import type { BenchOptions, BenchResult } from '../contract.js'
import { median } from '../median.js'

/** Samples per second of mlp:128 on tfjs's own WebAssembly backend, batches of 32, on the machine for which goals were set. */
const STOCK_THERE = 5_000
const BATCH = 32
const STEPS = { full: 30, quick: 1 }

const ENTRY = new URL(
  import.meta.url.endsWith('.ts') ? './stock-process.ts' : './stock-process.js',
  import.meta.url,
)

export interface ToStock {
  readonly steps: number
}
export type FromStock = { readonly ms: number } | { readonly problem: string }

/** A loop of tfjs alone, its WebAssembly backend as it is shipped: what every machine has, so what the speed of training is compared with. */
export interface Stock {
  /** Samples per second of one turn, to be taken beside what it judges. */
  turn(): Promise<number>
  stop(): void
}

/** Starts it in a process of its own, which does nothing between turns, and warms it up. */
export const startStock = async ({
  quick,
  signal,
}: Pick<BenchOptions, 'quick' | 'signal'>): Promise<Stock> => {
  const child = fork(ENTRY, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const stop = (): void => void child.kill()
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  const steps = quick ? STEPS.quick : STEPS.full
  const turn = async (): Promise<number> => {
    const answer = await new Promise<FromStock>((resolve, reject) => {
      const onExit = (): void => reject(new Error('the process of stock tfjs has ended; run the bench again'))
      child.once('exit', onExit)
      child.once('message', (message: FromStock) => {
        child.off('exit', onExit)
        resolve(message)
      })
      child.send({ steps } satisfies ToStock)
    })
    signal.throwIfAborted()
    if ('problem' in answer) throw new Error(`stock tfjs does not train: ${answer.problem}`)
    return (1000 * steps * BATCH) / answer.ms
  }
  try {
    await turn()
  } catch (error) {
    stop()
    throw error
  }
  return { turn, stop }
}

/** Of so many turns, for what cannot be measured in turns with it: take some before and some after. */
export const stockTurns = async (stock: Stock, turns: number): Promise<readonly number[]> => {
  const rates: number[] = []
  for (let turn = 0; turn < turns; turn++) rates.push(await stock.turn())
  return rates
}

/**
 * Two lines of a goal that was set in samples per second on one machine: whether it is reached here, and whether we are as many times
 * as fast as stock tfjs as the goal was there.
 * @param stock samples per second beside what is judged. @param least the goal, samples per second there.
 */
export const againstStock = ({
  group,
  name,
  value,
  stock,
  least,
}: {
  readonly group: string
  readonly name: string
  readonly value: number
  readonly stock: readonly number[]
  readonly least: number
}): readonly BenchResult[] => {
  const reference = median(stock)
  const [ratio, times] = [value / reference, least / STOCK_THERE]
  const measured = { group, value, unit: 'samples/s' }
  return [
    {
      ...{ ...measured, name, reference: null, ratio: null },
      goal: `≥ ${least.toLocaleString('en')} samples/s`,
      met: value >= least,
    },
    {
      ...{ ...measured, name: `${name}, against mlp:128 on stock tfjs`, reference, ratio },
      goal: `≥ ${times} × (${least.toLocaleString('en')} beside ${STOCK_THERE.toLocaleString('en')})`,
      met: ratio >= times,
    },
  ]
}

/**
 * The same for a goal that was set as seconds there: half the speed of stock tfjs, twice the time.
 * @param most the goal, seconds there.
 */
export const timeAgainstStock = ({
  group,
  name,
  seconds,
  stock,
  most,
}: {
  readonly group: string
  readonly name: string
  readonly seconds: number
  readonly stock: readonly number[]
  readonly most: number
}): readonly BenchResult[] => {
  const reference = (most * STOCK_THERE) / median(stock)
  const measured = { group, value: seconds, unit: 's' }
  return [
    {
      ...{ ...measured, name, reference: null, ratio: null },
      ...{ goal: `≤ ${most} s`, met: seconds <= most },
    },
    {
      ...{ ...measured, name: `${name}, against ${most} s scaled by stock tfjs` },
      ...{ reference, ratio: reference / seconds },
      goal: `≥ 1 × (${most} s beside ${STOCK_THERE.toLocaleString('en')} samples/s)`,
      met: seconds <= reference,
    },
  ]
}
