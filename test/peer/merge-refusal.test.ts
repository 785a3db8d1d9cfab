import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createHandlers, type Parts } from '../../node/peer/handlers.js'
import type { Merges } from '../../node/peer/merge/merges.js'
import type { RollCall } from '../../node/peer/roll-call.js'
import { fieldLimits } from '../../protocols/wire/index.js'

const idOf = (letter: string): string => letter.repeat(52)

/** What a peer that may not call answers. */
const refusal = (
  callers: readonly string[],
  records: readonly { readonly id: string; readonly name: string }[] = [],
  members = records.map(({ id }) => id),
): string => {
  const parts: Parts = {
    ...{ merges: {} as Merges, rollCall: { records, members } as unknown as RollCall, begun: () => true },
    ...{ mayCall: false, callers },
  }
  const noMatter = { serve: () => null, starting: () => ({}), onReport: () => {}, onAsked: () => {} }
  const answer = createHandlers({ parts, ...noMatter }).mergeCall({
    from: 'x',
    loopback: true,
    member: false,
  })
  assert.ok(answer.type === 'refused' && answer.code === 'NOT_ALLOWED')
  return answer.message
}

describe('a call for the merge to a peer that may not call', () => {
  it('is refused with those who may, those that are here first', () => {
    const records = [
      { id: idOf('b'), name: 'bob' },
      { id: idOf('z'), name: 'zoe' },
    ]
    const message = refusal([idOf('a'), idOf('b')], records)
    assert.ok(
      message.endsWith(`not among them; ask ${idOf('b')} (bob, here) or ${idOf('a')} (not here)`),
      message,
    )
  })

  it('does not say of one that others only told of that it is here', () => {
    const message = refusal([idOf('a')], [{ id: idOf('a'), name: 'ann' }], [])
    assert.ok(message.endsWith(`; ask ${idOf('a')} (not here)`), message)
  })

  it('counts those that there is no room for, whatever a run file has written there', () => {
    const letters = [...'abcdefg']
    assert.match(
      refusal(letters.map(idOf)),
      /; ask a+ \(not here\) or b+ \(not here\) or c+ \(not here\) or one of 4 more$/,
    )
    const records = letters.map((letter) => ({ id: letter.repeat(128), name: 'n'.repeat(64) }))
    const longest = refusal(
      Array.from({ length: 250 }, (_, i) => letters[i]?.repeat(128) ?? `${i}`),
      records,
    )
    assert.ok(longest.length <= fieldLimits.messageCharactersMax, String(longest.length))
    assert.match(refusal(['a\nb']), /; ask a\?b \(not here\)$/)
  })
})
