import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { addressOf, member, up } from './members.js'
import { finish, temporaryFolder, type Event, type Murmur } from './murmur.js'

interface Traffic {
  readonly received: number
}

describe('two peers that exchange their models', () => {
  // softmax has 7,850 weights; float32 4 bytes each, and 31 scales for int8.
  const cases: readonly (readonly [string, number])[] = [
    ['float32', 1],
    ['float16', 1.98],
    ['int8', 3.9],
    ['int8+brotli', 3.9],
    // The first of a sender is whole, half as large as float32; on a busy machine not many follow.
    ['top-k:0.05+brotli', 2],
  ]
  for (const [codec, ratioMin] of cases) {
    it(`in ${codec}`, async () => {
      const small = '--peers 2 --rounds 20 --local-steps 2 --model softmax'.split(' ')
      const demo = await finish(temporaryFolder(), 'demo', ...small, '--codec', codec, '--json')
      assert.equal(demo.exitCode, 0, demo.stderr())
      const { codecs, weightsRatio, digestsEqual, mergedAccuracy } = demo.events.at(-1)!
      assert.deepEqual(Object.keys(codecs as object), [codec])
      assert.ok((weightsRatio as number) >= ratioMin, String(weightsRatio))
      assert.equal(digestsEqual, true)
      // Of ten classes, by guessing: 10 %.
      assert.ok((mergedAccuracy as number) > 0.5, String(mergedAccuracy))
    })
  }
})

describe('a demo that chooses its codecs', () => {
  it('says at the end which it chose, and for how many models', async () => {
    const small = '--peers 2 --rounds 20 --local-steps 2 --model softmax'.split(' ')
    const demo = await finish(temporaryFolder(), 'demo', ...small, '--codec', 'auto', '--json')
    assert.equal(demo.exitCode, 0, demo.stderr())
    const { codecs, modelsByCodec, modelsMixed } = demo.events.at(-1)!
    const models = modelsByCodec as Record<string, number>
    const received = Object.values(models).reduce((sum, count) => sum + count, 0)
    // What was received too late for a round was not mixed in one.
    assert.ok(received >= (modelsMixed as number) && received > 0, JSON.stringify(models))
    assert.ok(Object.keys(models).every((name) => name in (codecs as object)))
    assert.match(demo.stderr(), new RegExp(`^auto chose ${Object.keys(models)[0]!} for \\d+ model`, 'm'))
  })
})

describe('a peer that joins with a codec of its own', () => {
  it('gets models in it, while the others go on in that of the run', async () => {
    const folder = temporaryFolder()
    const ann = up(folder, { name: 'own codec', rounds: 100_000, minPeers: 2 })
    const address = await addressOf(ann)
    const bob = member(folder, 'bob', 'join', address, '--part', '2/3', '--codec', 'int8')
    after(() => [ann, bob].forEach((peer) => peer.kill('SIGKILL')))
    const receivedIn = ({ codecs = {} }: Event): string[] =>
      Object.entries(codecs as Record<string, Traffic>).flatMap(([name, { received }]) =>
        received > 0 ? [name] : [],
      )
    const received = async (peer: Murmur): Promise<string[]> =>
      receivedIn(await peer.event('round', (event) => receivedIn(event).length > 0))
    assert.deepEqual(await received(ann), ['float32'])
    assert.deepEqual(await received(bob), ['int8'])
    const status = await finish(folder, 'status', address)
    assert.match(status.stderr(), /received .*\(.*int8.*× less\)/)
    const merged = await finish(folder, 'merge', address, '--json')
    assert.equal(merged.exitCode, 0, merged.stderr())
    for (const peer of [ann, bob]) assert.equal((await peer.ended).exitCode, 0, peer.stderr())
    assert.equal((await ann.event('result')).digest, (await bob.event('result')).digest)
  })
})
