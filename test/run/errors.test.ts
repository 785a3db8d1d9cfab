import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ConfigError, isMurmurationError } from '../../protocols/errors.js'

describe('an error of ours', () => {
  it('is known, and no other', () => {
    assert.equal(isMurmurationError(new ConfigError('BAD_VALUE', 'no')), true)
    assert.equal(isMurmurationError(Object.assign(new Error('no'), { code: 'BAD_VALUE' })), false)
    assert.equal(isMurmurationError('BAD_VALUE'), false)
  })

  it('is known also when another copy of the module made it, as in the bundle', async () => {
    const copy = new URL('../../protocols/errors.js?copy', import.meta.url).href
    const other = (await import(copy)) as { ConfigError: typeof ConfigError }
    assert.notEqual(other.ConfigError, ConfigError)
    assert.equal(isMurmurationError(new other.ConfigError('BAD_VALUE', 'no')), true)
  })
})
