import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, it } from 'node:test'
import { loadModel } from '../../../node/store/index.js'
import { murmur, temporaryFolder, type Event, type Murmur } from './murmur.js'

const PEERS = 4
const TOLERANCE = 1e-4

/** Relative L2 distance. */
const distance = (a: Float32Array, b: Float32Array): number => {
  let squares = 0
  let norm = 0
  for (let i = 0; i < a.length; i++) {
    squares += (a[i]! - b[i]!) ** 2
    norm += a[i]! ** 2
  }
  return Math.sqrt(squares / norm)
}

describe('four peers in a ring that merge by push-sum', () => {
  const folder = temporaryFolder()
  let results: readonly Event[]
  let texts: readonly string[]
  let models: readonly Float32Array[]
  before(async () => {
    const settings = { model: 'softmax', localSteps: 1, rounds: 5, minPeers: PEERS, topology: 'ring' }
    const finalMerge = { method: 'push-sum', tolerance: TOLERANCE }
    writeFileSync(join(folder, 'run.yaml'), JSON.stringify({ name: 'ring', ...settings, finalMerge }))
    const peer = (index: number, ...args: readonly string[]): Murmur =>
      murmur(
        folder,
        ...[...args, '--name', `peer-${index}`, '--part', `${index + 1}/${PEERS}`],
        ...['--data', 'digits', '--listen', '/ip4/127.0.0.1/tcp/0', '--json'],
      )
    const first = peer(0, 'up', '--run', 'run.yaml')
    const [address] = (await first.event('listening')).addresses as [string]
    const others = Array.from({ length: PEERS - 1 }, (_, index) => peer(index + 1, 'join', address))
    const peers = [first, ...others]
    results = await Promise.all(peers.map((one) => one.event('result')))
    for (const one of peers) assert.equal((await one.ended).exitCode, 0, one.stderr())
    texts = peers.map((one) => one.stderr())
    const saved = await Promise.all(results.map(({ model }) => loadModel(model as string)))
    models = saved.map(({ weights }) => weights)
  })

  it('end with models within the tolerance of each other', () => {
    for (const one of models) {
      // The error is estimated from projections, to a factor of 3: see protocols/final-merge/push-sum/README.md.
      for (const other of models) assert.ok(distance(one, other) <= 3 * TOLERANCE, `${distance(one, other)}`)
    }
  })

  it('say how near they are, in words and in JSON', () => {
    for (const { error } of results) {
      assert.ok(typeof error === 'number' && error > 0 && error <= TOLERANCE)
    }
    for (const text of texts) assert.match(text, /merged the models of 4 peers .*; average reached to \de-\d/)
  })

  it('have all models in the result, and no certificate', () => {
    for (const { roster, missing, certificate } of results) {
      assert.equal((roster as string[]).length, PEERS)
      assert.deepEqual([missing, certificate], [[], null])
    }
  })
})
