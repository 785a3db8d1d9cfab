import assert from 'node:assert/strict'
import { it } from 'node:test'
import { tableOf } from '../../scripts/bench/table.js'
import { line } from './fake.js'

it('the table of the bench has a line for each result, and says what was not judged', () => {
  const results = [
    line({ name: 'mean of 4' }),
    line({ name: 'samples', value: 78_123.4, unit: '1/s', reference: null, ratio: null, met: true }),
    line({
      name: 'memory',
      value: 0.12345,
      unit: 'MB',
      reference: 1234,
      ratio: 1.2345,
      goal: null,
      met: null,
    }),
  ]
  assert.deepEqual(tableOf(results), [
    'what                  ours  reference  ratio  goal     met',
    'mix: mean of 4       16 ms       8 ms    0.5  ≥ 0.6 ×  NOT MET',
    'mix: samples    78,123 1/s          –      –  ≥ 0.6 ×  met',
    'mix: memory       0.123 MB   1,234 MB   1.23  –        –',
  ])
})
