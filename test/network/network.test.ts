import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { createIdentity, NetworkError, peerIdOf } from '../../node/network/index.js'
import { createAddressBook } from '../../node/network/address-book.js'
import { createSwarm, headOf, layoutOf, runOf } from './support.js'

const layout = layoutOf(10)
const run = runOf(layout)
const withCode = (code: string) => (error: unknown) => error instanceof NetworkError && error.code === code

describe('a network', () => {
  let swarm: ReturnType<typeof createSwarm>
  beforeEach(() => {
    swarm = createSwarm()
  })
  afterEach(() => swarm.stop())

  it('has the peer id of its identity and listens on addresses that end in it', async () => {
    const identity = createIdentity()
    const { network } = await swarm.start({ run, identity })
    assert.equal(network.peerId, peerIdOf(identity))
    assert.match(
      network.addresses()[0]!,
      new RegExp(`^/ip4/127\\.0\\.0\\.1/tcp/[1-9][0-9]*/p2p/${network.peerId}$`),
    )
  })
  it('makes a different identity each time', () => {
    assert.notEqual(peerIdOf(createIdentity()), peerIdOf(createIdentity()))
  })
  it('refuses an identity that is none', async () => {
    await assert.rejects(swarm.start({ run, identity: new Uint8Array(68) }), withCode('BAD_IDENTITY'))
  })
  it('says when its port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    try {
      await assert.rejects(
        swarm.start({ run, listen: [`/ip4/127.0.0.1/tcp/${port}`] }),
        withCode('ADDRESS_IN_USE'),
      )
    } finally {
      other.close()
    }
  })
  it('refuses addresses that are none, to listen on, to start from and to dial', async () => {
    await assert.rejects(swarm.start({ run, listen: ['localhost:4001'] }), withCode('BAD_ADDRESS'))
    await assert.rejects(
      swarm.start({ run, listen: ['/ip4/127.0.0.1/udp/0/quic-v1'] }),
      withCode('BAD_ADDRESS'),
    )
    await assert.rejects(swarm.start({ run, bootstrap: ['/ip4/nowhere'] }), withCode('BAD_ADDRESS'))
    const { network } = await swarm.start({ run })
    for (const target of [
      '/ip4/999.0.0.1/tcp/1',
      '/ip4/127.0.0.1/tcp/1/p2p/bob',
      'bob',
      '',
      '/ip4/127.0.0.1/udp/1/quic-v1',
      network.peerId,
    ]) {
      await assert.rejects(network.dial(target), withCode('BAD_ADDRESS'), target)
    }
  })
  it('says when nobody answers', async () => {
    const free = createServer().listen(0, '127.0.0.1')
    await once(free, 'listening')
    const { port } = free.address() as AddressInfo
    free.close()
    await once(free, 'close')
    const { network } = await swarm.start({ run })
    await assert.rejects(network.dial(`/ip4/127.0.0.1/tcp/${port}`), withCode('UNREACHABLE'))
    await assert.rejects(network.dial(peerIdOf(createIdentity())), withCode('UNREACHABLE'))
  })
  it('does not take one peer for another', async () => {
    const alice = await swarm.start({ run })
    const bob = await swarm.start({ run })
    const wrong = alice.address.replace(alice.id, peerIdOf(createIdentity()))
    await assert.rejects(bob.network.dial(wrong), withCode('UNREACHABLE'))
    assert.deepEqual(bob.network.connectedPeers(), [])
  })
  it('dials its bootstrap list, with and without peer ids', async () => {
    const alice = await swarm.start({ run })
    const bob = await swarm.start({ run })
    const carol = await swarm.start({
      run,
      bootstrap: [alice.address, bob.address.replace(/\/p2p\/.*/, '')],
    })
    await carol.until(({ kind, peer }) => kind === 'admitted' && peer === alice.id)
    await carol.until(({ kind, peer }) => kind === 'admitted' && peer === bob.id)
    await carol.until(({ kind, peer }) => kind === 'discovered' && peer === alice.id)
  })
  it('names the members it knows to those who come', async () => {
    const alice = await swarm.start({ run, name: 'alice' })
    const bob = await swarm.start({ run })
    await bob.network.dial(alice.address)
    const { records } = await bob.until(({ kind }) => kind === 'members')
    assert.deepEqual(records, [{ id: alice.id, name: 'alice', addresses: [alice.address] }])
  })
  it('stops twice, and then does nothing more', async () => {
    const alice = await swarm.start({ run })
    const bob = await swarm.start({ run })
    await bob.network.dial(alice.address)
    await Promise.all([bob.network.stop(), bob.network.stop()])
    await bob.network.stop()
    for (const attempt of [
      () => bob.network.dial(alice.address),
      () => bob.network.pull({ from: alice.id, request: { type: 'newest', newerThan: -1 }, layout }),
      () => bob.network.publishHead({ type: 'head', head: headOf('ab'.repeat(32)) }),
      () => bob.network.status(alice.id),
    ]) {
      await assert.rejects(attempt, withCode('STOPPED'))
    }
    assert.deepEqual(bob.network.connectedPeers(), [])
  })
})

describe('the address book', () => {
  const bounds = { membersMax: 2, addressesMax: 2 }
  const id = peerIdOf(createIdentity())
  const of = (addresses: string[]) => {
    const book = createAddressBook(bounds)
    book.learn({ id, addresses })
    return book.addressesOf(id).map(String)
  }
  it('puts the peer id behind addresses that lack it', () => {
    assert.deepEqual(of(['/ip4/1.2.3.4/tcp/5']), [`/ip4/1.2.3.4/tcp/5/p2p/${id}`])
  })
  it('drops addresses that name another peer or do not parse, and those above the bound', () => {
    const other = peerIdOf(createIdentity())
    assert.deepEqual(of([`/ip4/1.2.3.4/tcp/5/p2p/${other}`, 'nonsense', '/ip4/1.2.3.4/tcp/6']), [])
    assert.equal(of(['/ip4/1.2.3.4/tcp/5', '/ip4/1.2.3.4/tcp/6', '/ip4/1.2.3.4/tcp/7']).length, 2)
  })
  it('forgets the peer that was learnt longest ago', () => {
    const book = createAddressBook(bounds)
    const ids = [1, 2, 3].map(() => peerIdOf(createIdentity()))
    for (const each of ids) book.learn({ id: each, addresses: ['/ip4/1.2.3.4/tcp/5'] })
    assert.deepEqual(
      ids.map((each) => book.addressesOf(each).length),
      [0, 1, 1],
    )
  })
})

describe('two peers that dial each other at once', () => {
  it('admit each other once', async () => {
    const swarm = createSwarm()
    try {
      const alice = await swarm.start({ run })
      const bob = await swarm.start({ run })
      await Promise.all([alice.network.dial(bob.address), bob.network.dial(alice.address)])
      await alice.until(({ kind }) => kind === 'subscribed')
      for (const { events } of [alice, bob]) {
        assert.equal(events.filter(({ kind }) => kind === 'admitted').length, 1)
      }
      assert.deepEqual(alice.network.connectedPeers(), [bob.id])
    } finally {
      await swarm.stop()
    }
  })
})
