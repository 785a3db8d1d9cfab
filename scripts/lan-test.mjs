/**
 * Peers on a local network that find each other by multicast DNS. The network is made of network namespaces, so nothing
 * leaves this machine or reaches its own network. Needs Linux, root and iproute2; exits 77 where that is not given.
 *
 *     sudo node scripts/lan-test.mjs [WORD]     only the checks whose title contains WORD
 */
import { spawnSync } from 'node:child_process'
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { createHosts } from '../test/lan/hosts.mjs'
import { startMurmur } from '../test/lan/murmur.mjs'

const CANNOT_RUN = 77
const OPEN = ['--listen', '/ip4/0.0.0.0/tcp/4001']
/** Longer than two queries of a peer that looks for others. */
const QUIET_MS = 5_000

const here = dirname(fileURLToPath(import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'murmur-lan-'))
/** What the check that runs has made: taken away when it ends, however it ends. */
let network
const cleanUp = () => {
  network?.remove()
  network = undefined
}
process.on('exit', () => {
  cleanUp()
  rmSync(folder, { recursive: true, force: true })
})
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(130))

const runFile = (name, settings = {}) => {
  const path = join(folder, `${name}.yaml`)
  writeFileSync(path, JSON.stringify({ name, model: 'softmax', rounds: 10, minPeers: 2, ...settings }))
  return path
}
const data = (part, of) => ['--data', 'digits', '--part', `${part}/${of}`]
const start = (host, name, ...args) => startMurmur(host, { folder, name, args: args.flat() })

/** Waits for the end of all, and that they hold the same model of `count` peers. */
const assertSameModel = async (peers, count = peers.length) => {
  const results = await Promise.all(peers.map((peer) => peer.event('result')))
  assert.equal(new Set(results.map(({ digest }) => digest)).size, 1, 'the digests differ')
  for (const { roster, missing, agreed } of results) {
    assert.deepEqual(
      { roster: roster.length, agreed: agreed.length, missing },
      { roster: count, agreed: count, missing: [] },
    )
  }
  assert.deepEqual(
    await Promise.all(peers.map((peer) => peer.exitCode())),
    peers.map(() => 0),
  )
}

/** Collects the senders of multicast DNS that a host hears. */
const listenForMulticast = async (host) => {
  const child = host.spawn(process.execPath, [join(here, '../test/lan/multicast-listener.mjs')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const senders = []
  await new Promise((ready, failed) => {
    child.on('exit', (code) => failed(new Error(`the listener ended with code ${code}`)))
    createInterface(child.stdout).on('line', (line) => (line === 'ready' ? ready() : senders.push(line)))
  })
  return senders
}

const checks = {
  'a peer without an address finds the run, and both end with the same model': async ([first, second]) => {
    const up = start(first, 'up', 'up', '--run', runFile('found'), OPEN, data(1, 2))
    await up.event('listening')
    await assertSameModel([up, start(second, 'join', 'join', data(2, 2))])
  },

  'a peer that looks before the run is there finds it': async ([first, second]) => {
    const join = start(second, 'join', 'join', data(2, 2))
    await delay(QUIET_MS)
    assert.equal(join.hasEnded(), false, 'it gave up too early')
    const up = start(first, 'up', 'up', '--run', runFile('late'), OPEN, data(1, 2))
    await assertSameModel([up, join])
  },

  'a peer is found that also has an address that leads nowhere': async ([first, second]) => {
    const up = start(first, 'up', 'up', '--run', runFile('vpn'), OPEN, data(1, 2))
    const { addresses } = await up.event('listening')
    assert.ok(addresses[1].startsWith('/ip4/172.17.') && addresses[2].startsWith('/ip4/10.88.'))
    await assertSameModel([up, start(second, 'join', 'join', data(2, 2))])
  },

  'three peers that find the run by multicast reach each other': async ([first, second, third]) => {
    const up = start(first, 'up', 'up', '--run', runFile('three', { minPeers: 3 }), OPEN, data(1, 3))
    await up.event('listening')
    const joins = [start(second, 'join-2', 'join', data(2, 3)), start(third, 'join-3', 'join', data(3, 3))]
    await assertSameModel([up, ...joins])
  },

  'three peers that listen on one port of every address reach each other': async ([first, ...others]) => {
    const run = runFile('same-port', { minPeers: 3 })
    const up = start(first, 'up', 'up', '--run', run, OPEN, data(1, 3))
    await up.event('listening')
    const joins = others.map((host, index) =>
      start(host, `join-${index + 2}`, 'join', OPEN, data(index + 2, 3)),
    )
    await assertSameModel([up, ...joins])
  },

  'the address printed for the local network can be dialled from another host': async ([first, second]) => {
    const up = start(first, 'up', 'up', '--run', runFile('dialled'), OPEN, '--no-mdns', data(1, 2))
    const { addresses } = await up.event('listening')
    const address = addresses.find((candidate) => candidate.startsWith(`/ip4/${first.address}/`))
    assert.ok(address, `no address of ${first.address} among ${addresses.join(', ')}`)
    await assertSameModel([up, start(second, 'join', 'join', address, data(2, 2))])
  },

  'a run on the same network is not mixed with another': async ([first, second, third]) => {
    const up = start(first, 'up', 'up', '--run', runFile('ours'), OPEN, data(1, 2))
    const stranger = start(third, 'stranger', 'up', '--run', runFile('theirs'), OPEN, data(1, 2))
    const { addresses } = await up.event('listening')
    await stranger.event('listening')
    const heard = await listenForMulticast(second)
    const address = addresses.find((candidate) => candidate.startsWith(`/ip4/${first.address}/`))
    await assertSameModel([up, start(second, 'join', 'join', address, OPEN, data(2, 2))], 2)
    assert.ok(heard.includes(third.address), 'the stranger did not announce itself, so nothing was shown')
    assert.equal(stranger.hasEnded(), false)
    const joined = stranger.events.filter(({ type }) => type === 'member' || type === 'started')
    assert.deepEqual(joined, [])
  },

  '--no-mdns keeps quiet on the local network': async ([first, second, third]) => {
    const heard = await listenForMulticast(second)
    const up = start(first, 'quiet', 'up', OPEN, '--no-mdns', data(1, 2))
    const loud = start(third, 'loud', 'up', '--run', runFile('loud'), OPEN, data(1, 2))
    await Promise.all([up.event('listening'), loud.event('listening')])
    await delay(QUIET_MS)
    assert.deepEqual([...new Set(heard)], [third.address])
  },

  'a peer that finds no run says so': async ([first, second]) => {
    const up = start(first, 'quiet', 'up', OPEN, '--no-mdns', data(1, 2))
    await up.event('listening')
    const join = start(second, 'join', 'join', data(2, 2))
    assert.equal((await join.event('error')).code, 'NOTHING_FOUND')
    assert.equal(await join.exitCode(), 9)
  },
}

const whyNot = () => {
  if (process.platform !== 'linux') return 'network namespaces are Linux only'
  if (process.getuid() !== 0) return 'not root'
  if (spawnSync('ip', ['-V']).error) return 'there is no ip command; on Debian: apt-get install iproute2'
  try {
    createHosts(2).remove()
  } catch (error) {
    return error.message
  }
}

const reason = whyNot()
if (reason) {
  console.log(
    `cannot run: this test makes network namespaces, and here it may not (${reason}). Nothing was tested.`,
  )
  process.exit(CANNOT_RUN)
}

let passed = 0
let failed = 0
for (const [title, check] of Object.entries(checks)) {
  if (!title.includes(process.argv[2] ?? '')) continue
  try {
    network = createHosts(3, { vpn: title.includes('leads nowhere') })
    await check(network.hosts)
    passed++
    console.log(`ok      ${title}`)
  } catch (error) {
    failed++
    console.log(`FAILED  ${title}\n${error instanceof Error ? error.stack : error}`)
  } finally {
    cleanUp()
  }
}
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed === 0 && passed > 0 ? 0 : 1)
