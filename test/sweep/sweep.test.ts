import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { SimulationRecord } from '../harness/cell/records.js'
import { cellIdOf } from '../harness/cell/settings.js'
import { runSweep, type SweepOptions } from '../harness/sweep/index.js'
import { FAKE_CELL, fakeSettings, resultRecord, roundRecord } from './fake-cell.js'

const cellOf = (input: Readonly<Record<string, unknown>>) => {
  const settings = fakeSettings(input)
  return { id: cellIdOf(settings), settings }
}
const seeds = (count: number) => Array.from({ length: count }, (_, seed) => cellOf({ seed }))

/** Runs fake cells and says what came out. */
const sweeping = async (options: Omit<SweepOptions, 'onRecord' | 'cellModule'>) => {
  const records: SimulationRecord[] = []
  const failures = await runSweep({
    threads: 2,
    ...options,
    cellModule: FAKE_CELL,
    onRecord: (record) => records.push(record),
  })
  const of = (cell: { readonly id: string }) => records.filter((record) => record.cell === cell.id)
  return { records, failures, of }
}

/** All that a fake cell says. */
const complete = (
  { id, settings }: ReturnType<typeof cellOf>,
  labelCounts: number[][],
): SimulationRecord[] => [
  { type: 'cell', cell: id, settings, labelCounts },
  ...[1, 2, 3].map((round) => roundRecord(id, round)),
  resultRecord(settings),
]

describe('a sweep', () => {
  it('runs nothing when there is nothing to run', async () => {
    assert.deepEqual((await sweeping({ cells: [] })).records, [])
  })
  it('runs a single cell in this thread, which gets all cores to train', async () => {
    const [cell] = seeds(1)
    const { records } = await sweeping({ cells: [cell!], threads: 3 })
    assert.deepEqual(records, complete(cell!, [[1, 3]]))
  })
  it('runs several in threads that train by themselves, and loses no record', async () => {
    const cells = seeds(5)
    const { of, failures } = await sweeping({ cells })
    for (const cell of cells) assert.deepEqual(of(cell), complete(cell, [[0, 0]]))
    assert.deepEqual(failures, [])
  })
  it('hands over all records of a cell once it has ended', async () => {
    const cells = seeds(3)
    const kept: (readonly SimulationRecord[])[] = []
    await sweeping({
      cells,
      keep: (records) => {
        kept.push(records)
        return Promise.resolve()
      },
    })
    const expected = cells.map((cell) => complete(cell, [[0, 0]]))
    kept.sort(
      (a, b) =>
        cells.findIndex(({ id }) => id === a[0]!.cell) - cells.findIndex(({ id }) => id === b[0]!.cell),
    )
    assert.deepEqual(kept, expected)
  })
  it('goes on when cells fail, with their codes', async () => {
    const cells = [
      cellOf({ data: 'fails' }),
      cellOf({ seed: 1 }),
      cellOf({ data: 'bug' }),
      cellOf({ seed: 2 }),
    ]
    const { of, failures } = await sweeping({ cells })
    assert.deepEqual(of(cells[0]!).at(-1), {
      type: 'failure',
      cell: cells[0]!.id,
      code: 'BAD_VALUE',
      message: 'this cell fails',
    })
    const bug = of(cells[2]!).at(-1)!
    assert.ok(bug.type === 'failure' && bug.code === 'BUG' && bug.message.includes('nobody expected this'))
    assert.deepEqual([of(cells[1]!).at(-1)!.type, of(cells[3]!).at(-1)!.type], ['result', 'result'])
    assert.deepEqual(
      failures.map(({ cell, name }) => [cell, name]).sort(),
      [
        [cells[0]!.id, 'ConfigError'],
        [cells[2]!.id, 'TypeError'],
      ].sort(),
    )
  })
  it('tells of a failure of a single cell in the same way', async () => {
    const cell = cellOf({ data: 'fails' })
    const { failures, of } = await sweeping({ cells: [cell] })
    assert.deepEqual(failures, [
      { cell: cell.id, name: 'ConfigError', code: 'BAD_VALUE', message: 'this cell fails' },
    ])
    assert.equal(of(cell).at(-1)!.type, 'failure')
  })
  it('replaces a thread that dies', async () => {
    const cells = [cellOf({ data: 'dies' }), ...seeds(4)]
    const { of } = await sweeping({ cells, threads: 1 })
    const death = of(cells[0]!).at(-1)!
    assert.ok(
      death.type === 'failure' &&
        death.code === 'THREAD_DIED' &&
        death.message.includes('exited with code: 7'),
    )
    for (const cell of cells.slice(1)) assert.deepEqual(of(cell), complete(cell, [[0, 0]]))
  })

  for (const [where, count] of [
    ['in this thread', 1],
    ['in threads', 3],
  ] as const) {
    it(`stops ${where} with the signal's reason, and says nothing after it`, async () => {
      const stop = new AbortController()
      const reason = new Error('enough')
      const cells = Array.from({ length: count }, (_, seed) => cellOf({ seed, data: 'hangs' }))
      const records: SimulationRecord[] = []
      const kept: unknown[] = []
      const running = runSweep({
        cells,
        threads: 2,
        cellModule: FAKE_CELL,
        signal: stop.signal,
        keep: (all) => Promise.resolve(void kept.push(all)),
        onRecord(record) {
          records.push(record)
          if (record.type === 'round' && record.round === 3) stop.abort(reason)
        },
      })
      await assert.rejects(running, reason)
      const said = records.length
      assert.ok(records.every(({ type }) => type === 'cell' || type === 'round'))
      await new Promise((resolve) => setImmediate(resolve))
      assert.equal(records.length, said)
      assert.deepEqual(kept, [])
    })
  }
  it('does not begin when it is stopped already', async () => {
    const reason = new Error('before')
    await assert.rejects(sweeping({ cells: seeds(2), signal: AbortSignal.abort(reason) }), reason)
  })
  it('ends when records cannot be kept', async () => {
    const full = new Error('the disk is full')
    await assert.rejects(sweeping({ cells: seeds(6), keep: () => Promise.reject(full) }), full)
  })
})
