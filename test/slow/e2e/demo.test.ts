import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, it } from 'node:test'
import { savePeriod, saveResult } from '../../../node/cli/save-result.js'
import { mergedIn, otherRun, resultIn } from '../../cli/results-of-runs.js'
import { finish, temporaryFolder, type Ended, type Murmur } from './murmur.js'

const SMALL = '--peers 3 --processes 2 --rounds 6 --local-steps 100 --topology ring --model softmax'.split(
  ' ',
)

describe('the demo', () => {
  const folder = temporaryFolder()
  let demo: Murmur & Ended
  before(async () => {
    demo = await finish(folder, 'demo', ...SMALL, '--json')
  })

  it('exits with 0', () => assert.equal(demo.exitCode, 0, demo.stderr()))

  it('introduces every peer: its process, address and share of the data', () => {
    const peers = demo.events.filter(({ type }) => type === 'peer')
    assert.deepEqual(
      peers.map(({ peer }) => peer),
      ['peer-0', 'peer-1', 'peer-2'],
    )
    for (const { pid, id, address, labelCounts } of peers) {
      assert.ok(Number.isInteger(pid))
      assert.match(address as string, new RegExp(`^/ip4/127\\.0\\.0\\.1/tcp/\\d+/p2p/${id as string}$`))
      assert.equal((labelCounts as number[]).length, 10)
    }
    const [first, second, third] = peers.map(({ pid }) => pid)
    assert.deepEqual([first === second, first === third], [false, true])
    // 8,000 digits, each with one of them.
    assert.equal(
      peers.flatMap(({ labelCounts }) => labelCounts as number[]).reduce((sum, count) => sum + count, 0),
      8000,
    )
  })

  it('says every second round how the peers are', () => {
    const rounds = demo.events.filter(({ type }) => type === 'round')
    assert.deepEqual(
      rounds.map(({ round }) => round),
      [2, 4, 6],
    )
    for (const round of rounds) {
      assert.deepEqual(Object.keys(round).sort(), [
        'bytesSentPerPeer',
        'consensusDistance',
        'localAccuracyMean',
        'localAccuracyMin',
        'mergedAccuracy',
        'peersAlive',
        'round',
        'type',
      ])
      for (const [key, value] of Object.entries(round))
        if (key !== 'type') assert.ok(Number.isFinite(value), `${key} is ${String(value)}`)
      assert.ok((round.localAccuracyMin as number) <= (round.localAccuracyMean as number))
      assert.equal(round.peersAlive, 3)
    }
  })

  it('says nothing else on stdout, and the result last', () => {
    assert.deepEqual(
      // The last row is measured while the merge has begun, so the two come in either order.
      demo.events.map(({ type }) => type).filter((type) => type !== 'merging'),
      ['peer', 'peer', 'peer', 'round', 'round', 'round', 'result'],
    )
    const { digest, seconds, model, certificate, statisticsCertificate, ...result } = demo.events.at(-1)!
    assert.match(digest as string, /^[0-9a-f]{64}$/)
    assert.ok((seconds as number) > 0)
    assert.equal(model, join(folder, 'murmur-out/model.safetensors'))
    assert.equal(certificate, join(folder, 'murmur-out/model.certificate.json'))
    assert.equal(statisticsCertificate, null)
    assert.deepEqual(Object.keys(result).sort(), [
      'bytesSentPerPeer',
      'codecs',
      'digestsEqual',
      'localAccuracyMean',
      'localAccuracyMin',
      'mergedAccuracy',
      'missing',
      'modelsByCodec',
      'modelsMixed',
      'peers',
      'peersMerged',
      'runId',
      'type',
      'weightsRatio',
    ])
    assert.deepEqual(
      {
        peers: result.peers,
        merged: result.peersMerged,
        equal: result.digestsEqual,
        missing: result.missing,
      },
      { peers: 3, merged: 3, equal: true, missing: [] },
    )
  })

  it('saves the same bytes for every peer, and nothing else', () => {
    const out = join(folder, 'murmur-out')
    const saved = ['model.certificate.json', 'model.safetensors']
    assert.deepEqual(readdirSync(out).sort(), [...saved, 'peer-0', 'peer-1', 'peer-2'])
    const merged = readFileSync(join(out, 'model.safetensors'))
    for (const peer of ['peer-0', 'peer-1', 'peer-2']) {
      assert.deepEqual(readdirSync(join(out, peer)).sort(), saved)
      assert.ok(readFileSync(join(out, peer, 'model.safetensors')).equals(merged))
    }
  })

  it('saves a model that is as good as it said', async () => {
    const model = join(folder, 'murmur-out/model.safetensors')
    const evaluation = await finish(folder, 'eval', model, '--data', 'digits', '--json')
    assert.equal(evaluation.exitCode, 0, evaluation.stderr())
    assert.deepEqual(
      evaluation.events.map(({ type, accuracy, examples }) => ({ type, accuracy, examples })),
      [{ type: 'result', accuracy: demo.events.at(-1)!.mergedAccuracy, examples: 1000 }],
    )
  })
})

describe('the demo for people', () => {
  it('keeps stdout empty, and says on stderr what the rounds brought and where the model is', async () => {
    const folder = temporaryFolder()
    const demo = await finish(
      folder,
      'demo',
      '--peers',
      '1',
      '--rounds',
      '2',
      '--local-steps',
      '1',
      '--model',
      'softmax',
    )
    assert.equal(demo.exitCode, 0, demo.stderr())
    assert.equal(demo.stdout(), '')
    assert.match(demo.stderr(), /^peer-0 {2}pid \d+ +\d+ examples {2}0:\d+ 1:\d+/m)
    assert.match(demo.stderr(), /^ *round +train loss +local mean +local min +merged/m)
    assert.match(demo.stderr(), /^merged 1 of 1 peers, one digest on all of them/m)
    assert.match(demo.stderr(), /murmur-out\/model\.safetensors --data digits$/m)
    // Nothing that only a terminal understands.
    assert.doesNotMatch(demo.stderr(), /\u001b|\r/)
  })
})

describe('a demo in the folder of another run', () => {
  it('leaves none of its merged models there, once its own is saved', async () => {
    const folder = temporaryFolder()
    const out = join(folder, 'murmur-out')
    await savePeriod(out, { configuration: otherRun, merged: await mergedIn(otherRun, 1), period: 1 })
    const former = await resultIn(otherRun, 2, { isTuned: true })
    for (const path of [out, join(out, 'peer-0')])
      await saveResult(path, { configuration: otherRun, result: former })
    const small = '--peers 1 --rounds 2 --local-steps 1 --model softmax'.split(' ')
    const demo = await finish(folder, 'demo', ...small)
    assert.equal(demo.exitCode, 0, demo.stderr())
    assert.match(demo.stderr(), /has results of another run \(/)
    assert.doesNotMatch(demo.stderr(), /Beside it/)
    const saved = ['model.certificate.json', 'model.safetensors']
    assert.deepEqual(readdirSync(out).sort(), [...saved, 'peer-0'])
    assert.deepEqual(readdirSync(join(out, 'peer-0')).sort(), saved)
    const paths = saved.map((name) => join(out, name)).reverse()
    const verified = await finish(folder, 'verify', ...paths)
    assert.equal(verified.exitCode, 0, verified.stderr())
  })
})

describe('a demo in a folder in which another one is running', () => {
  const folder = temporaryFolder()
  it('is refused, and leaves everything as it was', async () => {
    // This process stands for the other demo: it is alive.
    writeFileSync(join(folder, 'demo.pid'), String(process.pid))
    const refused = await finish(folder, 'demo', ...SMALL, '--out', '.', '--json')
    assert.equal(refused.exitCode, 18, refused.stderr())
    assert.match(refused.stderr(), /belongs to a demo that is running \(process \d+\)\. Nothing was started/)
    assert.deepEqual(readdirSync(folder), ['demo.pid'])
  })
})

describe('a command that fails', () => {
  const folder = temporaryFolder()
  const failures: readonly (readonly [string, number, string])[] = [
    ['demo --ronds 3', 2, 'USAGE'],
    ['eval nowhere.safetensors --data digits', 43, 'NOT_FOUND'],
  ]
  for (const [command, exitCode, code] of failures) {
    it(`ends the process with ${exitCode}: murmur ${command}`, async () => {
      const failed = await finish(folder, ...command.split(' '), '--json')
      assert.equal(failed.exitCode, exitCode, failed.stderr())
      assert.deepEqual(
        failed.events.map(({ type, ...event }) => [type, event.code, event.exitCode]),
        [['error', code, exitCode]],
      )
      assert.deepEqual(readdirSync(folder), [])
    })
  }
})
