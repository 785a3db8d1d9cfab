import assert from 'node:assert/strict'
import { afterEach, describe, it } from 'node:test'
import '../../node/polyfills.js'
import type { Stream } from '@libp2p/interface'
import { tcp } from '@libp2p/tcp'
import { tls } from '@libp2p/tls'
import { lpStream } from '@libp2p/utils'
import { yamux } from '@libp2p/yamux'
import { createLibp2p, type Libp2p } from 'libp2p'
import { socketOf, socketTls } from '../../node/network/socket-tls.js'
import { joined } from '../../node/network/write-together.js'

const ECHO = '/echo/1.0.0'

describe('TLS right on the socket', () => {
  const nodes: Libp2p[] = []
  const start = async (
    encrypter: typeof tls | typeof socketTls,
    listen: readonly string[] = ['/ip4/127.0.0.1/tcp/0'],
  ) => {
    const node = await createLibp2p({
      addresses: { listen: [...listen] },
      transports: [tcp()],
      connectionEncrypters: [encrypter()],
      streamMuxers: [yamux()],
      connectionMonitor: { enabled: false },
    })
    nodes.push(node)
    await node.handle(ECHO, async (stream: Stream) => {
      const frames = lpStream(stream)
      await frames.write(await frames.read())
    })
    return node
  }
  afterEach(async () => {
    await Promise.all(nodes.splice(0).map(async (node) => node.stop()))
  })

  const ours = socketTls
  for (const [title, dialler, listener] of [
    ['itself', ours, ours],
    ['a dialler with the TLS of libp2p', tls, ours],
    ['a listener with the TLS of libp2p', ours, tls],
  ] as const) {
    it(`carries data both ways with ${title}`, async () => {
      const alice = await start(listener)
      const bob = await start(dialler, [])
      const connection = await bob.dial(alice.getMultiaddrs())
      assert.equal(connection.encryption, '/tls/1.0.0')
      assert.ok(connection.remotePeer.equals(alice.peerId))
      const frames = lpStream(await connection.newStream(ECHO))
      const sent = Buffer.alloc(700_000, 'murmuration')
      await frames.write(sent)
      assert.ok(sent.equals((await frames.read()).subarray()))
      assert.ok(alice.getConnections()[0]?.remotePeer.equals(bob.peerId))
    })
  }
  it('refuses a peer that is not the one that was dialled', async () => {
    const alice = await start(ours)
    const carol = await start(ours)
    const bob = await start(ours, [])
    const [address] = alice.getMultiaddrs()
    const wrong = address!.decapsulate('/p2p').encapsulate(`/p2p/${carol.peerId.toString()}`)
    await assert.rejects(bob.dial(wrong))
    assert.deepEqual(bob.getConnections(), [])
  })
  it('ends the socket with the connection', async () => {
    const alice = await start(ours)
    const bob = await start(ours, [])
    const closed = (node: Libp2p) =>
      new Promise((resolve) => node.addEventListener('connection:close', resolve))
    const both = Promise.all([closed(alice), closed(bob)])
    alice.addEventListener('connection:open', () => void bob.hangUp(alice.peerId))
    await bob.dial(alice.getMultiaddrs())
    await both
    assert.deepEqual([...alice.getConnections(), ...bob.getConnections()], [])
  })
  it('leaves connections that are not of TCP to the TLS of libp2p', () => {
    assert.equal(socketOf(new EventTarget() as never), undefined)
  })
})

describe('joining small pieces', () => {
  it('makes one of headers and leaves what is large uncopied', () => {
    const large = new Uint8Array(100_000)
    const pieces = [Uint8Array.of(1, 2), Uint8Array.of(3), large, Uint8Array.of(4), large]
    const [head, first, second, last, ...rest] = [...joined(pieces)]
    assert.deepEqual([...head!, ...second!], [1, 2, 3, 4])
    assert.equal(first, large)
    assert.equal(last, large)
    assert.deepEqual(rest, [])
    assert.deepEqual([...joined([])], [])
  })
})
