import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { savedBy, type Seat } from '../../node/cli/demo/seats.js'
import type { SavedResult } from '../../node/cli/save-result.js'

const seat = (model?: string): Seat => ({
  ...{ alive: true, started: true, mixed: 0 },
  ...(model === undefined
    ? {}
    : { result: { result: {} as NonNullable<Seat['result']>['result'], saved: { model } as SavedResult } }),
})

describe('what a demo that is stopped says', () => {
  it('is that nothing was saved, before any peer has', () => {
    assert.match(
      savedBy([seat(), seat()]),
      /no merged model was saved, and what was in its folder before is unchanged/,
    )
  })

  it('is how many peers have saved, where the first is, and that its own folder is as before', () => {
    assert.match(
      savedBy([seat(), seat('out/peer-1/model.safetensors'), seat('out/peer-2/model.safetensors')]),
      /; 2 of 3 have, whole: out\/peer-1\/model\.safetensors and others\. What was in the demo's own folder before is unchanged$/,
    )
    assert.match(
      savedBy([seat('out/peer-0/model.safetensors')]),
      /1 of 1 have, whole: out\/peer-0\/model\.safetensors\. /,
    )
  })
})
