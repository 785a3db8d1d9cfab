import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { KernelError } from './errors.js'

/** Beside dist/node/kernels, and where `npm run build` puts them when this runs from its source. */
const PLACES = ['../../kernels/', '../../dist/kernels/']

/**
 * Compiles a module of kernels; `instantiate` it once per thread.
 * @param name of a file in protocols/kernels/assembly, without its ending.
 * @throws KernelError NOT_BUILT, UNSUPPORTED
 */
export const loadKernels = (name: string): WebAssembly.Module => {
  const bytes = read(name)
  try {
    return new WebAssembly.Module(bytes)
  } catch (error) {
    throw new KernelError(
      'UNSUPPORTED',
      `this machine cannot run the ${name} kernels, which need WebAssembly SIMD and threads: ${String(error)}`,
      { name },
      { cause: error },
    )
  }
}

/**
 * The kernels over this memory, for the calling thread. Kernels keep no state, so threads may share a memory.
 * @returns what the module exports: functions of addresses and numbers.
 */
export const instantiateKernels = <Exports>(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
): Exports => new WebAssembly.Instance(module, { env: { memory } }).exports as Exports

const read = (name: string): Uint8Array<ArrayBuffer> => {
  for (const place of PLACES) {
    try {
      return readFileSync(fileURLToPath(new URL(`${place}${name}.wasm`, import.meta.url)))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
  }
  throw new KernelError('NOT_BUILT', `the ${name} kernels are not built: run npm run build`, { name })
}
