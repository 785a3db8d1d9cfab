import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import { util, type TensorInfo } from '@tensorflow/tfjs-core'
import { KernelError } from '../../kernels/errors.js'
import { instantiateKernels, loadKernels } from '../../kernels/load.js'

/** What protocols/kernels/assembly/tfjs.ts exports. Numbers are addresses on the heap, counts, and flags of 0 and 1. */
export interface HeapKernels {
  multiply: Product
  multiplyLeftTransposed: Product
  multiplyRightTransposed: Product
  /** Bytes of scratch of `multiplyPacked`. */
  readonly PACKED_BYTES: WebAssembly.Global
  /** `aRow` and `aDepth`: bytes from one row of A to the next, and from one product to the next. */
  multiplyPacked(
    a: number,
    aRow: number,
    aDepth: number,
    b: number,
    c: number,
    m: number,
    n: number,
    k: number,
    scratch: number,
  ): void
  transpose(x: number, out: number, rows: number, columns: number): void
  scratchBytes(geometry: number): number
  convolve(
    geometry: number,
    x: number,
    filter: number,
    bias: number,
    relu: number,
    out: number,
    scratch: number,
  ): void
  convolveFilterGradient(geometry: number, x: number, dy: number, out: number, scratch: number): void
  convolveInputGradient(geometry: number, dy: number, filter: number, out: number, scratch: number): void
  maxPoolGradient(geometry: number, x: number, dy: number, dx: number): void
  averagePoolGradient(geometry: number, dy: number, dx: number): void
  addBias(x: number, bias: number, rows: number, columns: number, relu: number): void
  addRows(x: number, bias: number, out: number, rows: number, columns: number): void
  sumRows(x: number, out: number, rows: number, columns: number, scratch: number): void
  reluGradient(x: number, dy: number, out: number, length: number): void
  descend(room: number, w: number, v: number, g: number, length: number, rate: number, decay: number): void
  adapt(
    room: number,
    w: number,
    m: number,
    v: number,
    g: number,
    length: number,
    rate: number,
    floor: number,
    decay: number,
    rest: number,
    secondDecay: number,
    secondRest: number,
    shrink: number,
  ): void
  lossOfSoftmax(room: number, x: number, labels: number, dx: number, rows: number, columns: number): number
}

type Product = (a: number, b: number, c: number, m: number, n: number, k: number, accumulate: number) => void

/** tfjs's own WebAssembly heap, where its tensors lie, and our kernels over it. */
export interface Heap {
  readonly kernels: HeapKernels
  /** Room for a few numbers that a kernel is given or works with: 256 bytes, 16-aligned. Anyone's between two kernels. */
  readonly room: number
  /**
   * Where the tensor's first element lies. Stays so until the tensor is disposed of, also when the heap grows.
   * @throws KernelError ARENA_FULL for a tensor that tfjs found no memory for, and put at 0 nevertheless
   */
  readonly addressOf: (tensor: TensorInfo) => number
  /** Runs `use` with fresh bytes, which are freed afterwards. @throws KernelError ARENA_FULL, and `use` is not run */
  withScratch(bytes: number, use: (address: number) => void): void
  /** A view for now: it is detached when the heap grows. */
  bytes(address: number, length: number): Uint8Array
  /** Writes int32 to an address. */
  write(address: number, values: readonly number[]): void
}

/** What of tfjs's Emscripten module is used. `asm`, the module's exports, is not in its type. */
interface EmscriptenModule {
  readonly asm?: { readonly memory?: unknown }
  readonly HEAPU8: Uint8Array
  _malloc(bytes: number): number
  _free(address: number): void
}

const ROOM_BYTES = 256

const heaps = new WeakMap<BackendWasm, Heap>()

/**
 * The heap of a started backend. tfjs 4.22 keeps its module's exports, and so its memory, in `backend.wasm.asm`.
 * @throws Error that says why there is none: another tfjs that keeps no memory there or has one of another kind, kernels that are not
 *   built, or no SIMD. Nothing has changed then.
 */
export const heapOf = (backend: BackendWasm): Heap => {
  const known = heaps.get(backend)
  if (known) return known
  const heap = openHeap(backend)
  heaps.set(backend, heap)
  return heap
}

const openHeap = (backend: BackendWasm): Heap => {
  const module = backend.wasm as unknown as EmscriptenModule
  const memory = module.asm?.memory
  if (!(memory instanceof WebAssembly.Memory) || memory.buffer !== module.HEAPU8.buffer) {
    throw new Error('this version of tfjs does not show the memory of its wasm backend')
  }
  const kernels = instantiateKernels<HeapKernels>(loadKernels('tfjs'), memory)
  const allocate = (bytes: number): number => {
    const address = module._malloc(bytes) >>> 0
    return address === 0 ? full(bytes) : address
  }
  return {
    kernels,
    room: allocate(ROOM_BYTES),
    addressOf: ({ dataId, shape }) => {
      const address = backend.dataIdMap.get(dataId).memoryOffset
      return address === 0 ? full(4 * util.sizeFromShape(shape)) : address
    },
    withScratch: (bytes, use) => {
      const address = allocate(bytes)
      try {
        use(address)
      } finally {
        module._free(address)
      }
    },
    bytes: (address, length) => new Uint8Array(memory.buffer, address, length),
    write: (address, values) => new Int32Array(memory.buffer, address, values.length).set(values),
  }
}

/** Emscripten answers with address 0 where its heap cannot grow any more, and tfjs's own kernels would write there. */
const full = (bytes: number): never => {
  throw new KernelError(
    'ARENA_FULL',
    `no ${bytes} bytes are left on the heap of tfjs, which holds 4 GiB at the most; the weights given to this call are unchanged. ` +
      'Train with smaller batches, a smaller model, or compiled kernels',
    { bytes },
  )
}
