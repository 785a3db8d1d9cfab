import { AUTO, comparedWithCopy, createCodec, type Mix } from '../../../protocols/codecs/index.js'
import type { SnapshotRequest } from '../../../protocols/wire/index.js'
import { createCoder } from '../../codecs/index.js'
import { entropyStages } from '../../entropy/index.js'
import type { Served, SnapshotReader } from '../../network/index.js'
import type { Snapshots } from '../snapshots.js'
import { createReading } from './reading.js'
import { createChooseOffer } from './servable.js'
import { createServing } from './serving.js'

/** How this peer's snapshots are encoded for others, and theirs for it. */
export interface PeerCodecs {
  /** Answers a request for a snapshot. @param from the peer that asks. */
  serve(request: SnapshotRequest, from: string): Served | Promise<Served>
  readonly reader: SnapshotReader
  /** Reads models of members that may not be asked again: without a memory of them. */
  readonly passingReader: SnapshotReader
  /** The mix to do, where a codec wants another one than the engine asks for. Training waits for it: it does not wait for the encoder. */
  mixOf(mix: Mix<Float32Array>, self: string): Mix<Float32Array>
  close(): Promise<void>
}

/** In place of a codec that sends changes, for models that are read once. */
const READ_ONCE = 'int8'

/**
 * @param runCodec the run's: a codec's name or `auto`. @param codec what this peer asks others for.
 * @param length weights of the model.
 * @throws ConfigError BAD_VALUE, also when this Node lacks an entropy stage
 */
export const createPeerCodecs = ({
  runCodec,
  codec,
  length,
  snapshots,
  fail,
}: {
  readonly runCodec: string
  readonly codec: string
  readonly length: number
  readonly snapshots: Snapshots
  /** The thread that encodes and decodes has ended by itself. */
  readonly fail: (error: unknown) => void
}): PeerCodecs => {
  const coder = createCoder(fail)
  const reader = createReading({ codec, length, coder })
  const remembers = codec !== AUTO && createCodec(codec, entropyStages).remembers
  const choose = createChooseOffer(runCodec)
  return {
    serve: createServing({ snapshots, coder, choose }),
    reader,
    passingReader: remembers ? createReading({ codec: READ_ONCE, length, coder }) : reader,
    mixOf(mix, self) {
      if (!remembers) return mix
      const copy = coder.publicCopy(codec)
      return copy ? comparedWithCopy(mix, { self, copy, lags: (sender) => reader.lags(sender) }) : mix
    },
    close: () => coder.close(),
  }
}
