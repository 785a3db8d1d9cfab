import type { Examples } from '../../protocols/training/contract.js'

/** An opened dataset: its training labels are at hand, its training images come on demand. */
export interface Dataset {
  /** One clause for people: `8000 generated digits`. */
  readonly describe: string
  readonly classes: number
  /** One label per training example. Borrowed: do not change. */
  readonly trainLabels: Uint8Array
  /** The training examples with these indices, in this order, in shared memory that the caller owns. */
  train(indices: readonly number[]): Examples
  /** All held-out examples, in shared memory that the caller owns. */
  test(): Examples
}

/** A parsed data source: where examples come from. Opening it is the only part that touches the disk. */
export interface DataSource {
  /** As it was written, for messages and run configurations. */
  readonly spec: string
  /** The seed decides what is generated, or which examples are held out. Throws DatasetError. */
  open(options: { readonly seed: number }): Promise<Dataset>
}

/** One entry of the registry. */
export interface DataSourceKind {
  /** How to write it, for messages: `idx:DIR`. */
  readonly usage: string
  /** What `open` will do, from what follows the colon; undefined without a colon. Throws DatasetError UNKNOWN_SOURCE. */
  readonly parse: (argument: string | undefined) => DataSource['open']
}
