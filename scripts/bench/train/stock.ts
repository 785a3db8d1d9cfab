import type { Examples } from '../../../protocols/training/contract.js'
import type { BenchOptions, BenchResult } from '../contract.js'
import { median } from '../median.js'
import { createBareLoop } from './bare-tfjs.js'

/** Samples per second of mlp:128 on tfjs's own WebAssembly backend, batches of 32, on the machine for which goals were set. */
const STOCK_THERE = 5_000
const BATCH = 32
const TURNS = 5
const STEPS = { full: 30, quick: 1 }

/**
 * Samples per second of a loop of tfjs alone, its WebAssembly backend as it is shipped: what every machine has, so what the
 * speed of training is compared with. Before our kernels are registered in this thread.
 */
export const measureStock = async (
  examples: Examples,
  { quick, signal }: Pick<BenchOptions, 'quick' | 'signal'>,
): Promise<number> => {
  const loop = await createBareLoop(examples, { batch: BATCH, kernels: 'stock' })
  const steps = quick ? STEPS.quick : STEPS.full
  const rates: number[] = []
  // The first turn compiles.
  for (let turn = -1; turn < (quick ? 1 : TURNS); turn++) {
    signal.throwIfAborted()
    const began = performance.now()
    loop.run(steps)
    if (turn >= 0) rates.push((1000 * steps * BATCH) / (performance.now() - began))
  }
  return median(rates)
}

/**
 * A line whose goal was set in samples per second on one machine. Here it is met when we are as many times as fast as stock
 * tfjs as the goal was there.
 * @param stock what `measureStock` gives here. @param least the goal, samples per second there.
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
  readonly stock: number
  readonly least: number
}): BenchResult => {
  const [ratio, times] = [value / stock, least / STOCK_THERE]
  return {
    ...{ group, name: `${name}, against mlp:128 on stock tfjs`, value, unit: 'samples/s' },
    ...{ reference: stock, ratio },
    goal: `≥ ${times} × (${least.toLocaleString('en')} beside ${STOCK_THERE.toLocaleString('en')})`,
    met: ratio >= times,
  }
}
