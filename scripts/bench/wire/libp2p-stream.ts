/** The references with libp2p: one long-lived stream over TCP, TLS and yamux, with libp2p's TLS or with ours on the socket. */
import '../../../node/polyfills.js'
import type { Stream } from '@libp2p/interface'
import { tcp } from '@libp2p/tcp'
import { tls } from '@libp2p/tls'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p, type Libp2p } from 'libp2p'
import { socketTls } from '../../../node/network/socket-tls.js'
import { whenWritable } from '../../../node/network/streams.js'
import { piecesOf } from './model.js'
import { requestOf, type Stack } from './stack.js'

const PROTOCOL = '/bench/1.0.0'

type Encrypter = ReturnType<typeof tls>

const createNode = (encrypter: Encrypter, listen: readonly string[]): Promise<Libp2p> =>
  createLibp2p({
    addresses: { listen: [...listen] },
    transports: [tcp()],
    connectionEncrypters: [encrypter],
    streamMuxers: [yamux({ streamOptions: { maxStreamWindowSize: 1024 * 1024 } })],
    connectionMonitor: { enabled: false },
  })

const streamOver = (encrypter: () => Encrypter): Stack => ({
  async serve(models) {
    const node = await createNode(encrypter(), ['/ip4/127.0.0.1/tcp/0'])
    const { signal } = new AbortController()
    await node.handle(PROTOCOL, (stream: Stream) => {
      stream.addEventListener('message', ({ data }) => {
        const bytes = Buffer.from(data.subarray()).readUInt32LE()
        void (async () => {
          for (const piece of piecesOf(models.get(bytes)!)) {
            stream.send(piece)
            await whenWritable(stream, signal)
          }
        })()
      })
    })
    return String(node.getMultiaddrs()[0])
  },
  async connect(address) {
    const node = await createNode(encrypter(), [])
    const stream = await (await node.dial(multiaddr(address))).newStream(PROTOCOL)
    let missing = 0
    let done = (): void => {}
    stream.addEventListener('message', ({ data }) => {
      missing -= data.byteLength
      if (missing === 0) done()
    })
    return (bytes) =>
      new Promise((resolve) => {
        missing = bytes
        done = resolve
        stream.send(requestOf(bytes))
      })
  },
})

export const bareStream = streamOver(tls)
export const socketTlsStream = streamOver(socketTls)
