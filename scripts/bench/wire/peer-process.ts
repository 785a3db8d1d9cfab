/** One end of one stack, as a process of its own. */
import { performance } from 'node:perf_hooks'
import { bareStream, socketTlsStream } from './libp2p-stream.js'
import type { FromWireProcess, Seen, StackName, ToWireProcess } from './messages.js'
import { modelOf } from './model.js'
import { peersPulls, snapshots } from './snapshots.js'
import { bareSocket, tlsSocket } from './sockets.js'
import type { Fetch, Stack } from './stack.js'
import { watch } from './watch.js'

const stacks: Readonly<Record<StackName, Stack>> = {
  'node:net': bareSocket,
  'node:tls': tlsSocket,
  libp2p: bareStream,
  'libp2p on socket TLS': socketTlsStream,
  murmuration: snapshots,
  peers: peersPulls,
}

let fetchModel: Fetch
let report: () => Seen

const carryOut = async (message: ToWireProcess): Promise<FromWireProcess> => {
  switch (message.type) {
    case 'serve': {
      const models = new Map(message.sizes.map((bytes) => [bytes, modelOf(bytes)]))
      return { type: 'serving', address: await stacks[message.stack].serve(models) }
    }
    case 'connect':
      fetchModel = await stacks[message.stack].connect(message.address, message.sizes)
      return { type: 'connected' }
    case 'fetch': {
      const ms: number[] = []
      for (let i = 0; i < message.times; i++) {
        const begin = performance.now()
        await fetchModel(message.bytes)
        ms.push(performance.now() - begin)
      }
      return { type: 'fetched', ms }
    }
    case 'watch':
      report = watch()
      return { type: 'watching' }
    case 'report':
      return { type: 'seen', seen: report() }
  }
}

process.on('message', (message: ToWireProcess) => {
  carryOut(message).then(
    (answer) => process.send?.(answer, () => {}),
    (error: unknown) => {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
      process.send?.({ type: 'failed', message: text } satisfies FromWireProcess, () => {})
    },
  )
})
process.on('disconnect', () => process.exit(0))
