import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { studyOf } from '../harness/report/groups.js'
import { cellsOf } from '../harness/sweep/index.js'
import { cellRecords } from './synthetic.js'

const cell = (settings: Record<string, unknown>) => cellRecords({ settings })
const shapeOf = (records: ReturnType<typeof cellRecords>) =>
  studyOf(records).groups.map(({ label, cells }) => ({ label, seeds: cells.map((c) => c.settings.seed) }))

describe('grouping cells', () => {
  it('puts cells that differ only in their seed together and names what differs between groups', () => {
    const records = [
      ...cell({ rule: 'mean', topology: 'regular:10', seed: 2 }),
      ...cell({ rule: 'mean', topology: 'regular:10', seed: 1 }),
      ...cell({ rule: 'mean', topology: 'regular:4', seed: 1 }),
      ...cell({ rule: 'variance-corrected', topology: 'regular:4', seed: 1 }),
    ]
    // Numbers by size: 4 before 10.
    assert.deepEqual(shapeOf(records), [
      { label: 'rule mean · topology regular:4', seeds: [1] },
      { label: 'rule mean · topology regular:10', seeds: [1, 2] },
      { label: 'rule variance-corrected · topology regular:4', seeds: [1] },
    ])
  })

  it('names nested settings by their path', () => {
    const records = [...cell({ links: { loss: 0.1 } }), ...cell({ links: { loss: 0 } })]
    assert.deepEqual(
      shapeOf(records).map(({ label }) => label),
      ['links.loss 0', 'links.loss 0.1'],
    )
    assert.deepEqual(studyOf(records).comparison.differing, ['links.loss'])
  })

  it('leaves out of a baseline’s name what makes no difference to it, and lists it after the gossip', () => {
    const records = [
      ...cell({ baseline: 'fedavg', rule: 'mean' }),
      ...cell({ rule: 'mean', topology: 'ring' }),
      ...cell({ rule: 'mean', topology: 'full' }),
    ]
    assert.deepEqual(
      shapeOf(records).map(({ label }) => label),
      ['topology full', 'topology ring', 'baseline fedavg'],
    )
  })

  it('leaves out the topology of peers that do not mix', () => {
    const records = [
      ...cell({ rule: 'none', topology: 'full' }),
      ...cell({ rule: 'mean', topology: 'ring' }),
      ...cell({ rule: 'mean', topology: 'full' }),
    ]
    assert.deepEqual(
      shapeOf(records).map(({ label }) => label),
      ['rule mean · topology full', 'rule mean · topology ring', 'rule none'],
    )
  })

  it('calls the gossip by its name when nothing else tells it from a baseline', () => {
    const records = [...cell({ baseline: 'local' }), ...cell({})]
    assert.deepEqual(
      shapeOf(records).map(({ label }) => label),
      ['gossip', 'baseline local'],
    )
  })

  it('leaves out what a sweep wrote over settings that make no difference', () => {
    const studied = (base: Record<string, unknown>, key: string, ...values: readonly string[]) => {
      const axis = { option: key, values: values.map((text) => ({ text, set: { [key]: text } })) }
      const cells = cellsOf({ base, axes: [axis] })
      return studyOf(cells.flatMap(({ settings }) => cellRecords({ settings })))
    }
    const namesOf = ({ groups }: ReturnType<typeof studyOf>) => groups.map(({ label }) => label)

    // All data in one place has no partition: what stands there is dirichlet:0.5.
    const together = studied({ partition: 'iid' }, 'baseline', 'none', 'centralised')
    assert.deepEqual(namesOf(together), ['gossip', 'baseline centralised'])
    assert.deepEqual(together.comparison.differing, ['baseline'])
    assert.ok(together.comparison.notable.includes('partition iid'))

    // In lock step nothing catches up: what stands there is 0.75.
    const modes = studied({ catchUp: 0.5 }, 'mode', 'async', 'rounds')
    assert.deepEqual(namesOf(modes), ['mode async', 'mode rounds'])
    assert.ok(modes.comparison.notable.includes('catchUp 0.5'))

    // Nothing is sent: what stands there is no loss.
    const alone = studied({ links: { loss: 0.25 } }, 'baseline', 'none', 'local')
    assert.deepEqual(namesOf(alone), ['gossip', 'baseline local'])
    assert.deepEqual(alone.comparison.differing, ['baseline'])
  })

  it('tells toys by their dimensions, and says nothing of data and models that they do not have', () => {
    const toys = [2, 3].flatMap((dimensions) => cell({ trainer: 'toy', dimensions, rule: 'mean' }))
    assert.deepEqual(
      shapeOf(toys).map(({ label }) => label),
      ['dimensions 2', 'dimensions 3'],
    )
    const { common, notable } = studyOf(cell({ trainer: 'toy' })).comparison
    const names = new Set(common.map((text) => text.split(/[ .]/)[0]))
    for (const name of ['data', 'model', 'partition', 'batch', 'optimizer']) assert.ok(!names.has(name), name)
    // It is the default.
    assert.ok(common.includes('dimensions 8') && !notable.includes('dimensions 8'))
  })

  it('numbers groups whose names would be equal', () => {
    const records = [
      ...cell({ baseline: 'local', topology: 'ring' }),
      ...cell({ baseline: 'local', topology: 'full' }),
    ]
    assert.deepEqual(
      shapeOf(records).map(({ label }) => label),
      ['all cells', 'all cells (2)'],
    )
  })

  it('says what is the same, with what is not the default', () => {
    const { notable, common } = studyOf(cell({ peers: 12, links: { loss: 0.25 } })).comparison
    assert.ok(notable.includes('peers 12'))
    assert.ok(notable.includes('links.loss 0.25'))
    assert.ok(!notable.includes('links.duplicate 0'))
    assert.ok(common.includes('links.duplicate 0'))
  })

  it('counts a cell that was begun anew as it went the last time', () => {
    const failed = cellRecords({ failure: { code: 'IMPOSSIBLE', message: 'no' } })
    const again = cellRecords({ rounds: [{}, {}] })
    const [group] = studyOf([...failed, ...again]).groups
    assert.equal(group!.cells.length, 1)
    assert.equal(group!.cells[0]!.failure, null)
    assert.equal(group!.cells[0]!.rounds.length, 2)
  })

  it('keeps failures of cells that never began', () => {
    const stray = { type: 'failure', cell: 'c1', code: 'IMPOSSIBLE', message: 'no' } as const
    assert.deepEqual(studyOf([stray]).strayFailures, [stray])
    assert.deepEqual(studyOf([stray]).groups, [])
  })
})
