import { type Arena, type Block, createArena } from './arena.js'
import { KernelError } from './errors.js'

/** A part of kernel memory that one thread has to itself. */
export interface Region {
  readonly memory: WebAssembly.Memory
  readonly block: Block
}

/**
 * Where the models of a process lie: in memory that the kernels of all its threads read and write, so that what was trained or
 * received is mixed where it is. Belongs to the thread that made it; others are sent vectors.
 */
export interface ModelMemory {
  /**
   * A vector that threads share. Its contents are left from before.
   *
   * Whoever holds it, or any view of its buffer, owns it; its place is given away once no holder is left in this thread. A thread
   * that was sent it sees the same bytes through a buffer of its own, which keeps nothing: hold the vector until that thread is done.
   *
   * Where the memory is full (4 GiB) or cannot be had, it lies on a memory of its own, and kernels work on it block by block.
   */
  vector(length: number): Float32Array
  /**
   * For the kernels of one thread, for good. Undefined where there is no such memory.
   * @throws KernelError ARENA_FULL
   */
  region(bytes: number): Region | undefined
  /** Bytes that are in use: of vectors, until it is found that nobody holds them any more, and of regions. */
  readonly used: number
}

/**
 * V8 collects by what it counts, and shared memory it does not count: so each vector keeps memory that is counted, never touched, and takes
 * addresses only. Its share of the vector's bytes: with all of them, peers with small models spent a quarter of their processor time
 * in collections, since V8 adds what is counted to a heap of 12 MB that may grow by some tens before the next. With a quarter, 32 simulated peers
 * take 400 to 450 MB in place of 320 to 370, and 5 to 10 % less time.
 */
const COUNTED_SHARE = 1 / 4

export const createModelMemory = (arena: Arena | undefined = arenaOrNone()): ModelMemory => {
  const unheld = new FinalizationRegistry<Block>((block) => arena?.free(block))
  /** See `COUNTED_SHARE`. */
  const counted = new WeakMap<ArrayBufferLike, ArrayBufferLike>()
  return {
    vector(length) {
      const block = arena && blockOrNone(arena, length * Float32Array.BYTES_PER_ELEMENT)
      if (!block) return sharedFloats(length)
      // An object of its own over the same bytes, so that every view that is derived from the vector keeps its place.
      const buffer = structuredClone(arena.memory.buffer)
      unheld.register(buffer, block)
      counted.set(buffer, Buffer.allocUnsafeSlow(Math.ceil(block.bytes * COUNTED_SHARE)).buffer)
      return new Float32Array(buffer, block.pointer, length)
    },
    region: (bytes) => arena && { memory: arena.memory, block: arena.allocate(bytes) },
    get used() {
      return arena?.used ?? 0
    },
  }
}

/** A zeroed vector that threads share without copies, on memory of its own. */
export const sharedFloats = (length: number): Float32Array =>
  new Float32Array(new SharedArrayBuffer(length * Float32Array.BYTES_PER_ELEMENT))

/** Threads without a region find out by themselves why there are no kernels, and warn of it. */
const arenaOrNone = (): Arena | undefined => {
  try {
    return createArena()
  } catch (error) {
    if (error instanceof KernelError) return undefined
    throw error
  }
}

const blockOrNone = (arena: Arena, bytes: number): Block | undefined => {
  try {
    return arena.allocate(bytes)
  } catch (error) {
    if (error instanceof KernelError) return undefined
    throw error
  }
}
