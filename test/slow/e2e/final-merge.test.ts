import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { before, describe, it } from 'node:test'
import { exitCodeOf } from '../../../node/cli/exit-codes.js'
import { PeerError } from '../../../node/peer/errors.js'
import { NetworkError } from '../../../node/network/index.js'
import { loadModel } from '../../../node/store/index.js'
import { addressOf, idOf, member, reached, up } from './members.js'
import { finish, temporaryFolder, type Event, type Murmur } from './murmur.js'

/** Three members of a run, once their processes run. */
const trio = async (folder: string, settings: object): Promise<readonly Murmur[]> => {
  const ann = up(folder, { minPeers: 3, ...settings })
  const address = await addressOf(ann)
  const others = ['bob', 'cem'].map((name, index) =>
    member(folder, name, 'join', address, '--part', `${index + 2}/3`),
  )
  return [ann, ...others]
}

const resultsOf = async (peers: readonly Murmur[]): Promise<readonly Event[]> => {
  const results = await Promise.all(peers.map((peer) => peer.event('result')))
  for (const peer of peers) assert.equal((await peer.ended).exitCode, 0, peer.stderr())
  return results
}

/** The files that these events name are the same, byte for byte. */
const assertSameFiles = (results: readonly Event[], key: string): void => {
  const [first, ...others] = results.map((result) => readFileSync(result[key] as string))
  for (const other of others) assert.ok(other.equals(first!), key)
}

describe('a run of two periods, with fine-tuning', () => {
  const folder = temporaryFolder()
  let peers: readonly Murmur[]
  let results: readonly Event[]
  before(async () => {
    peers = await trio(folder, { rounds: 15, periods: 2, finalMerge: { fineTune: 20 } })
    results = await resultsOf(peers)
  })

  it('has one model on all at the end of each period, and goes on from the first', () => {
    const merged = peers.map(({ events }) => events.filter(({ type }) => type === 'merged'))
    for (const [only, ...others] of merged) {
      assert.deepEqual([only!.period, only!.models, others.length], [1, 3, 0])
      assert.equal(only!.digest, merged[0]![0]!.digest)
    }
    for (const { mergeId, digest, mergedAccuracy, roster } of results) {
      assert.match(mergeId as string, /^2\.\d$/)
      assert.equal(digest, results[0]!.digest)
      assert.equal(mergedAccuracy, results[0]!.mergedAccuracy)
      assert.equal((roster as string[]).length, 3)
    }
    assertSameFiles(results, 'model')
    // 15 rounds twice, of which those that were under way in the merge were begun anew.
    for (const { events } of peers) assert.equal(events.findLast(({ type }) => type === 'round')!.round, 30)
  })

  it('reports both merges', () => {
    for (const { events } of peers) {
      const periods = events.flatMap(({ type, period }) => (type === 'merging' ? [period] : []))
      assert.deepEqual([...new Set(periods)], [1, 2])
    }
  })

  it('leaves a certificate that anyone can check', async () => {
    const { model, certificate } = results[1]!
    const checked = await finish(folder, 'verify', model as string, certificate as string, '--json')
    assert.equal(checked.exitCode, 0, checked.stderr())
    const { valid, members, signed } = checked.events.at(-1)!
    assert.equal(valid, true)
    assert.deepEqual(members, (await Promise.all(peers.map(idOf))).sort())
    assert.ok((signed as string[]).length >= 2)
  })

  it('leaves the model of the first period with its certificate, which holds too, and says so at the next run', async () => {
    for (const { periodModels } of results) assert.equal((periodModels as object[]).length, 1)
    const kept = results.map(({ periodModels }) => (periodModels as Event[])[0]!)
    assertSameFiles(kept, 'model')
    const { model, certificate } = kept[2]!
    assert.match(model as string, /model\.period-1\.safetensors$/)
    const checked = await finish(folder, 'verify', model as string, certificate as string, '--json')
    assert.equal(checked.exitCode, 0, checked.stderr())
    assert.match(checked.events.at(-1)!.mergeId as string, /^1\.\d$/)
    const again = up(folder, { minPeers: 2, rounds: 1 })
    await again.says(/murmur-ann has results of another run \(/)
    again.kill('SIGINT')
    assert.equal((await again.ended).exitCode, 130)
    const { files } = await again.event('formerResults')
    // Last and first model, their certificates, and the tuned one.
    assert.equal((files as string[]).length, 5)
  })

  it('leaves each a model of its own, tuned to its data', async () => {
    const tuned = await Promise.all(results.map((result) => loadModel(result.tuned as string)))
    const { weights: merged } = await loadModel(results[0]!.model as string)
    for (const [index, { weights }] of tuned.entries()) {
      assert.equal(weights.length, merged.length)
      for (const other of [merged, tuned[(index + 1) % 3]!.weights]) {
        assert.ok(weights.some((value, at) => value !== other[at]))
      }
      assert.equal(typeof results[index]!.tunedAccuracy, 'number')
    }
  })

  it('leaves the words that each has said in the merges beside them', () => {
    for (const { model } of results)
      assert.ok(existsSync(join(dirname(model as string), 'merge-claims.jsonl')))
  })
})

describe('a run with batch normalisation', () => {
  it('ends with statistics that all agree on, and a model that can be evaluated', async () => {
    const folder = temporaryFolder()
    const peers = await trio(folder, { model: 'cnn-bn', rounds: 2, localSteps: 2 })
    const results = await resultsOf(peers)
    assertSameFiles(results, 'model')
    for (const { statisticsCertificate, mergedAccuracy } of results) {
      const certificate = readFileSync(statisticsCertificate as string, 'utf8')
      const { mergeId, rule, digest } = JSON.parse(certificate) as Record<string, string>
      assert.match(mergeId!, /^2\.\d$/)
      assert.equal(rule, 'total-variance')
      assert.notEqual(digest, results[0]!.digest)
      assert.equal(mergedAccuracy, results[0]!.mergedAccuracy)
    }
    const { model, certificate: ofWeights, statisticsCertificate: ofStatistics } = results[0]!
    const paths = [model, ofWeights, '--statistics', ofStatistics] as string[]
    const verified = await finish(folder, 'verify', ...paths, '--json')
    assert.equal(verified.exitCode, 0, verified.stderr())
    assert.equal(verified.events.at(-1)!.statistics, 'signed')
    const evaluated = await finish(folder, 'eval', results[1]!.model as string, '--data', 'digits', '--json')
    assert.equal(evaluated.exitCode, 0, evaluated.stderr())
    assert.equal(evaluated.events.at(-1)!.accuracy, results[1]!.mergedAccuracy)
  })
})

describe('a run in which only another may call for the merge', () => {
  const callers = ['12D3KooWJWoaqZhDaoEFshF7Rh1bpY9ohihFhzcW6d69Lr2NASuq']

  it('says that it waits for one, in its status too, and once that it ended without', async () => {
    const folder = temporaryFolder()
    const ann = up(folder, { minPeers: 1, rounds: 3, finalMerge: { callers } })
    assert.deepEqual((await ann.event('callerless')).callers, callers)
    assert.deepEqual((await ann.event('awaitingCall')).callers, callers)
    const asked = await finish(folder, 'status', await addressOf(ann), '--json')
    assert.equal(asked.exitCode, 0, asked.stderr())
    const { phase, awaitedCall } = asked.events.at(-1)!
    assert.equal(phase, 'awaiting-call')
    assert.deepEqual((awaitedCall as { callers: string[] }).callers, callers)
    assert.match(asked.stderr(), /is due, and this peer may not call for it: nobody is here who may, 12D3/)
    assert.equal((await ann.ended).exitCode, exitCodeOf(new PeerError('MERGE_ABANDONED', '')))
    assert.equal(ann.stderr().match(/the merge was abandoned/g)!.length, 1, ann.stderr())
    assert.match(
      ann.stderr(),
      /local model of run \w+ was kept[^]*abandoned: nobody is here .* start the run again/,
    )
  })

  it('refuses to call, and goes on', async () => {
    const folder = temporaryFolder()
    const ann = up(folder, { minPeers: 1, rounds: 100_000, finalMerge: { callers } })
    try {
      await reached(ann, 1)
      const called = await finish(folder, 'merge', await addressOf(ann), '--json')
      assert.equal(called.exitCode, exitCodeOf(new NetworkError('REFUSED', '')), called.stderr())
      assert.match(
        called.stderr(),
        /lists who may call .*this peer is not among them; ask 12D3KooWJWoaqZhD\w+ \(not here\)\. /,
      )
      const last = ann.events.findLast(({ type }) => type === 'round')!.round as number
      await reached(ann, last + 5)
      assert.ok(!ann.events.some(({ type }) => type === 'merging'))
    } finally {
      ann.kill('SIGINT')
    }
    assert.equal((await ann.ended).exitCode, 130)
  })
})
