/** What is measured: the exchange of snapshots between two peers as they ship. */
import { createHash } from 'node:crypto'
import { kernelsOrPlain } from '../../../node/kernels/kernels-or-plain.js'
import { createModelMemory, type ModelMemory } from '../../../node/kernels/model-memory.js'
import { createIdentity, createNetwork, describeSnapshot } from '../../../node/network/index.js'
import type { Network, NetworkOptions, ServedSnapshot, SnapshotReader } from '../../../node/network/index.js'
import { createLayout, type Layout } from '../../../protocols/model/index.js'
import { elementsOf } from './model.js'
import type { Stack } from './stack.js'

const configuration = new TextEncoder().encode('{}')

const layoutOf = (bytes: number): Layout =>
  createLayout([{ name: 'weights', shape: [elementsOf(bytes)], kind: 'bias' }])

/** Of the run. Each pull names the layout of the model that it asks for. */
const RUN_LAYOUT = layoutOf(4)

const start = (
  { listen, firstNonFinite }: Pick<NetworkOptions, 'listen' | 'firstNonFinite'>,
  served: readonly ServedSnapshot[],
): Promise<Network> =>
  createNetwork({
    ...(firstNonFinite ? { firstNonFinite } : {}),
    identity: createIdentity(),
    listen,
    mdns: false,
    name: 'bench',
    run: {
      runId: createHash('sha256').update(configuration).digest('hex'),
      layout: RUN_LAYOUT,
      configuration,
    },
    handlers: {
      onHeads() {},
      onMerge() {},
      onAdmitted() {},
      onDisconnected() {},
      onRefused() {},
      onMembers() {},
      snapshot: (request) =>
        served.find(({ head }) =>
          request.type === 'newest' ? head.version === request.newerThan + 1 : head.digest === request.digest,
        ) ?? null,
      shard: () => ({ type: 'none' }),
      status: () => new Uint8Array(),
      mergeCall: () => ({ type: 'refused', code: 'NO', message: 'not here' }),
      members: () => [],
    },
  })

/** Each model is a version of its own: one after the other can be asked for as the newest. */
const serve: Stack['serve'] = async (models) => {
  const served = await Promise.all(
    [...models].map(async ([bytes, weights], index): Promise<ServedSnapshot> => {
      const { digest, ...described } = await describeSnapshot(weights)
      const head = { version: index + 1, round: 1, samples: 1, digest, degree: 1, finished: false }
      return {
        head: { ...head, loss: null, accuracy: null },
        layout: layoutOf(bytes).fingerprint,
        ...described,
      }
    }),
  )
  const network = await start({ listen: ['/ip4/127.0.0.1/tcp/0'] }, served)
  const offered = served.map(({ head, bytes }) => ({
    bytes: bytes.byteLength,
    digest: head.digest,
    version: head.version,
  }))
  return JSON.stringify([network.addresses()[0], offered])
}

interface Offered {
  readonly bytes: number
  readonly digest: string
  readonly version: number
}

/** @param memory where the models will lie. */
const join = async (text: string, memory: ModelMemory) => {
  const [address, offered] = JSON.parse(text) as [string, readonly Offered[]]
  const kernels = kernelsOrPlain(memory)
  const network = await start({ listen: [], firstNonFinite: (values) => kernels.firstNonFinite(values) }, [])
  const from = await network.dial(address)
  const models = new Map(offered.map((one) => [one.bytes, { ...one, layout: layoutOf(one.bytes) }]))
  const came = (digest: string | undefined, asked: string): void => {
    if (digest !== asked) throw new Error('the snapshot did not come')
  }
  return { network, from, models, came }
}

/** Into memory of the process's models that is there. */
export const snapshots: Stack = {
  serve,
  async connect(text, sizes) {
    const memory = createModelMemory()
    // Touched once: its pages count before anything is measured.
    const rooms = new Map(sizes.map((bytes) => [bytes, memory.vector(elementsOf(bytes)).fill(1)]))
    const { network, from, models, came } = await join(text, memory)
    return async (bytes) => {
      const { digest, layout } = models.get(bytes)!
      const request = { type: 'exact', digest } as const
      came((await network.pull({ from, request, layout, into: rooms.get(bytes)! }))?.head.digest, digest)
    }
  },
}

/** A reader of plain float32 only. */
const plainReader: SnapshotReader = {
  offers: () => [],
  decode: () => Promise.reject(new Error('nothing comes encoded')),
  onExchange() {},
  onGaveUp() {},
}

/**
 * The newest of a neighbour, into a place of its own in the memory of the process's models, since a peer may mix what it pulled last
 * meanwhile. Places are given away again once nobody holds them.
 */
export const peersPulls: Stack = {
  serve,
  async connect(text) {
    const memory = createModelMemory()
    const { network, from, models, came } = await join(text, memory)
    return async (bytes) => {
      const { digest, layout, version } = models.get(bytes)!
      const vector = (length: number) => memory.vector(length)
      const request = { from, newerThan: version - 1, layout, reader: plainReader, vector }
      const pulled = await network.pullModel(request)
      came(pulled?.head.digest, digest)
    }
  },
}
