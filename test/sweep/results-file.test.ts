import assert from 'node:assert/strict'
import { appendFile, readFile, writeFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { ConfigError } from '../../protocols/errors.js'
import type { FailureRecord, SimulationRecord } from '../harness/cell/records.js'
import { cellIdOf } from '../harness/cell/settings.js'
import { openResults, readRecords, resultsPath } from '../harness/sweep/index.js'
import { inTemporaryFolder } from '../store/temporary-folder.js'
import { fakeSettings, resultRecord, roundRecord } from './fake-cell.js'

const settings = (seed: number) => fakeSettings({ seed })
const id = (seed: number): string => cellIdOf(settings(seed))
const begun = (seed: number): readonly SimulationRecord[] => [
  { type: 'cell', cell: id(seed), settings: settings(seed), labelCounts: [[3, 4]] },
  roundRecord(id(seed), 1),
]
const done = (seed: number): readonly SimulationRecord[] => [...begun(seed), resultRecord(settings(seed))]
const failed = (seed: number): readonly SimulationRecord[] => [
  ...begun(seed),
  {
    type: 'failure',
    cell: id(seed),
    code: 'DIVERGED',
    message: 'the model diverged',
  } satisfies FailureRecord,
]
const lines = (records: readonly SimulationRecord[]): string =>
  records.map((record) => `${JSON.stringify(record)}\n`).join('')

const recordsIn = async (folder: string): Promise<SimulationRecord[]> => {
  const records: SimulationRecord[] = []
  for await (const record of readRecords(folder)) records.push(record)
  return records
}

/** Opens a folder whose results are these. */
const opening = (text: string, use: (folder: string) => Promise<void>): Promise<void> =>
  inTemporaryFolder(async (folder) => {
    await writeFile(resultsPath(folder), text)
    await use(folder)
  })

const doneIn = async (folder: string, fresh = false): Promise<string[]> => {
  const results = await openResults(folder, { fresh })
  await results.close()
  return [...results.done.keys()]
}

describe('the results of a sweep', () => {
  it('are no file before the first cell has ended', () =>
    inTemporaryFolder(async (folder) => {
      assert.deepEqual(await doneIn(folder), [])
      await assert.rejects(readFile(resultsPath(folder)), { code: 'ENOENT' })
      assert.deepEqual(await recordsIn(folder), [])
    }))
  it('hold what was appended, and say on the next start what is done', () =>
    inTemporaryFolder(async (folder) => {
      const results = await openResults(folder)
      await Promise.all([results.append(done(1)), results.append(done(2))])
      await results.close()
      assert.equal(await readFile(resultsPath(folder), 'utf8'), lines([...done(1), ...done(2)]))
      const again = await openResults(folder)
      assert.deepEqual(
        [...again.done],
        [
          [id(1), resultRecord(settings(1))],
          [id(2), resultRecord(settings(2))],
        ],
      )
      await again.append(done(3))
      await again.close()
      assert.deepEqual(await recordsIn(folder), [...done(1), ...done(2), ...done(3)])
    }))
  it('do not count a cell that failed, and try it again', () =>
    opening(lines([...failed(1), ...done(2)]), async (folder) => {
      assert.deepEqual(await doneIn(folder), [id(2)])
      assert.deepEqual(await recordsIn(folder), [...failed(1), ...done(2)])
      await appendFile(resultsPath(folder), lines(done(1)))
      assert.deepEqual(await doneIn(folder), [id(2), id(1)])
      // Its later run stands in place of the first.
      assert.deepEqual(await recordsIn(folder), [...done(2), ...done(1)])
    }))
  it('forget everything when they begin afresh', () =>
    opening(lines(done(1)), async (folder) => {
      assert.deepEqual(await doneIn(folder, true), [])
      await assert.rejects(readFile(resultsPath(folder)), { code: 'ENOENT' })
    }))
  it('keep numbers that are none as such', () =>
    opening(
      lines([...begun(1), { ...resultRecord(settings(1)), localAccuracyMean: NaN }]),
      async (folder) => {
        const results = await openResults(folder)
        await results.close()
        assert.ok(Number.isNaN(results.done.get(id(1))!.localAccuracyMean))
      },
    ))
  it('cut off what a kill left, wherever it struck in the lines of a cell', () => {
    const whole = lines(done(1))
    const next = lines(done(2))
    return inTemporaryFolder(async (folder) => {
      for (let bytes = 0; bytes < next.length; bytes += 7) {
        await writeFile(resultsPath(folder), whole + next.slice(0, bytes))
        assert.deepEqual(await recordsIn(folder), done(1), `after ${bytes} bytes`)
        assert.deepEqual(await doneIn(folder), [id(1)], `after ${bytes} bytes`)
        assert.equal(await readFile(resultsPath(folder), 'utf8'), whole, `after ${bytes} bytes`)
      }
    })
  })

  const refuses = (text: string, line: number, why: string): Promise<void> =>
    opening(text, async (folder) => {
      await assert.rejects(openResults(folder), (error) => {
        assert.ok(error instanceof ConfigError)
        assert.equal(error.code, 'UNREADABLE')
        for (const part of [
          `line ${line} of ${resultsPath(folder)}`,
          why,
          'Nothing was started',
          '--fresh',
        ]) {
          assert.ok(error.message.includes(part), `does not say ${part}: ${error.message}`)
        }
        return true
      })
      assert.equal(await readFile(resultsPath(folder), 'utf8'), text)
    })

  // Each cell has three lines.
  it('refuse a line that is no JSON, by its number', () =>
    refuses(`${lines(done(1))}oops\n${lines(done(2))}`, 4, 'JSON'))
  it('refuse a last line that is no JSON but whole', () => refuses(`${lines(done(1))}{"type":\n`, 4, 'JSON'))
  it('refuse a record without one of its numbers, by its name', () =>
    refuses(lines(done(1)).replace('"consensusDistance":2,', ''), 2, 'consensusDistance'))
  it('refuse a record of no known type', () => refuses('{"type":"rund","cell":"x"}\n', 1, 'type'))
  it('refuse rounds of a cell that has not begun', () =>
    refuses(lines([...done(1), ...begun(2), ...done(3).slice(1)]), 6, `${id(3)} has not begun`))
  it('run a cell again whose result was deleted by hand', () =>
    opening(lines([...begun(1), ...done(2)]), async (folder) => {
      assert.deepEqual(await doneIn(folder), [id(2)])
      assert.deepEqual(await recordsIn(folder), done(2))
    }))
})
