import { Worker, type WorkerOptions } from 'node:worker_threads'

/**
 * Starts a worker thread from its compiled file or, where this very file runs as TypeScript source, from the source
 * beside it.
 * @param entry where the compiled file would be, made with `new URL` of a literal path and the caller's own address: by
 *   these words scripts/bundle.mjs finds what is started by its path.
 */
export const startThread = (entry: URL, options: WorkerOptions): Worker => {
  if (!import.meta.url.endsWith('.ts')) return new Worker(entry, options)
  // Under tsx: Node 20 does not apply a loader to a thread's entry file, so a line of JavaScript loads tsx first.
  const loader = JSON.stringify(import.meta.resolve('tsx/esm/api'))
  const source = JSON.stringify(entry.href.replace(/\.js$/, '.ts'))
  const code = `import(${loader}).then(({ register }) => { register(); return import(${source}) })`
  return new Worker(code, { ...options, eval: true })
}
