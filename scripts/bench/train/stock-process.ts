/** tfjs as it is shipped, as a process of its own: kernels that are registered once in a process's thread stay. */
import '../../../node/polyfills.js'
import { everyIndex } from '../../../node/data/examples.js'
import { renderDigits } from '../../../node/data/index.js'
import { createBareLoop } from './bare-tfjs.js'
import type { FromStock, ToStock } from './stock.js'

const loop = createBareLoop(renderDigits({ split: 'train', seed: 1 }, everyIndex(2048)), { batch: 32 })
const send = (message: FromStock): void => void process.send?.(message)

process.on('message', ({ steps }: ToStock) => {
  loop
    .then((bare) => {
      const began = performance.now()
      bare.run(steps)
      send({ ms: performance.now() - began })
    })
    .catch((error: unknown) => send({ problem: String(error) }))
})
process.on('disconnect', () => process.exit(0))
