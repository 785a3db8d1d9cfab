import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { bar } from '../../node/cli/output.js'
import { printable } from '../../node/cli/printable.js'
import { percent, size } from '../../node/units.js'

describe('what is shown to people', () => {
  it('takes the teeth out of what would steer a terminal', () => {
    assert.equal(printable('a\u001b[2Jb\r\u009b31mc\u0007'), 'a\ufffd[2Jb\ufffd\ufffd31mc\ufffd')
  })
  it('keeps lines, tabs and letters of all languages', () => {
    assert.equal(printable('Zoë\t東京\nнет'), 'Zoë\t東京\nнет')
  })
  it('counts bytes in thousands', () => {
    assert.deepEqual([0, 999, 1_000, 12_345, 1_234_567_890].map(size), [
      '0 B',
      '999 B',
      '1.00 kB',
      '12.3 kB',
      '1.23 GB',
    ])
  })
  it('shows shares with one decimal, and a dash for what was not measured', () => {
    assert.deepEqual([0.98765, 1, null].map(percent), ['98.8 %', '100.0 %', '–'])
  })
  it('draws no more than the whole bar', () => {
    assert.equal(bar(0.5), `${'━'.repeat(15)}${'╌'.repeat(15)} 50 %`)
    assert.ok(bar(2).startsWith('━'.repeat(30)))
  })
})
