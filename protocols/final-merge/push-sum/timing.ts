/** All in milliseconds. */
export interface PushSumTiming {
  /** Between repetitions of one's own state, so that a lost message or a late listener does no harm. */
  readonly repeatMs: number
  /** How long the next split waits for a neighbour that has brought nothing since the last; at least `repeatMs`. */
  readonly patienceMs: number
  /**
   * A reader that takes nothing for this long gets no further mass until it does; a source that brings nothing for
   * this long is not waited for.
   */
  readonly lagMs: number
  /** A reader that takes nothing for this long never does: what was meant for it counts as missing. Above `lagMs`. */
  readonly writeOffMs: number
  /** From the first word about the merge to giving it up. */
  readonly deadlineMs: number
}

/**
 * repeatMs: as the all-to-all merge. patienceMs: guess, three times the transfer of a model of 10 M parameters at
 * 100 Mbit/s. lagMs: `limits.exchangeTimeoutMs`, after which one pull has failed for sure. writeOffMs: guess, a network
 * that comes back within two minutes costs nothing. deadlineMs: guess, a ring of 16 with such models and a tolerance of
 * 1e-4 takes 200 iterations of about 6 s.
 */
export const PUSH_SUM_TIMING: PushSumTiming = {
  repeatMs: 1_000,
  patienceMs: 10_000,
  lagMs: 30_000,
  writeOffMs: 120_000,
  deadlineMs: 1_800_000,
}

/** Below what half precision leaves out of a weight, 2^-11 = 4.9e-4 of it. */
export const PUSH_SUM_TOLERANCE = 1e-4

/**
 * Least sensible tolerance: running sums are float32 and up to `SEGMENT_VERSIONS` parts long, so that finer estimates
 * drown in their rounding. 1e-6 is reached in the simulator, on rings of 10 and 16.
 */
export const TOLERANCE_MIN = 1e-6

/**
 * Splits after which a running sum begins anew at zero, because the rounding of a float32 grows with its value. At 16
 * parts it is 16/(1 + d) times that of the model itself; a guess, between rounding and the extra pull for a reader that
 * has missed a segment's last version.
 */
export const SEGMENT_VERSIONS = 16

/**
 * Versions that a reader may be behind before it gets no further mass: so much lies on a link that has died unnoticed.
 * A reader's word of the last version comes with its own next split, so 1 would leave out readers that are only slow
 * to tell: a ring of 10 took 3.7 s instead of 1.3 s in the simulator. 3 took as long as 2 and left more on the link.
 */
export const VERSIONS_BEHIND_MAX = 2
