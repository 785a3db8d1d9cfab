import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, it } from 'node:test'
import { loadModel } from '../../../node/store/index.js'
import { addressOf, idOf, member, reached, up } from './members.js'
import { finish, temporaryFolder, type Ended, type Event, type Murmur } from './murmur.js'

describe('peers in terminals of their own', () => {
  const folder = temporaryFolder()
  let ann: Murmur
  let bob: Murmur
  let cem: Murmur
  /** Joins late. */
  let dee: Murmur
  let status: Murmur & Ended
  let called: Murmur & Ended
  before(async () => {
    // More rounds than anybody waits for: `murmur merge` ends the run.
    ann = up(folder, { name: 'trio', rounds: 100_000, minPeers: 3 })
    const address = await addressOf(ann)
    bob = member(folder, 'bob', 'join', address, '--part', '2/3')
    cem = member(folder, 'cem', 'join', address, '--part', '3/3')
    await Promise.all([ann, bob, cem].map((peer) => reached(peer, 5)))
    dee = member(folder, 'dee', 'join', await addressOf(bob), '--part', '3/3')
    status = await finish(folder, 'status', address, '--json')
    await reached(dee, 1)
    const hear = async (change: string, whom: Murmur, peers: readonly Murmur[]): Promise<void> => {
      const id = await idOf(whom)
      const fits = (event: Event): boolean => event.id === id && event.change === change
      await Promise.all(peers.map((peer) => peer.event('member', fits)))
    }
    // Whoever called without knowing the newcomer would merge without it.
    await hear('joined', dee, [ann, bob, cem])
    cem.kill('SIGINT')
    await cem.ended
    await hear('left', cem, [ann, bob, dee])
    called = await finish(folder, 'merge', await addressOf(bob), '--json')
  })

  it('begin when all are there', async () => {
    const starts = await Promise.all([ann, bob, cem].map((peer) => peer.event('started')))
    for (const { late } of starts) assert.equal(late, false)
    // Who hears that another has begun begins too, and may meet the third a moment later.
    assert.equal(Math.max(...starts.map(({ members }) => members as number)), 3)
  })

  it('are told how to join, and that a fourth begins late', async () => {
    assert.match(ann.stderr(), new RegExp(`npx murmur join ${await addressOf(ann)} --data SOURCE`))
    assert.equal((await dee.event('started')).late, true)
    // The others had passed round 5.
    assert.ok(((await dee.event('round')).round as number) > 5)
  })

  it('show anyone how far they are', () => {
    assert.equal(status.exitCode, 0, status.stderr())
    const [{ type, name, model, rounds, members }] = status.events as [Event]
    assert.deepEqual(
      { type, name, model, rounds },
      { type: 'result', name: 'ann', model: 'softmax', rounds: 100_000 },
    )
    const names = (members as { name: string }[]).map((one) => one.name)
    for (const known of ['ann', 'bob', 'cem']) assert.ok(names.includes(known), names.join())
  })

  it('can leave with Ctrl-C, and keep their own model', async () => {
    assert.equal((await cem.ended).exitCode, 130, cem.stderr())
    assert.equal(cem.events.at(-1)!.code, 'INTERRUPTED')
    assert.match(cem.stderr(), /murmur: stopped; the others go on without this peer/)
    const { weights, metadata } = await loadModel(join(folder, 'murmur-cem', 'local.safetensors'))
    // 784 inputs and a bias for each of 10 classes.
    assert.deepEqual([weights.length, metadata.peers], [7850, 1])
    const id = await idOf(cem)
    for (const peer of [ann, bob, dee]) {
      const changes = peer.events.filter((event) => event.type === 'member' && event.id === id)
      assert.deepEqual(
        changes.map(({ change }) => change),
        ['joined', 'left'],
      )
    }
  })

  it('end the run when anyone on the machine calls for the merge, with one model on all', async () => {
    assert.equal(called.exitCode, 0, called.stderr())
    const peers = [ann, bob, dee]
    const results = await Promise.all(peers.map((peer) => peer.event('result')))
    const ids = (await Promise.all(peers.map(idOf))).sort()
    for (const { digest, roster, missing, mergedAccuracy } of results) {
      assert.equal(digest, results[0]!.digest)
      assert.deepEqual({ roster, missing }, { roster: ids, missing: [] })
      assert.equal(mergedAccuracy, results[0]!.mergedAccuracy)
    }
    for (const peer of peers) assert.equal((await peer.ended).exitCode, 0, peer.stderr())
    const [first, ...others] = results.map(({ model }) => readFileSync(model as string))
    for (const other of others) assert.ok(other.equals(first!))
  })
})

describe('a peer that waits for others', () => {
  it('refuses an address whose id is not its own, and ends in order on Ctrl-C, alone as it is', async () => {
    const folder = temporaryFolder()
    const ann = up(folder, { minPeers: 2 })
    const stranger = '12D3KooWJWoaqZhDaoEFshF7Rh1bpY9ohihFhzcW6d69Lr2NASuq'
    const address = (await addressOf(ann)).replace(/[^/]*$/, stranger)
    const joining = await finish(folder, 'join', address, '--data', 'digits', '--name', 'bob', '--json')
    assert.equal(joining.exitCode, 23, joining.stderr())
    assert.equal(joining.events.at(-1)!.code, 'UNREACHABLE')
    ann.kill('SIGINT')
    const { exitCode } = await ann.ended
    assert.equal(exitCode, 130, ann.stderr())
    assert.match(ann.stderr(), /murmur: stopped; nobody else was in the run/)
  })
})
