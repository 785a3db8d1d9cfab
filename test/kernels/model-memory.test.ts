import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { Worker } from 'node:worker_threads'
import { addressIn, createArena } from '../../node/kernels/arena.js'
import { createModelMemory } from '../../node/kernels/model-memory.js'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void
/** What is found to be held by nobody is given back in a later turn of the event loop. */
const collected = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn++) {
    collect()
    await new Promise((resolve) => setImmediate(resolve))
  }
}
/** In a function of its own, so that no register of the caller's holds it. */
const takeAndDrop = (take: () => unknown): void => void take()

describe('the memory of models', () => {
  it('gives vectors of the length that is asked for, apart from each other, where kernels reach them', () => {
    const arena = createArena()
    const models = createModelMemory(arena)
    const [first, second] = [models.vector(5), models.vector(5)]
    first.fill(1)
    second.fill(2)
    assert.deepEqual([...first, ...second], [1, 1, 1, 1, 1, 2, 2, 2, 2, 2])
    for (const vector of [first, second])
      assert.equal(new Float32Array(arena.memory.buffer, addressIn(arena.memory, vector))[0], vector[0])
  })

  it('gives a place away again when nobody holds the vector any more', async () => {
    const models = createModelMemory(createArena())
    const kept = models.vector(1000)
    const before = models.used
    takeAndDrop(() => models.vector(1000))
    assert.ok(models.used > before)
    await collected()
    assert.equal(models.used, before)
    assert.equal(kept.length, 1000)
  })

  it('keeps the place of a vector of which a view is held', async () => {
    const models = createModelMemory(createArena())
    const held = [
      (() => models.vector(1000).subarray(10, 20))(),
      ((vector) => new Uint8Array(vector.buffer, vector.byteOffset, 40))(models.vector(1000)),
    ]
    const before = models.used
    await collected()
    assert.equal(models.used, before)
    assert.equal(held.length, 2)
  })

  it('gives places away again in time without being told to collect', async () => {
    const models = createModelMemory(createArena())
    let most = 0
    for (let vector = 0; vector < 3000; vector++) {
      takeAndDrop(() => models.vector(250_000))
      most = Math.max(most, models.used)
      if (vector % 10 === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    // 3 GB were taken, 1 MB at a time, and each was held by nobody at once.
    assert.ok(most < 1e9, `${most}`)
  })

  it('is written by other threads, also where it has grown after they began', async () => {
    const models = createModelMemory(createArena())
    const code = `const { parentPort } = require('node:worker_threads')
      parentPort.on('message', (vector) => { vector.fill(3); parentPort.postMessage('done') })`
    const thread = new Worker(code, { eval: true, workerData: models.region(64) })
    try {
      const vector = models.vector(1_000_000)
      const done = new Promise((resolve) => thread.once('message', resolve))
      thread.postMessage(vector)
      await done
      assert.ok(vector.every((value) => value === 3))
    } finally {
      await thread.terminate()
    }
  })

  it('gives vectors on memory of their own where it is full', () => {
    const arena = createArena({ bytesMax: 2 * 65_536 })
    const full = createModelMemory(arena)
    const vector = full.vector(100_000)
    assert.equal(addressIn(arena.memory, vector), undefined)
    assert.ok(vector.buffer instanceof SharedArrayBuffer)
    assert.throws(() => full.region(400_000), { code: 'ARENA_FULL' })
  })
})
