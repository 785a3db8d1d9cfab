import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { measure } from '../../node/cli/topology/figures.js'
import { kindLines } from '../../node/cli/topology/kinds.js'
import { kindTable, tableNotes, topologyTable } from '../../node/cli/topology/table.js'
import { createTopology, memberNames } from '../../protocols/topology/index.js'

describe('what murmur topology prints', () => {
  const rowsOf = (peers: number, ...specs: readonly string[]) =>
    specs.map((spec) => measure(createTopology(spec, 1), memberNames(peers), 1_000_000).figures)
  const widest = (lines: readonly string[]): number => Math.max(...lines.map((line) => line.length))

  it('is at most 100 columns wide', () => {
    const specs = ['one-peer-exponential', 'base:2', 'scale-free:2', 'ring', 'erdos-renyi:0', 'regular:999']
    assert.ok(widest(topologyTable(rowsOf(500, ...specs))) <= 100)
    assert.ok(widest(kindTable(kindLines)) <= 100)
    assert.ok(widest(tableNotes('mlp:128')) <= 100)
  })

  it('takes out the middle of a long file name, and of nothing else', () => {
    const [ring] = rowsOf(8, 'ring')
    const lines = topologyTable([ring!, { ...ring!, topology: `edges:/a/${'b'.repeat(200)}/office.txt` }])
    assert.ok(widest(lines) <= 100)
    assert.match(lines.at(-2)!, /^ring /)
    assert.match(lines.at(-1)!, /^edges:\/a\/b+…b+\/office\.txt /)
  })
})
