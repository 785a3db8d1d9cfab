/** What is measured: the exchange of snapshots between two peers as they ship. */
import { createHash } from 'node:crypto'
import { createIdentity, createNetwork, describeSnapshot } from '../../../node/network/index.js'
import type { Network, ServedSnapshot } from '../../../node/network/index.js'
import { createLayout, type Layout } from '../../../protocols/model/index.js'
import { elementsOf } from './model.js'
import type { Stack } from './stack.js'

const configuration = new TextEncoder().encode('{}')

const layoutOf = (bytes: number): Layout =>
  createLayout([{ name: 'weights', shape: [elementsOf(bytes)], kind: 'bias' }])

/** Of the run. Each pull names the layout of the model that it asks for. */
const RUN_LAYOUT = layoutOf(4)

const start = (listen: readonly string[], served: readonly ServedSnapshot[]): Promise<Network> =>
  createNetwork({
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
        served.find(({ head }) => request.type !== 'newest' && head.digest === request.digest) ?? null,
      shard: () => ({ type: 'none' }),
      status: () => new Uint8Array(),
      mergeCall: () => ({ type: 'refused', code: 'NO', message: 'not here' }),
      members: () => [],
    },
  })

export const snapshots: Stack = {
  async serve(models) {
    const served = await Promise.all(
      [...models].map(async ([bytes, weights]): Promise<ServedSnapshot> => {
        const { digest, ...described } = await describeSnapshot(weights)
        const head = { version: 1, round: 1, samples: 1, digest, degree: 1, finished: false }
        return {
          head: { ...head, loss: null, accuracy: null },
          layout: layoutOf(bytes).fingerprint,
          ...described,
        }
      }),
    )
    const network = await start(['/ip4/127.0.0.1/tcp/0'], served)
    const digests = served.map(({ head, bytes }) => [bytes.byteLength, head.digest])
    return JSON.stringify([network.addresses()[0], digests])
  },
  async connect(text, rooms) {
    const [address, digests] = JSON.parse(text) as [string, [number, string][]]
    const network = await start([], [])
    const from = await network.dial(address)
    const byBytes = new Map(digests)
    const layouts = new Map(digests.map(([bytes]) => [bytes, layoutOf(bytes)]))
    return async (bytes) => {
      const digest = byBytes.get(bytes)!
      const pulled = await network.pull({
        from,
        request: { type: 'exact', digest },
        layout: layouts.get(bytes)!,
        into: rooms.get(bytes)!,
      })
      if (pulled?.head.digest !== digest) throw new Error('the snapshot did not come')
    }
  },
}
