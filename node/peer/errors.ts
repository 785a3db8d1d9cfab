import { MurmurationError } from '../../protocols/errors.js'
import type { RunConfiguration } from '../../protocols/run/index.js'
import type { Examples } from '../../protocols/training/contract.js'

/** What ends a peer before its run is over. */
export class PeerError extends MurmurationError<'FOREIGN_EXAMPLES' | 'MERGE_ABANDONED' | 'STOPPED'> {}

/** @throws PeerError FOREIGN_EXAMPLES when data of another shape was given. */
export const assertExamplesFit = (
  { inputShape, classes }: RunConfiguration,
  ...sets: readonly Examples[]
): void => {
  for (const examples of sets) {
    if (examples.shape.join() === inputShape.join() && examples.classes === classes) continue
    throw new PeerError(
      'FOREIGN_EXAMPLES',
      `this run is about examples of ${inputShape.join('×')} in ${classes} classes, the data has ` +
        `${examples.shape.join('×')} in ${examples.classes}. Nothing was started; choose other data.`,
      { inputShape, classes, shape: examples.shape },
    )
  }
}
