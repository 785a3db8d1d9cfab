import assert from 'node:assert/strict'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { loadCertificate, loadModel } from '../../../node/store/index.js'
import { allGone, finish, murmur, peersOf, temporaryFolder, type Murmur } from './murmur.js'

const PEERS = 2
/** Long enough that nothing is over before it is disturbed. */
const LONG = `--peers ${PEERS} --processes ${PEERS} --rounds 400 --local-steps 2 --model softmax`.split(' ')
/** All of them in one process. */
const SHARING = [...LONG, '--processes', '1']
/** Milliseconds in which Ctrl-C must end everything. */
const STOP_MAX_MS = 5_000

const startDemo = (...args: readonly string[]): Murmur & { readonly folder: string } => {
  const folder = temporaryFolder()
  return { ...murmur(folder, 'demo', ...args, '--json'), folder }
}

/** What is left of a run that was ended: whole files or none. @param claimed it could not take its claim of the folder away. */
const assertNothingHalfWritten = async (folder: string, { claimed = false } = {}): Promise<void> => {
  const out = join(folder, 'murmur-out')
  if (!existsSync(out)) return
  const files = readdirSync(out, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  for (const { parentPath, name } of files) {
    const path = join(parentPath, name)
    if (name === 'model.certificate.json') await loadCertificate(path)
    else if (name === 'demo.pid') assert.ok(claimed)
    else {
      assert.equal(name, 'model.safetensors')
      await loadModel(path)
    }
  }
}

describe('two of six peers that are killed', () => {
  it('are missed by name, and the others merge without them', async () => {
    const demo = startDemo(
      ...'--peers 6 --processes 6 --rounds 40 --local-steps 2 --model softmax'.split(' '),
    )
    const pids = await peersOf(demo, 6)
    await demo.event('round')
    process.kill(pids.get('peer-1')!, 'SIGKILL')
    process.kill(pids.get('peer-4')!, 'SIGKILL')
    const { exitCode } = await demo.ended
    assert.equal(exitCode, 0, demo.stderr())
    assert.match(demo.stderr(), /^peer-1 died \(SIGKILL\); the others go on$/m)
    assert.match(
      demo.stderr(),
      /^merged 4 of 6 peers, one digest on all of them .*; without peer-1, peer-4$/m,
    )
    const { peers, peersMerged, digestsEqual, missing } = demo.events.at(-1)!
    assert.deepEqual(
      { peers, peersMerged, digestsEqual, missing },
      { peers: 6, peersMerged: 4, digestsEqual: true, missing: ['peer-1', 'peer-4'] },
    )
    const last = demo.events.findLast(({ type }) => type === 'round')!
    assert.deepEqual([last.round, last.peersAlive], [40, 4])
    assert.deepEqual(readdirSync(join(demo.folder, 'murmur-out')).sort(), [
      'model.certificate.json',
      'model.safetensors',
      'peer-0',
      'peer-2',
      'peer-3',
      'peer-5',
    ])
  })
})

describe('a process of three peers that is killed', () => {
  it('takes them with it, and the others merge without them', async () => {
    const demo = startDemo(
      ...'--peers 6 --processes 2 --rounds 40 --local-steps 2 --model softmax'.split(' '),
    )
    const pids = await peersOf(demo, 6)
    assert.deepEqual(
      ['peer-2', 'peer-4'].map((peer) => pids.get(peer)),
      [pids.get('peer-0'), pids.get('peer-0')],
    )
    await demo.event('round')
    process.kill(pids.get('peer-1')!, 'SIGKILL')
    const { exitCode } = await demo.ended
    assert.equal(exitCode, 0, demo.stderr())
    assert.match(
      demo.stderr(),
      /^peer-1, peer-3, peer-5, which shared a process, died \(SIGKILL\); the others go on$/m,
    )
    const { peersMerged, digestsEqual, missing } = demo.events.at(-1)!
    assert.deepEqual(
      { peersMerged, digestsEqual, missing },
      { peersMerged: 3, digestsEqual: true, missing: ['peer-1', 'peer-3', 'peer-5'] },
    )
    assert.deepEqual(
      demo.events.flatMap(({ type, peer, how }) => (type === 'peerDied' ? [[peer, how]] : [])),
      [1, 3, 5].map((index) => [`peer-${index}`, 'SIGKILL']),
    )
  })
})

describe('a peer that is killed before the training has begun', () => {
  it('is not waited for', async () => {
    const demo = startDemo(...'--peers 3 --processes 3 --rounds 4 --local-steps 1 --model softmax'.split(' '))
    const pids = await peersOf(demo, 3)
    process.kill(pids.get('peer-2')!, 'SIGKILL')
    const { exitCode } = await demo.ended
    assert.equal(exitCode, 0, demo.stderr())
    assert.deepEqual([demo.events.at(-1)!.peersMerged, demo.events.at(-1)!.missing], [2, ['peer-2']])
  })
})

describe('Ctrl-C', () => {
  const moments: readonly (readonly [string, readonly string[], (demo: Murmur) => Promise<unknown>])[] = [
    ['while the peers start', LONG, (demo) => demo.says('Murmuration demo')],
    ['while they train', LONG, (demo) => demo.event('round')],
    ['while several train in one process', SHARING, (demo) => demo.event('round')],
    [
      'while they merge',
      `--peers ${PEERS} --rounds 4 --local-steps 1 --model softmax`.split(' '),
      (demo) => demo.event('merging'),
    ],
  ]
  for (const [when, args, moment] of moments) {
    it(`ends the demo ${when}, leaves no process and no half-written model`, async () => {
      const demo = startDemo(...args)
      await moment(demo)
      const pids = demo.events.flatMap(({ type, pid }) => (type === 'peer' ? [pid as number] : []))
      const interruptedMs = performance.now()
      // A terminal sends it to every process.
      for (const pid of [demo.pid, ...pids]) process.kill(pid, 'SIGINT')
      const { exitCode } = await demo.ended
      assert.ok(performance.now() - interruptedMs < STOP_MAX_MS, 'it took too long')
      assert.equal(exitCode, 130, demo.stderr())
      assert.doesNotMatch(demo.stderr(), /died|bug/)
      const { type, code, exitCode: said } = demo.events.at(-1)!
      assert.deepEqual({ type, code, said }, { type: 'error', code: 'INTERRUPTED', said: 130 })
      await allGone(pids)
      await assertNothingHalfWritten(demo.folder)
    })
  }

  it('a second time ends it at once, the peers too', async () => {
    const demo = startDemo(...LONG)
    const pids = await peersOf(demo, PEERS)
    // A peer that does not answer would be waited for.
    process.kill(pids.get('peer-0')!, 'SIGSTOP')
    demo.kill('SIGINT')
    await allGone([pids.get('peer-1')!])
    // Peer-1 may be gone before a second signal counts as a second press: pressed until it does.
    const pressing = setInterval(() => demo.kill('SIGINT'), 50)
    const { exitCode } = await demo.ended
    clearInterval(pressing)
    assert.equal(exitCode, 130)
    assert.match(demo.stderr(), /ended at once/)
    await allGone([...pids.values()])
  })
})

describe('a demo that is killed', () => {
  for (const [name, args] of [
    ['each its process', LONG],
    ['one for all', SHARING],
  ] as const) {
    it(`leaves peers that end by themselves (${name})`, async () => {
      const demo = startDemo(...args)
      const pids = await peersOf(demo, PEERS)
      await demo.event('round')
      demo.kill('SIGKILL')
      await demo.ended
      await allGone([...pids.values()])
      await assertNothingHalfWritten(demo.folder, { claimed: true })
    })
  }

  it('gives its folder to the next one', async () => {
    const demo = startDemo(...LONG)
    const pids = await peersOf(demo, PEERS)
    demo.kill('SIGKILL')
    await demo.ended
    await allGone([...pids.values()])
    const next = await finish(demo.folder, 'demo', ...'--peers 2 --rounds 2 --model softmax'.split(' '))
    assert.equal(next.exitCode, 0, next.stderr())
    await assertNothingHalfWritten(demo.folder)
  })
})
