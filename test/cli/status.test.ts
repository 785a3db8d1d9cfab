import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseStatus } from '../../node/cli/status.js'

const answer = {
  ...{ id: 'p', name: 'ann', runId: 'r', model: 'softmax', phase: 'training', round: 1, rounds: 2 },
  ...{ backend: null, bytesSent: 0, bytesReceived: 0, members: [] },
}
const none = { sent: 0, received: 0, plainSent: 0, plainReceived: 0 }
const parse = (changes: object) =>
  parseStatus(new TextEncoder().encode(JSON.stringify({ ...answer, ...changes })))

describe('the status of another peer', () => {
  it('may have a codec in which nothing went yet', () => {
    assert.deepEqual(parse({ codecs: { int8: none } }).codecs, { int8: none })
    assert.deepEqual(parse({}).codecs, {})
  })
  it('is refused where it counts less than nothing', () => {
    for (const changes of [{ bytesSent: -1 }, { codecs: { int8: { ...none, plainSent: -1 } } }])
      assert.throws(() => parse(changes), { name: 'WireError', code: 'MALFORMED' })
  })
})
