/**
 * How moments are taken, so that every machine gets the same bits. Elements are gone through in blocks. Of a block, sums of
 * the deviations from an origin and of their squares run in four float32 lanes, element i in lane i mod 4; the lanes are
 * added in float64, (0 + 2) + (1 + 3); and the block is put to those before it in float64 (Chan, Golub and LeVeque 1979).
 *
 * The origin is the mean of all blocks before, rounded to float32, or 0 where that is near enough (CENTRED); for the first block
 * its own mean. So it is near, and squaring deviations from it loses nothing that the variance would keep: with 128 additions in a
 * lane, whose terms all have one sign, the squares are within 131·2^−24 = 8e-6 of the exact ones. What the origin is off by adds about
 * as much again where blocks lie apart, and the sums of deviations round too. The contract's 2e-5 leaves room for that: the worst of
 * many vectors that were made to break it came to 8e-6.
 */
export const MOMENTS_BLOCK = 512

/**
 * Mean² · this ≤ variance: the origin is 0. Then deviations are the elements themselves, and a subtraction is saved; the weights of
 * layers are such. Squares about 0 sum to at most 17/16 of those about the mean.
 */
export const CENTRED = 16

/**
 * 2^−80. A block whose squares sum to less may have lost digits to underflow, or to nothing at all: it is taken once more, in
 * float64, as are those that overflow. 512 squares below float32's least normal number are at most 2^−117, no more than 2^−37 of this.
 */
export const SQUARES_MIN = 2 ** -80

/** Elements over which `dot` runs before its lanes are added. */
export const SUM_BLOCK = 4096

/** Elements of the largest chunk of int8 with one scale. */
export const CHUNK_MAX = 4096
