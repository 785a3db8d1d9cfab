import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { statusLines } from '../../node/cli/status-words.js'
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

describe('the words for the status of a peer', () => {
  const runLine = (changes: object) => statusLines(parse(changes))[1]!

  it('name the period where there is more than one', () => {
    assert.match(runLine({ period: 2, periods: 3 }), /: training, period 2 of 3, round 1 of 2,/)
  })
  it('say who is waited for, where a merge waits for its call', () => {
    const awaitedCall = { period: 2, callers: ['id-b'], here: [], leftMs: 9_500 }
    const lines = statusLines(parse({ phase: 'awaiting-call', period: 2, periods: 2, awaitedCall }))
    assert.match(lines[1]!, /: awaiting-call, period 2 of 2,/)
    assert.match(
      lines[2]!,
      /the merge of period 2 is due, .* nobody is here who may, id-b\. .* in 10 s, the run/,
    )
    assert.equal(statusLines(parse({})).length, 2)
  })
  it('name no period where there is one, or where the peer is of a version that says none', () => {
    for (const changes of [{ period: 1, periods: 1 }, {}])
      assert.match(runLine(changes), /: training, round 1 of 2,/)
  })
})
