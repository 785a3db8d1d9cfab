import { Worker } from 'node:worker_threads'

/** The thread's code is taken from the TypeScript source or from the compiled file, whichever this file is. */
export const startWorker = (): Worker => {
  const options = { name: 'codecs' }
  if (!import.meta.url.endsWith('.ts')) return new Worker(new URL('./worker.js', import.meta.url), options)
  // Under tsx: Node 20 does not apply a loader to a thread's entry file, so a line of JavaScript loads tsx first.
  const loader = JSON.stringify(import.meta.resolve('tsx/esm/api'))
  const entry = JSON.stringify(new URL('./worker.ts', import.meta.url).href)
  const source = `import(${loader}).then(({ register }) => { register(); return import(${entry}) })`
  return new Worker(source, { ...options, eval: true })
}
