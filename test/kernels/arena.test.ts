import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Worker } from 'node:worker_threads'
import { allocateAll } from '../../node/kernels/allocate-all.js'
import { addressIn, type Block, createArena, floatsIn } from '../../node/kernels/arena.js'
import { createRandom } from '../../protocols/random.js'

const MIB = 1024 * 1024

describe('the arena', () => {
  it('gives blocks at multiples of 64 that do not overlap', () => {
    const arena = createArena()
    const blocks = [1, 64, 65, 1000].map((bytes) => arena.allocate(bytes))
    blocks.forEach(({ pointer }, i) => {
      assert.equal(pointer % 64, 0)
      const before = blocks[i - 1]
      if (before) assert.ok(pointer >= before.pointer + before.bytes)
    })
    // 64 + 64 + 128 + 1,024
    assert.equal(arena.used, 1280)
  })

  it('keeps views good while it grows', () => {
    const arena = createArena()
    const block = arena.allocate(4096)
    const before = floatsIn(arena.memory, block).fill(7)
    const other = arena.allocate(8 * MIB)
    floatsIn(arena.memory, other).fill(9)
    before[0] = 8
    const after = floatsIn(arena.memory, block)
    assert.deepEqual([after[0], after[1023]], [8, 7])
  })

  it('holds five models of 500 MB, and takes them again without growing', () => {
    const arena = createArena()
    const take = () => Array.from({ length: 5 }, () => arena.allocate(500_000_000))
    const blocks = take()
    for (const block of blocks) floatsIn(arena.memory, block)[124_999_999] = 1
    const size = arena.memory.buffer.byteLength
    for (const block of blocks) arena.free(block)
    assert.equal(arena.used, 0)
    take()
    assert.equal(arena.memory.buffer.byteLength, size)
  })

  it('puts what is freed together again, whichever is freed first', () => {
    for (const order of [
      [0, 1, 2],
      [0, 2, 1],
      [1, 0, 2],
      [1, 2, 0],
      [2, 0, 1],
      [2, 1, 0],
    ]) {
      const arena = createArena()
      const blocks = [MIB, MIB, MIB].map((bytes) => arena.allocate(bytes))
      const wall = arena.allocate(64)
      const size = arena.memory.buffer.byteLength
      for (const index of order) arena.free(blocks[index]!)
      assert.equal(arena.allocate(3 * MIB).pointer, blocks[0]!.pointer)
      assert.equal(arena.memory.buffer.byteLength, size)
      arena.free(wall)
    }
  })

  it('grows only by what the last gap lacks', () => {
    const arena = createArena()
    arena.allocate(MIB)
    const last = arena.allocate(MIB)
    arena.free(last)
    assert.equal(arena.allocate(2 * MIB).pointer, last.pointer)
    // 64 KiB reserved, 1 MiB and 2 MiB
    assert.equal(arena.memory.buffer.byteLength, 65_536 + 3 * MIB)
  })

  it('refuses to free a block twice, or one that it never gave, and stays as it was', () => {
    const arena = createArena()
    const block = arena.allocate(100)
    arena.free(block)
    assert.throws(() => arena.free(block), { code: 'NOT_ALLOCATED' })
    assert.throws(() => arena.free({ pointer: 12, bytes: 64 }), { code: 'NOT_ALLOCATED' })
    assert.equal(arena.used, 0)
    assert.equal(arena.allocate(100).pointer, block.pointer)
  })

  it('refuses to free a block whose place was given to another, and leaves the other one alone', () => {
    const arena = createArena()
    const stale = arena.allocate(100)
    arena.free(stale)
    const owner = arena.allocate(100)
    assert.equal(owner.pointer, stale.pointer)
    assert.throws(() => arena.free(stale), { code: 'NOT_ALLOCATED' })
    // 100 in whole lines of 64
    assert.equal(arena.used, 128)
    arena.free(owner)
  })

  it('ends a page before 4 GiB, where addresses begin at 0 again', () => {
    const arena = createArena()
    // 4 GiB without the page at the bottom and the one at the top.
    const rest = 2 ** 32 - 2 * 65_536
    assert.throws(() => arena.allocate(rest + 1), { code: 'ARENA_FULL' })
    const { pointer, bytes } = arena.allocate(rest)
    assert.equal(pointer + bytes, 2 ** 32 - 65_536)
  })

  it('allocates several blocks or none', () => {
    const arena = createArena({ bytesMax: 3 * MIB })
    assert.throws(() => allocateAll(arena, [MIB, 64, 2 * MIB]), { code: 'ARENA_FULL' })
    assert.equal(arena.used, 0)
    assert.deepEqual(
      allocateAll(arena, [MIB, 64]).map(({ bytes }) => bytes),
      [MIB, 64],
    )
  })

  it('says so when the system refuses the addresses', (t) => {
    t.mock.method(WebAssembly, 'Memory', function refuse() {
      throw new RangeError('could not allocate memory')
    })
    assert.throws(() => createArena(), { name: 'KernelError', code: 'NO_MEMORY', message: /ulimit -v/ })
  })

  it('says when it is full, changes nothing, and goes on when something is freed', () => {
    const arena = createArena({ bytesMax: 3 * MIB })
    const block = arena.allocate(2 * MIB)
    assert.throws(() => arena.allocate(MIB), { code: 'ARENA_FULL' })
    assert.equal(arena.used, 2 * MIB)
    arena.free(block)
    assert.equal(arena.allocate(2 * MIB + 64).pointer, block.pointer)
  })

  it('does not take sizes that are no sizes', () => {
    const arena = createArena()
    for (const bytes of [NaN, -1, 1.5, Infinity]) {
      assert.throws(() => arena.allocate(bytes), RangeError)
    }
    assert.equal(arena.used, 0)
  })

  it('neither leaks nor mixes blocks up in ten thousand random turns', () => {
    const arena = createArena({ bytesMax: 64 * MIB })
    const random = createRandom('arena')
    const held: { block: Block; mark: number }[] = []
    let most = 0
    for (let turn = 0; turn < 10_000; turn++) {
      if (held.length > 40 || (held.length > 0 && random.below(2) === 0)) {
        const { block, mark } = held.splice(random.below(held.length), 1)[0]!
        const floats = floatsIn(arena.memory, block)
        assert.deepEqual([floats[0], floats.at(-1)], [mark, mark])
        arena.free(block)
      } else {
        const block = arena.allocate(4 * (1 + random.below(50_000)))
        floatsIn(arena.memory, block).fill(turn)
        held.push({ block, mark: turn })
      }
      most = Math.max(most, arena.used)
    }
    for (const { block } of held) arena.free(block)
    assert.equal(arena.used, 0)
    // Everything is one gap again, and fragmentation has cost less than as much as was ever in use.
    const size = arena.memory.buffer.byteLength
    assert.ok(size < 2 * most, `${size} bytes for at most ${most} in use`)
    arena.allocate(size - 65_536 - 65_536)
    assert.equal(arena.memory.buffer.byteLength, size)
  })
})

describe('the address of a view', () => {
  it('is known for views of before growth, and for what lies elsewhere there is none', () => {
    const arena = createArena()
    const block = arena.allocate(256)
    const before = floatsIn(arena.memory, block)
    arena.allocate(MIB)
    assert.equal(addressIn(arena.memory, before.subarray(3)), block.pointer + 12)
    assert.equal(addressIn(arena.memory, new Float32Array(4)), undefined)
    assert.equal(addressIn(arena.memory, new Float32Array(new SharedArrayBuffer(MIB))), undefined)
    assert.equal(addressIn(createArena().memory, before), undefined)
  })

  it('is the same in another thread', async () => {
    const arena = createArena()
    const view = floatsIn(arena.memory, arena.allocate(256))
    // The thread returns what it was given: yet another object over the same bytes.
    const worker = new Worker(
      'const { parentPort } = require("node:worker_threads"); parentPort.once("message", (m) => parentPort.postMessage(m))',
      { eval: true },
    )
    const answer = new Promise<Float32Array>((resolve) => worker.once('message', resolve))
    worker.postMessage(view)
    assert.equal(addressIn(arena.memory, await answer), view.byteOffset)
    await worker.terminate()
  })
})
