import { createRequire } from 'node:module'
import { Worker } from 'node:worker_threads'

/**
 * What native TensorFlow asks of the process it runs in. Its binding keeps tensors in one table per process, without a
 * lock and made anew by each thread that loads it: two threads would corrupt each other's, so one trainer holds it at a time.
 */
let taken = false
let keeping: Promise<void> | undefined

/** Undefined when another trainer of this process has it. Release it when its thread has ended or runs without it. */
export const takeTensorflow = (): { release(): void } | undefined => {
  if (taken) return undefined
  taken = true
  let held = true
  return {
    release() {
      if (held) taken = false
      held = false
    },
  }
}

/**
 * Loads TensorFlow's library in an idle thread that lives as long as the process; await it before a trainer's thread
 * loads the same. Node unloads a library with the last thread that used it, and TensorFlow aborts the whole process when
 * it is loaded again. Does nothing where the package is not installed; a library that does not load is the trainer's to report.
 */
export const keepTensorflowLoaded = (): Promise<void> => (keeping ??= keepLoaded())

const keepLoaded = async (): Promise<void> => {
  const manifest = packageManifest()
  if (manifest === undefined) return
  prepareEnvironment()
  const source = `
    const { parentPort, workerData: manifest } = require('node:worker_threads')
    const find = require('node:module').createRequire(manifest)('@mapbox/node-pre-gyp').find
    require(find(manifest))
    parentPort.on('message', () => {}).postMessage('loaded')`
  const keeper = new Worker(source, { eval: true, workerData: manifest, name: 'tensorflow keeper' })
  await new Promise<void>((resolve) => {
    // Whatever ends the wait, the trainer's thread finds out for itself whether TensorFlow works.
    for (const event of ['message', 'error', 'exit']) keeper.once(event, () => resolve())
  })
  keeper.unref()
}

/** The path of tfjs-node's package.json, by which it finds its binding. */
const packageManifest = (): string | undefined => {
  try {
    return createRequire(import.meta.url).resolve('@tensorflow/tfjs-node/package.json')
  } catch {
    return undefined
  }
}

/**
 * One thread per operation and no start-up banner, unless the user's environment says otherwise: several peers often
 * share few cores, and batches are small. TensorFlow reads these from the real environment when it loads; a worker
 * thread's `process.env` is a copy that it does not see, hence the parent sets them.
 */
const prepareEnvironment = (): void => {
  process.env['TF_NUM_INTRAOP_THREADS'] ??= '1'
  process.env['TF_NUM_INTEROP_THREADS'] ??= '1'
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2'
}
