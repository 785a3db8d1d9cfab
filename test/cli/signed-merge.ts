import { createIdentity, createSignatures, describeSnapshot, peerIdOf } from '../../node/network/index.js'
import { saveModel } from '../../node/store/index.js'
import { layoutOf } from '../../node/trainer/index.js'
import { mergeChunkBytes, type Certificate } from '../../protocols/final-merge/index.js'
import { callDigest, entriesDigest, resultBytes } from '../../protocols/final-merge/statement.js'
import { bytesToHex } from '@noble/hashes/utils.js'

const layout = layoutOf('softmax', [28, 28, 1], 10)

export interface Member {
  readonly id: string
  readonly sign: (bytes: Uint8Array) => Uint8Array
}

/** Real keys, sorted by id as a call names them. */
export const createMembers = (count: number): Member[] =>
  Array.from({ length: count }, () => {
    const identity = createIdentity()
    const signatures = createSignatures(identity)
    return { id: peerIdOf(identity), sign: (bytes: Uint8Array) => signatures.sign(bytes) }
  }).sort((a, b) => (a.id < b.id ? -1 : 1))

export interface Merge {
  readonly run: string
  readonly mergeId: string
  /** All of them sign. */
  readonly members: readonly Member[]
  /** Whose models are in the result. @default all but the second */
  readonly merged?: readonly Member[]
  readonly weights: Float32Array
  /** @default variance-corrected */
  readonly rule?: string
}

/** What every member would save after the merge. */
export const certificateOf = async ({
  run,
  mergeId,
  members,
  merged = members.filter((_, index) => index !== 1),
  weights,
  rule = 'variance-corrected',
}: Merge): Promise<Certificate> => {
  const ids = members.map(({ id }) => id)
  const chunkBytes = mergeChunkBytes(weights.byteLength)
  const { digest } = await describeSnapshot(weights, chunkBytes)
  const entries = ids
    .map((_, member) => ({
      member,
      digest: (member % 10).toString().repeat(64),
      samples: 100 * (member + 1),
    }))
    .filter(({ member }) => merged.includes(members[member]!))
  const call = callDigest({ run, mergeId, members: ids })
  const terms = { run, mergeId, rule, weighting: 'samples' } as const
  const statement = resultBytes({ ...terms, call, digest, roster: entriesDigest(call, entries) })
  return {
    ...{ ...terms, members: ids, digest, chunkBytes },
    roster: entries.map(({ member, ...model }) => ({ id: ids[member]!, ...model })),
    signatures: members.map(({ id, sign }) => ({ id, signature: bytesToHex(sign(statement)) })),
  }
}

/** Weights of a softmax regression on digits, others for every seed. */
export const weightsOf = (seed: number): Float32Array =>
  Float32Array.from({ length: layout.length }, (_, i) => ((i * 7 + seed) % 101) / 101 - 0.5)

/** @param statistics of batch normalisation; softmax has none, but nobody looks at that here. */
export const saveWeights = (
  path: string,
  { run, weights, statistics }: Pick<Merge, 'run' | 'weights'> & { readonly statistics?: Float32Array },
): Promise<void> =>
  saveModel(path, {
    layout,
    weights,
    ...(statistics ? { statistics } : {}),
    metadata: {
      model: 'softmax',
      inputShape: [28, 28, 1],
      classes: 10,
      runId: run,
      digest: 'b'.repeat(64),
      peers: 4,
      createdBy: 'test',
    },
  })
