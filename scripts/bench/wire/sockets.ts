/** The references without libp2p: a socket of Node, bare or with TLS 1.3. */
import { once } from 'node:events'
import { connect as connectTcp, createServer, type AddressInfo, type Socket } from 'node:net'
import { connect as connectTls, createServer as createTlsServer } from 'node:tls'
import { generateCertificate } from '@libp2p/tls/utils'
import { privateKeyOf, createIdentity } from '../../../node/network/identity.js'
import { piecesOf } from './model.js'
import { requestOf, type Fetch, type Stack } from './stack.js'

const answer =
  (models: ReadonlyMap<number, Float32Array>) =>
  (socket: Socket): void => {
    socket.setNoDelay(true)
    socket.on('data', (request) => {
      void (async () => {
        for (const piece of piecesOf(models.get(request.readUInt32LE())!)) {
          if (!socket.write(piece)) await once(socket, 'drain')
        }
      })()
    })
  }

const fetchOver = (socket: Socket): Fetch => {
  let missing = 0
  let done = (): void => {}
  socket.setNoDelay(true)
  socket.on('data', ({ byteLength }) => {
    missing -= byteLength
    if (missing === 0) done()
  })
  return (bytes) =>
    new Promise((resolve) => {
      missing = bytes
      done = resolve
      socket.write(requestOf(bytes))
    })
}

const listen = async (server: ReturnType<typeof createServer>): Promise<string> => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return String((server.address() as AddressInfo).port)
}

export const bareSocket: Stack = {
  serve: (models) => listen(createServer(answer(models))),
  async connect(port) {
    const socket = connectTcp(Number(port), '127.0.0.1')
    await once(socket, 'connect')
    return fetchOver(socket)
  },
}

/** With the certificate that libp2p's TLS uses: ECDSA over P-256. */
export const tlsSocket: Stack = {
  async serve(models) {
    const certificate = await generateCertificate(privateKeyOf(createIdentity()))
    return listen(createTlsServer({ ...certificate, minVersion: 'TLSv1.3' }, answer(models)))
  },
  async connect(port) {
    const socket = connectTls({ port: Number(port), host: '127.0.0.1', rejectUnauthorized: false })
    await once(socket, 'secureConnect')
    return fetchOver(socket)
  },
}
