import { MurmurationError } from '../../protocols/errors.js'

/** A simulation that cannot go on, or breaks what it promises. */
export class SimulationError extends MurmurationError<'STALLED' | 'INVARIANT'> {}
