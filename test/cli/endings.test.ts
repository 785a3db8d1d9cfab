import assert from 'node:assert/strict'
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { endMerged, endWithout } from '../../node/cli/endings.js'
import { savePeriod, saveResult } from '../../node/cli/save-result.js'
import type { Peer } from '../../node/peer.js'
import { emptyFolder, mergedIn, otherRun, recorded, resultIn, run } from './results-of-runs.js'

const figures = { localAccuracy: 0.5, mergedAccuracy: 0.75, error: null, missing: [], codecs: {} }

const leftIn = (lines: readonly string[]): readonly string[] =>
  lines.filter((line) => line.startsWith('Beside it'))

describe('the second start of a run in one folder', () => {
  /** The first start has had all its merges. */
  const folderOfFirst = async (): Promise<string> => {
    const folder = await emptyFolder()
    for (const period of [1, 2])
      await savePeriod(folder, { configuration: run, merged: await mergedIn(run, period), period })
    await saveResult(folder, { configuration: run, result: await resultIn(run, 3) })
    return folder
  }

  it('says which period is of the first, when it had no merge there itself', async () => {
    const out = await folderOfFirst()
    const saved = await savePeriod(out, { configuration: run, merged: await mergedIn(run, 4), period: 1 })
    const result = { ...(await resultIn(run, 5)), ...figures }
    const { output, lines } = recorded()
    const periods = [{ period: 1, ...saved }]
    await endMerged({ result, configuration: run, out, output, data: 'digits', periods })
    const [left, ...others] = leftIn(lines)
    assert.match(
      left!,
      /this very run, but from an earlier start: model\.period-2\.certificate\.json, model\.period-2\.safetensors\. They/,
    )
    assert.deepEqual(others, [])
  })

  it('says which merged models are of the first, when it ended without one', async () => {
    const out = await folderOfFirst()
    const { output, lines } = recorded()
    const peer = { weights: (await mergedIn(run, 4)).weights } as unknown as Peer
    await endWithout({ peer, configuration: run, out, output, periods: [] })
    const [left, ...others] = leftIn(lines)
    assert.match(
      left!,
      /from an earlier start: model\.certificate\.json, model\.safetensors, model\.period-1/,
    )
    assert.doesNotMatch(left!, /local/)
    assert.deepEqual(others, [])
  })
})

describe('the end of a run in the folder of another', () => {
  it('leaves nothing that the other has merged, and nothing to say', async () => {
    const out = await emptyFolder()
    await saveResult(out, {
      configuration: otherRun,
      result: await resultIn(otherRun, 1, { isTuned: true }),
    })
    const result = { ...(await resultIn(run, 2)), ...figures }
    const { output, lines } = recorded()
    await endMerged({ result, configuration: run, out, output, data: 'digits', periods: [] })
    assert.deepEqual(leftIn(lines), [])
    assert.deepEqual((await readdir(out)).sort(), ['model.certificate.json', 'model.safetensors'])
  })

  it('says what cannot be told whose it is', async () => {
    const out = await emptyFolder()
    await writeFile(join(out, 'tuned.safetensors'), 'no model')
    const result = { ...(await resultIn(run, 2)), ...figures }
    const { output, lines } = recorded()
    await endMerged({ result, configuration: run, out, output, data: 'digits', periods: [] })
    assert.match(leftIn(lines)[0]!, /^Beside it, of a run that cannot be told: tuned\.safetensors\. They/)
  })
})
