/**
 * What a received snapshot costs beyond its bytes being there, each part by itself: seconds of processor time a GB. The least of
 * many turns, which a busy machine changes little.
 *   npx tsx scripts/receiving-costs.ts
 */
import { createHash } from 'node:crypto'
import { createArena, floatsIn } from '../node/kernels/arena.js'
import { instantiateKernels, loadKernels } from '../node/kernels/load.js'
import type { MixingModule } from '../node/kernels/mixing-module.js'
import { limits } from '../protocols/limits.js'
import { assertFinite } from '../protocols/wire/float32.js'

/** Bytes that TLS hands over at once, each time in a buffer of their own. */
const RECORD_BYTES = 16 * 1024
/** More chunks than a second-level cache holds, as what comes from a socket is not there either. */
const CHUNKS = 40
const TURNS = 3_000

const { chunkBytes } = limits
const chunkFloats = chunkBytes / Float32Array.BYTES_PER_ELEMENT
const records = Array.from({ length: (CHUNKS * chunkBytes) / RECORD_BYTES }, () =>
  Buffer.alloc(RECORD_BYTES, 7),
)
const recordsOf = (chunk: number): readonly Buffer[] => {
  const each = chunkBytes / RECORD_BYTES
  return records.slice(chunk * each, (chunk + 1) * each)
}
const model = new Float32Array(new SharedArrayBuffer(CHUNKS * chunkBytes))
const target = new Uint8Array(model.buffer)
const arena = createArena()
const inArena = floatsIn(arena.memory, arena.allocate(CHUNKS * chunkBytes)).fill(1)
const kernels = instantiateKernels<MixingModule>(loadKernels('mixing'), arena.memory)

const parts: Readonly<Record<string, (chunk: number) => unknown>> = {
  'SHA-256 of the records of a chunk': (chunk) => {
    const hash = createHash('sha256')
    for (const record of recordsOf(chunk)) hash.update(record)
    return hash.digest()
  },
  'copied to shared memory': (chunk) =>
    recordsOf(chunk).forEach((record, i) => target.set(record, chunk * chunkBytes + i * RECORD_BYTES)),
  'looked at for NaN, in TypeScript': (chunk) =>
    assertFinite(model, chunk * chunkFloats, (chunk + 1) * chunkFloats),
  'looked at for NaN, by the kernel where it can': (chunk) =>
    kernels.firstNonFinite(inArena.byteOffset + chunk * chunkBytes, chunkFloats),
}

for (const [name, run] of Object.entries(parts)) {
  let leastMs = Infinity
  for (let turn = 0; turn < TURNS; turn++) {
    const began = performance.now()
    run(turn % CHUNKS)
    leastMs = Math.min(leastMs, performance.now() - began)
  }
  console.log(`${name.padEnd(48)}${(leastMs / 1e3 / (chunkBytes / 1e9)).toFixed(2)} s/GB`)
}
