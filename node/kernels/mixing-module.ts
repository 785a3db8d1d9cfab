/** What protocols/kernels/assembly/mixing.ts exports. Addresses and lengths are numbers; see there. */
export interface MixingModule {
  weightedSum(count: number, inputs: number, shares: number, length: number, out: number, sums: number): void
  weightedSumWithMoments(
    count: number,
    inputs: number,
    shares: number,
    length: number,
    out: number,
    states: number,
    sums: number,
  ): void
  rescale(x: number, mean: number, factor: number, length: number): void
  advance(out: number, x: number, now: number, since: number, fraction: number, length: number): void
  trimmedMean(count: number, inputs: number, trim: number, length: number, out: number, sorted: number): void
  copy(y: number, x: number, length: number): void
  axpy(y: number, x: number, a: number, length: number): void
  dot(x: number, y: number, length: number): number
  squaredDistance(x: number, y: number, length: number): number
  clip(x: number, low: number, high: number, length: number): void
  firstNonFinite(x: number, length: number): number
  sketch(x: number, seed: number, first: number, length: number, sum: number): number
  sketchTolerance(x: number, seed: number, first: number, length: number, sum: number): number
  quantiseFloat16(out: number, x: number, length: number): void
  dequantiseFloat16(out: number, half: number, length: number): void
  accumulateFloat16(y: number, half: number, a: number, length: number): void
  quantiseInt8(out: number, scales: number, x: number, chunk: number, length: number): void
  dequantiseInt8(out: number, q: number, scales: number, chunk: number, length: number): void
  accumulateInt8(y: number, q: number, scales: number, a: number, chunk: number, length: number): void
  countDigits(x: number, length: number, counts: number, prefix: number, above: number, shift: number): void
  gatherAbove(
    x: number,
    length: number,
    threshold: number,
    ties: number,
    base: number,
    indices: number,
  ): number
}
