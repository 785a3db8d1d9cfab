// First: tfjs-node looks up what this adds while it loads.
import '../polyfills.js'
import { parentPort, workerData } from 'node:worker_threads'
import * as tf from '@tensorflow/tfjs-core'
import { average, averagingRule, caughtUp } from '../../protocols/averaging/index.js'
import type { Layout } from '../../protocols/model/index.js'
import { startBackend } from './backend.js'
import { toRecord } from './errors.js'
import { initialWeights } from './initial-weights.js'
import { buildModel } from './layers-model.js'
import type { FromWorker, ToWorker, TrainerAnswer, TrainerRequest, WorkerSetup } from './messages.js'
import { parseModel } from './models.js'
import { layoutOf, planModel } from './plan.js'
import { createSession, type Session } from './session.js'
import { sharedFloats } from './shared-memory.js'
import { yieldToNetwork } from './yield-to-network.js'

const port = parentPort!
const send = (message: FromWorker): void => port.postMessage(message)

const start = async (setup: WorkerSetup): Promise<void> => {
  yieldToNetwork()
  const { train, stop } = setup
  const backend = await startBackend({ choice: setup.backend, tensorflowFree: setup.tensorflowFree })
  const layout = layoutOf(setup.model, train.shape, train.classes)
  const model = buildModel(planModel(parseModel(setup.model), train.shape, train.classes), train.shape)
  const session = createSession({ ...setup, model, layout, stopped: () => Atomics.load(stop, 0) !== 0 })

  port.on('message', ({ id, request }: ToWorker) => {
    try {
      send({ kind: 'answer', id, value: perform(request, session, layout) })
    } catch (error) {
      send({ kind: 'error', id, error: toRecord(error) })
    }
    // With its port closed nothing keeps the thread alive.
    if (request.kind === 'close') port.close()
  })
  send({ kind: 'ready', backend, fingerprint: layout.fingerprint })
}

const perform = (request: TrainerRequest, session: Session, layout: Layout): TrainerAnswer => {
  switch (request.kind) {
    case 'initialWeights':
      return initialWeights(layout, request.seed)
    case 'train':
      return session.train(request)
    case 'evaluate':
      return session.evaluate(request.weights)
    case 'mix': {
      const out = sharedFloats(layout.length)
      const { rule, catchUp } = request
      const contributions = catchUp ? caughtUp(layout, request.contributions, catchUp) : request.contributions
      average({ rule: averagingRule(rule), layout, contributions, out })
      return out
    }
    case 'diagnostics': {
      const { numTensors, numBytes } = tf.memory()
      return { tensors: numTensors, bytes: numBytes }
    }
    case 'close':
      session.dispose()
      return undefined
  }
}

start(workerData as WorkerSetup).catch((error: unknown) => {
  send({ kind: 'unable', error: toRecord(error) })
  port.close()
})
