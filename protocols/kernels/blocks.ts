/**
 * How moments are taken, so that every machine gets the same bits. Elements are gone through in blocks. Of a block, sums of
 * the deviations from an origin and of their squares run in four float32 lanes, element i in lane i mod 4; the lanes are
 * added in float64, (0 + 2) + (1 + 3); and the block is put to those before it in float64 (Chan, Golub and LeVeque 1979).
 *
 * The origin is the mean of all blocks before, rounded to float32; for the first block its own mean. So it is near, and
 * squaring deviations from it loses nothing that the variance would keep: with 128 additions in a lane, whose terms all have
 * one sign, the squares are within 131·2^−24 = 8e-6 of the exact ones. What the origin is off by adds no more than the blocks'
 * own distance from the mean, which counts too; twice that, and a little, is the contract's 2e-5.
 */
export const MOMENTS_BLOCK = 512

/**
 * 2^−80. A block whose squares sum to less may have lost digits to underflow, or to nothing at all: it is taken once more, in
 * float64, as are those that overflow. 512 squares below float32's least normal number are at most 2^−117, no more than 2^−37 of this.
 */
export const SQUARES_MIN = 2 ** -80

/** Elements over which `dot` runs before its lanes are added. */
export const SUM_BLOCK = 4096

/** Elements of the largest chunk of int8 with one scale. */
export const CHUNK_MAX = 4096
