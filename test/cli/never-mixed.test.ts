import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { neverMixed } from '../../node/cli/never-mixed.js'
import { parseRunConfiguration } from '../../protocols/run/index.js'

const said = (run: object, seen: { readonly members?: number; readonly mixed?: number } = {}) =>
  neverMixed(parseRunConfiguration(run), { members: 2, mixed: 0, setting: '--rounds', ...seen })

describe('a run in which no model arrived in time', () => {
  it('is said to be one, with what to do', () => {
    assert.match(
      said({ rounds: 2 })!,
      /^the 2 rounds were over before any model arrived, .* \(--rounds, now 2\)\.$/,
    )
    assert.match(said({ rounds: 1 })!, /^the only round was over before/)
  })
  it('is worth no word where models were mixed, nobody else was there, or none were to travel', () => {
    assert.equal(said({ rounds: 2 }, { mixed: 1 }), undefined)
    assert.equal(said({ rounds: 2 }, { members: 1 }), undefined)
    assert.equal(said({ rounds: 2, schedule: 'never' }), undefined)
  })
})
