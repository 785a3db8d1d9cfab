/**
 * TLS for libp2p (https://github.com/libp2p/specs/blob/master/tls/tls.md) that Node ciphers right on the TCP socket.
 * Protocol, certificates and checks are those of `@libp2p/tls`, whose parts it uses; only the bytes take another way:
 * there they pass through a JavaScript duplex between cipher and socket, which costs more than the cipher itself.
 */
import { once } from 'node:events'
import { Socket } from 'node:net'
import { connect, TLSSocket, type TLSSocketOptions } from 'node:tls'
import { InvalidCryptoExchangeError } from '@libp2p/interface'
import type {
  ConnectionEncrypter,
  MessageStream,
  SecureConnectionOptions,
  SecuredConnection,
  StreamMessageEvent,
  StreamMuxerFactory,
} from '@libp2p/interface'
import { tls, type TLSComponents } from '@libp2p/tls'
import { generateCertificate, toMessageStream, verifyPeerCertificate } from '@libp2p/tls/utils'
import { writeTogether } from './write-together.js'

/** What a peer offers in ALPN beside its muxers: to choose one afterwards. */
const MUXER_LATER = 'libp2p'

/** In the place of `tls()`: for connections of `@libp2p/tcp`, and as `tls()` for all others. */
export const socketTls =
  () =>
  (components: TLSComponents): ConnectionEncrypter => {
    const stock = tls()(components)
    const secure =
      (role: 'secureInbound' | 'secureOutbound') =>
      (connection: MessageStream, options: SecureConnectionOptions = {}): Promise<SecuredConnection> => {
        const socket = socketOf(connection)
        if (!socket) return stock[role](connection, options)
        const isServer = role === 'secureInbound'
        return secureSocket({ components, connection, socket, isServer, options })
      }
    return {
      protocol: stock.protocol,
      secureInbound: secure('secureInbound'),
      secureOutbound: secure('secureOutbound'),
    }
  }

/** The socket of a connection of `@libp2p/tcp`, which does not say so in its type: absent when that has changed. */
export const socketOf = (connection: MessageStream): Socket | undefined => {
  const { socket } = connection as { readonly socket?: unknown }
  return socket instanceof Socket && socket.listenerCount('data') === 1 ? socket : undefined
}

interface Securing {
  readonly components: TLSComponents
  readonly connection: MessageStream
  readonly socket: Socket
  readonly isServer: boolean
  readonly options: SecureConnectionOptions
}

const secureSocket = async (securing: Securing): Promise<SecuredConnection> => {
  const { components, connection, socket, isServer, options } = securing
  const muxers = components.upgrader.getStreamMuxers()
  const offered = options.skipStreamMuxerNegotiation === true ? [] : [...muxers.keys()]
  const giveBack = takeOver(connection, socket)
  let chosen: string | undefined
  const settings: TLSSocketOptions = {
    ...(await generateCertificate(components.privateKey, options)),
    isServer,
    minVersion: 'TLSv1.3',
    maxVersion: 'TLSv1.3',
    // Certificates are the peers' own. What binds them to peer ids is checked below.
    rejectUnauthorized: false,
    requestCert: true,
    ALPNProtocols: [...offered, MUXER_LATER],
    ALPNCallback: ({ protocols }) =>
      (chosen = protocols.find((protocol) => protocol === MUXER_LATER || muxers.has(protocol))),
  }
  giveBack()
  const secured = isServer ? new TLSSocket(socket, settings) : connect({ socket, ...settings })
  // Without a listener an error would end the process.
  secured.on('error', (error: Error) => connection.abort(error))
  const end = () => secured.destroy(new InvalidCryptoExchangeError('the handshake was given up'))
  options.signal?.addEventListener('abort', end)
  try {
    await Promise.race([once(secured, 'secure'), ended(secured)])
    const certificate = secured.getPeerCertificate().raw
    const remotePeer = await verifyPeerCertificate(certificate, options.remotePeer, connection.log)
    const streamMuxer = muxerOf(isServer ? chosen : secured.alpnProtocol, { muxers, offered })
    const stream = writeTogether(toMessageStream(connection, secured), secured)
    return { remotePeer, connection: stream, streamMuxer }
  } catch (error) {
    secured.destroy()
    connection.abort(error instanceof Error ? error : new Error(String(error)))
    throw error
  } finally {
    options.signal?.removeEventListener('abort', end)
  }
}

/** Stops the connection's own reading. Returns what puts back on the socket what was read too early. */
const takeOver = (connection: MessageStream, socket: Socket): (() => void) => {
  const early: Uint8Array[] = []
  const onMessage = ({ data }: StreamMessageEvent): void => void early.push(data.subarray())
  socket.pause()
  socket.removeAllListeners('data')
  // What is buffered is handed out in a microtask from here.
  connection.addEventListener('message', onMessage)
  return () => {
    connection.removeEventListener('message', onMessage)
    for (const bytes of early.reverse()) socket.unshift(bytes)
  }
}

const ended = async (secured: TLSSocket): Promise<never> => {
  await once(secured, 'close')
  throw new InvalidCryptoExchangeError('the connection closed during the handshake')
}

/** The muxer that ALPN has settled, or none: it is negotiated afterwards then. */
const muxerOf = (
  protocol: string | false | null | undefined,
  {
    muxers,
    offered,
  }: { readonly muxers: Map<string, StreamMuxerFactory>; readonly offered: readonly string[] },
): StreamMuxerFactory | undefined => {
  if (typeof protocol !== 'string' || protocol === MUXER_LATER) return undefined
  if (!offered.includes(protocol)) throw new InvalidCryptoExchangeError(`there is no muxer ${protocol}`)
  return muxers.get(protocol)
}
