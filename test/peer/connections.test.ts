import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createConnections } from '../../node/peer/connections.js'

/** A network in which the named peers answer, and a clock that stands still. */
const setUp = (answering: readonly string[], connected: readonly string[] = []) => {
  const dialled: string[] = []
  const givenUp: string[] = []
  const stopping = new AbortController()
  let nowMs = 0
  const connections = createConnections({
    network: {
      peerId: 'self',
      connectedPeers: () => [...connected],
      dial: (id) => {
        dialled.push(id)
        return answering.includes(id) ? Promise.resolve(id) : Promise.reject(new Error('refused'))
      },
    },
    signal: stopping.signal,
    nowMs: () => nowMs,
    onGivenUp: (id) => givenUp.push(id),
  })
  /** Wants the peer at this time; resolves when the dial, if any, has ended. */
  const wantAt = async (id: string, atMs: number): Promise<void> => {
    nowMs = atMs
    connections.want(id)
    await new Promise(setImmediate)
  }
  return { connections, dialled, givenUp, stopping, wantAt }
}

describe('connections to members', () => {
  it('dials a peer that does not answer ever more rarely', async () => {
    const { dialled, wantAt } = setUp([])
    const dialledAtMs: number[] = []
    for (let second = 0; second <= 40; second++) {
      const before = dialled.length
      await wantAt('ann', second * 1000)
      if (dialled.length > before) dialledAtMs.push(second)
    }
    // Waits of 1, 2, 4, 8 and 16 seconds.
    assert.deepEqual(dialledAtMs, [0, 1, 3, 7, 15, 31])
  })

  it('gives a peer up after fourteen failures, and says so once', async () => {
    const { givenUp, wantAt } = setUp([])
    // A minute is the longest wait.
    for (let minute = 0; minute < 14; minute++) await wantAt('ann', minute * 60_000)
    assert.deepEqual(givenUp, ['ann'])
  })

  it('begins anew with a peer that has answered', async () => {
    const answering: string[] = []
    const { dialled, wantAt } = setUp(answering)
    await wantAt('ann', 0)
    await wantAt('ann', 1000)
    answering.push('ann')
    await wantAt('ann', 3000)
    answering.pop()
    await wantAt('ann', 3001)
    await wantAt('ann', 4001)
    assert.equal(dialled.length, 5)
  })

  it('dials nobody who is connected, and nobody when eight are', async () => {
    const few = setUp(['ann', 'bob'], ['ann'])
    await few.wantAt('ann', 0)
    await few.wantAt('bob', 0)
    assert.deepEqual(few.dialled, ['bob'])
    const many = setUp(['ann'], ['1', '2', '3', '4', '5', '6', '7', '8'])
    await many.wantAt('ann', 0)
    assert.deepEqual(many.dialled, [])
  })

  it('has one dial to a peer at a time, whoever asks', async () => {
    const { connections, dialled } = setUp(['ann'])
    const both = await Promise.all([connections.answers('ann'), connections.answers('ann')])
    assert.deepEqual([both, dialled], [[true, true], ['ann']])
  })

  it('dials neither itself nor anyone once it is stopped', async () => {
    const { dialled, stopping, wantAt } = setUp(['ann'])
    await wantAt('self', 0)
    stopping.abort()
    await wantAt('ann', 0)
    assert.deepEqual(dialled, [])
  })
})
