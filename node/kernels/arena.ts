import { randomFillSync } from 'node:crypto'
import { KernelError } from './errors.js'

/** Bytes of a page of WebAssembly memory. */
const PAGE_BYTES = 65_536
/** 4 GiB: all that 32 bits address. What the modules are compiled for. */
const PAGES_MAX = 65_536
/** One page less: the address behind a block that ended at 4 GiB would be 0, and loops up to it would not begin. */
const BYTES_MAX = (PAGES_MAX - 1) * PAGE_BYTES
/** At the bottom of the memory, for the modules' own constants. */
const RESERVED_BYTES = PAGE_BYTES
/** Where in the reserved part each memory has a random number of its own, two 64-bit words: see `addressIn`. */
const IDENTITY_AT = RESERVED_BYTES - 16
/** Blocks begin at multiples of a cache line. */
const ALIGNMENT = 64

/** A part of the arena. Whoever allocated it owns it, and frees it once, with the very object that `allocate` gave. */
export interface Block {
  /** Address in the arena. */
  readonly pointer: number
  readonly bytes: number
}

/**
 * Memory that WebAssembly kernels read and write, shared by all threads of the process. One thread allocates and frees;
 * others are told addresses. Growing never moves anything, and views of before stay good.
 */
export interface Arena {
  readonly memory: WebAssembly.Memory
  /** Bytes that are allocated now. */
  readonly used: number
  /**
   * Not zeroed.
   * @param bytes a whole number ≥ 0. @throws KernelError ARENA_FULL, nothing changed; RangeError for what is no number of bytes.
   */
  allocate(bytes: number): Block
  /**
   * Its bytes may be anyone's from now on.
   * @throws KernelError NOT_ALLOCATED for what is not allocated, or not any more, also when another block lies there now.
   */
  free(block: Block): void
}

/** A gap between blocks. */
interface Gap {
  pointer: number
  bytes: number
}

/**
 * First fit over the gaps in the order of their addresses; gaps that touch become one. Blocks are few (some per trainer and
 * model), so searching them one by one costs less than anything cleverer.
 *
 * @param bytesMax of the whole memory. @default 4 GiB but for a page, which is also the most
 * @throws KernelError NO_MEMORY
 */
export const createArena = ({
  bytesMax: bytesAsked = BYTES_MAX,
}: { readonly bytesMax?: number } = {}): Arena => {
  const bytesMax = Math.min(bytesAsked, BYTES_MAX)
  const memory = reserve()
  // Not straight into shared memory, which the generator refuses.
  identityOf(memory.buffer).set(randomFillSync(new BigUint64Array(2)))
  const gaps: Gap[] = []
  /** Bytes that each takes. By the object and not by its address, which may be another block's by now. */
  const blocks = new Map<Block, number>()
  let end = RESERVED_BYTES
  let used = 0

  const take = (bytes: number): number | undefined => {
    const index = gaps.findIndex((gap) => gap.bytes >= bytes)
    const gap = gaps[index]
    if (!gap) return undefined
    const { pointer } = gap
    gap.pointer += bytes
    gap.bytes -= bytes
    if (gap.bytes === 0) gaps.splice(index, 1)
    return pointer
  }

  /** At the end, where the last gap may begin already. */
  const grow = (bytes: number): number => {
    const last = gaps.at(-1)
    const touches = last !== undefined && last.pointer + last.bytes === end
    const pointer = touches ? last.pointer : end
    const newEnd = pointer + bytes
    const missing = Math.ceil(newEnd / PAGE_BYTES) * PAGE_BYTES - memory.buffer.byteLength
    if (newEnd > bytesMax) throw full(bytes)
    try {
      if (missing > 0) memory.grow(missing / PAGE_BYTES)
    } catch (error) {
      throw full(bytes, error)
    }
    if (touches) gaps.pop()
    end = newEnd
    return pointer
  }

  const full = (bytes: number, cause?: unknown): KernelError =>
    new KernelError(
      'ARENA_FULL',
      `no ${bytes} bytes are left in kernel memory (${used} of at most ${bytesMax} are in use); nothing was changed. ` +
        'Free some, or work in ordinary memory',
      { bytes, used, bytesMax },
      { cause },
    )

  return {
    memory,
    get used() {
      return used
    },
    allocate(bytes) {
      if (!Number.isSafeInteger(bytes) || bytes < 0) throw new RangeError(`${bytes} is no number of bytes`)
      const size = Math.max(ALIGNMENT, Math.ceil(bytes / ALIGNMENT) * ALIGNMENT)
      const pointer = take(size) ?? grow(size)
      const block = { pointer, bytes }
      blocks.set(block, size)
      used += size
      return block
    },
    free(block) {
      const { pointer } = block
      const bytes = blocks.get(block)
      if (bytes === undefined) {
        throw new KernelError(
          'NOT_ALLOCATED',
          `the block at ${pointer} is not allocated: it was freed before, or is none of this arena's; nothing was changed`,
          { pointer },
        )
      }
      blocks.delete(block)
      used -= bytes
      insert(gaps, { pointer, bytes })
    },
  }
}

/** Addresses only: the system gives memory to what is written. Some refuse even those, e.g. under `ulimit -v`. */
const reserve = (): WebAssembly.Memory => {
  try {
    return new WebAssembly.Memory({ initial: 1, maximum: PAGES_MAX, shared: true })
  } catch (error) {
    throw new KernelError(
      'NO_MEMORY',
      `this system does not let the process reserve the 4 GiB of addresses that kernels work in: ${String(error)}; ` +
        'nothing was changed. Raise the limit on virtual memory (ulimit -v), or work without kernels',
      {},
      { cause: error },
    )
  }
}

const insert = (gaps: Gap[], gap: Gap): void => {
  const next = gaps.findIndex(({ pointer }) => pointer > gap.pointer)
  const index = next < 0 ? gaps.length : next
  gaps.splice(index, 0, gap)
  for (const at of [index, index - 1]) {
    const [left, right] = [gaps[at], gaps[at + 1]]
    if (!left || !right || left.pointer + left.bytes !== right.pointer) continue
    left.bytes += right.bytes
    gaps.splice(at + 1, 1)
  }
}

/** A view of the block. Good also after the arena has grown. */
export const floatsIn = (memory: WebAssembly.Memory, { pointer, bytes }: Block): Float32Array =>
  new Float32Array(memory.buffer, pointer, bytes / Float32Array.BYTES_PER_ELEMENT)

/**
 * Where a view lies in a memory, or undefined when it lies elsewhere. A buffer that has come from another thread, or that was
 * taken before the memory grew, is another object over the same bytes; so memories are told apart by what is written in them.
 */
export const addressIn = (memory: WebAssembly.Memory, view: ArrayBufferView): number | undefined => {
  const { buffer } = view
  if (!(buffer instanceof SharedArrayBuffer) || buffer.byteLength < RESERVED_BYTES) return undefined
  const [ours, theirs] = [identityOf(memory.buffer), identityOf(buffer)]
  return ours[0] === theirs[0] && ours[1] === theirs[1] ? view.byteOffset : undefined
}

const identityOf = (buffer: ArrayBufferLike): BigUint64Array => new BigUint64Array(buffer, IDENTITY_AT, 2)
