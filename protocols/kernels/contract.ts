/**
 * What is done to many floats at once. Two implementations give the same bits: `referenceKernels`, plain and for
 * everywhere, and WebAssembly with SIMD, which `node/kernels` loads. NaN aside: which NaN comes out is nobody's promise.
 *
 * Vectors are borrowed for the call. Those that a function is said to change or to fill belong to the caller as before. All
 * vectors of one call have one length unless said otherwise, any length, at any alignment. An `out` may be one of the inputs;
 * vectors that overlap otherwise are not supported. Values may be any but NaN and infinity unless said otherwise.
 */
export interface Kernels extends MixingKernels, VectorKernels, CodecKernels, SketchKernels {}

/** Mean and population variance. */
export interface KernelMoments {
  readonly mean: number
  readonly variance: number
}

export interface WeightedInputs {
  /** At least one. Sums are taken in this order. */
  readonly inputs: readonly Float32Array[]
  /** As many as inputs. */
  readonly shares: readonly number[]
  /** Is filled. */
  readonly out: Float32Array
}

export interface MixingKernels {
  /** out = Σ share_k·x_k in float64, in their order, rounded once. A sum of negative zeros is a negative zero. */
  weightedSum(request: WeightedInputs): void
  /**
   * The same, and the moments of each input and of `out`, in one pass over memory. Sums of deviations are taken in float32
   * lanes over blocks of 512 elements and put together in float64, see `blocks.ts`: a variance is within 2e-5 of the exact
   * one relatively, whatever the values; within 1e-7 for what models hold (test/kernels).
   * @returns one for each input, and the sum's last; zeros for vectors without elements.
   */
  weightedSumWithMoments(request: WeightedInputs): readonly KernelMoments[]
  /** x = x·(1 + factor) − mean·factor in float64, rounded once, for factors of the size that averaging has; a factor of 0 leaves every bit. Changes `values`. */
  rescale(values: Float32Array, by: { readonly mean: number; readonly factor: number }): void
  /** out = weights + fraction·(now − since), in float64, rounded once. */
  advance(request: {
    readonly weights: Float32Array
    readonly now: Float32Array
    readonly since: Float32Array
    readonly fraction: number
    readonly out: Float32Array
  }): void
  /**
   * Element by element the mean, in float64 and rounded once, of what is left when the `trim` least and the `trim` greatest
   * are left out. With trim = floor((inputs − 1) / 2) it is the median.
   * @param trim ≥ 0, less than half the number of inputs.
   */
  trimmedMean(request: {
    readonly inputs: readonly Float32Array[]
    readonly trim: number
    readonly out: Float32Array
  }): void
}

export interface VectorKernels {
  /** y += a·x in float32, `a` rounded first. Changes `y`. */
  axpy(y: Float32Array, x: Float32Array, a: number): void
  /** Σ x·y in float64: element i in lane i mod 4 of a block of 4,096, lanes (0 + 2) + (1 + 3), block after block. */
  dot(x: Float32Array, y: Float32Array): number
  /** Σ (x − y)², in the order of `dot`. */
  squaredDistance(x: Float32Array, y: Float32Array): number
  /** x = min(max(x, low), high), bounds rounded to float32. Changes `values`. */
  clip(values: Float32Array, bounds: { readonly low: number; readonly high: number }): void
  /** Index of the first NaN or infinity, or −1. */
  firstNonFinite(values: Float32Array): number
}

/**
 * One number that stands for many: a sum with coefficients r of size 1 to 2 and of either sign, which whoever does not know the
 * seed cannot guess. r_i follows from the seed, 0 to 2^32 − 1, and the index first + i, below 2^31.
 */
export interface SketchKernels {
  /** Σ r_i·x_i in float64, from 0 on, by rising index. */
  sketch(seed: number, values: Float32Array, first: number): number
  /** Σ |r_i|·(|x_i|·2^−23 + 2^−149), likewise: how far rounding each x to float32, twice over, can move the sketch. */
  sketchTolerance(seed: number, values: Float32Array, first: number): number
}

export interface Int8Chunks {
  /** −127 to 127. */
  readonly values: Int8Array
  /** One for each chunk: ceil(values / chunk). */
  readonly scales: Float32Array
  /** Elements that share a scale; the last chunk may be shorter. 1 to CHUNK_MAX. */
  readonly chunk: number
}

export interface CodecKernels {
  /** IEEE 754 binary16, to nearest, ties to even. Beyond 65,519 it is infinity; NaN stays one. Fills `out`. */
  quantiseFloat16(values: Float32Array, out: Uint16Array): void
  /** Exact, for all 65,536 of them. Fills `out`. */
  dequantiseFloat16(halves: Uint16Array, out: Float32Array): void
  /** y += a·(value of the float16) in float32, `a` rounded first. Changes `y`. */
  accumulateFloat16(y: Float32Array, halves: Uint16Array, a: number): void
  /**
   * scale = greatest magnitude of the chunk / 127; q = x / scale, to nearest, ties to even. Then x is within
   * scale·(½ + 127·2^−24) of q·scale, where scale is a normal float32, and within 2^−141 where it is not. Fills `out`.
   */
  quantiseInt8(values: Float32Array, out: Int8Chunks): void
  /** q·scale in float32. Fills `out`. */
  dequantiseInt8(chunks: Int8Chunks, out: Float32Array): void
  /** y += (a·scale)·q in float32, each product rounded. Changes `y`. */
  accumulateInt8(y: Float32Array, chunks: Int8Chunks, a: number): void
  /**
   * The `count` greatest magnitudes; of equal ones those that come first.
   * @param count 0 to the number of values.
   * @returns their indices, ascending, a fresh vector.
   */
  topK(values: Float32Array, count: number): Uint32Array
}
