// First: tfjs-node looks up what this adds while it loads.
import '../polyfills.js'
import { parentPort, workerData } from 'node:worker_threads'
import { toRecord } from './errors.js'
import { createHost } from './host.js'
import type { FromWorker, ThreadSetup, ToWorker } from './messages.js'
import { yieldToNetwork } from './yield-to-network.js'

const port = parentPort!
const send = (message: FromWorker): void => port.postMessage(message)

const start = async (setup: ThreadSetup): Promise<void> => {
  if (setup.yields) yieldToNetwork()
  const host = await createHost(setup)
  port.on('message', (message: ToWorker) => {
    if (message.kind === 'end') {
      host.dispose()
      // With its port closed nothing keeps the thread alive.
      return port.close()
    }
    const outcome = host.perform(message)
    send(outcome)
    if (outcome.kind === 'failed') port.close()
  })
  send({ kind: 'ready', backend: host.backend })
}

start(workerData as ThreadSetup).catch((error: unknown) => {
  send({ kind: 'failed', error: toRecord(error) })
  port.close()
})
