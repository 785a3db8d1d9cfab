import assert from 'node:assert/strict'
import { readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import {
  clearOtherRuns,
  formerResults,
  removeOtherRuns,
  sayFormerResults,
  sayLeftResults,
} from '../../node/cli/former-results.js'
import { saveRunModel } from '../../node/cli/save-model.js'
import { pathsOf, savePeriod, saveResult } from '../../node/cli/save-result.js'
import { runIdOf } from '../../protocols/run/index.js'
import { emptyFolder, mergedIn, otherRun, recorded, resultIn, run } from './results-of-runs.js'

const said = async (folder: string): Promise<{ lines: readonly string[]; events: readonly object[] }> => {
  const { output, lines, events } = recorded()
  await sayFormerResults(output, folder, runIdOf(run))
  return { lines, events }
}

/** A folder in which another run has left its last merge, tuned, and that of its first period. */
const folderOfOtherRun = async (): Promise<string> => {
  const folder = await emptyFolder()
  const merged = await mergedIn(otherRun, 1)
  await savePeriod(folder, { configuration: otherRun, merged, period: 1 })
  const result = await resultIn(otherRun, 2, { isTuned: true })
  await saveResult(folder, { configuration: otherRun, result })
  await writeFile(join(folder, 'notes.txt'), 'mine')
  return folder
}

describe('results in the folder that a run begins in', () => {
  it('are not spoken of where there are none', async () => {
    const folder = await emptyFolder()
    await writeFile(join(folder, 'notes.txt'), 'mine')
    assert.deepEqual(await said(folder), { lines: [], events: [] })
  })

  it('are none where the folder is not there yet', async () => {
    const folder = join(await emptyFolder(), 'new')
    assert.deepEqual(await said(folder), { lines: [], events: [] })
    await saveResult(folder, { configuration: run, result: await resultIn(run, 3) })
    assert.equal((await readdir(folder)).length, 2)
  })

  it('of another run are said in one line, with what becomes of them', async () => {
    const folder = await folderOfOtherRun()
    const { lines, events } = await said(folder)
    assert.equal(lines.length, 1)
    // Five files, of which four are named.
    assert.ok(
      lines[0]!.includes(`results of another run (${runIdOf(otherRun).slice(0, 8)}): model.`),
      lines[0],
    )
    assert.match(lines[0]!, / and 1 more\. Once the first merged model of this run is safe, .* --out$/)
    assert.doesNotMatch(lines[0]!, /notes/)
    const { files, runs } = events[0] as { files: string[]; runs: string[] }
    assert.equal(files.length, 5)
    assert.deepEqual(runs, [runIdOf(otherRun)])
  })

  it('of the same run are told apart from those of another', async () => {
    const folder = await emptyFolder()
    await savePeriod(folder, { configuration: run, merged: await mergedIn(run, 1), period: 1 })
    const { weights, digest } = await mergedIn(otherRun, 2)
    const path = join(folder, 'local.safetensors')
    await saveRunModel(path, { configuration: otherRun, weights, digest, peers: 1 })
    assert.match(
      (await said(folder)).lines[0]!,
      /results of this very run, from before, and of another run \(/,
    )
  })

  it('are known by the model where there is no certificate, and by nothing where it is none', async () => {
    const folder = await emptyFolder()
    const merged = { ...(await mergedIn(otherRun, 1)), certificate: undefined }
    await savePeriod(folder, { configuration: otherRun, merged, period: 12 })
    await writeFile(join(folder, 'model.safetensors'), 'no model')
    assert.deepEqual(await formerResults(folder), [
      { files: ['model.period-12.safetensors'], run: runIdOf(otherRun), isLocal: false },
      { files: ['model.safetensors'], run: undefined, isLocal: false },
    ])
    assert.match((await said(folder)).lines[0]!, /and of a run that cannot be told/)
  })

  it('may be a tuned model alone, which is said and goes like those that are merged', async () => {
    const folder = await folderOfOtherRun()
    for (const name of await readdir(folder)) if (name !== 'tuned.safetensors') await rm(join(folder, name))
    assert.match((await said(folder)).lines[0]!, /results of another run \(\w+\): tuned\.safetensors\. Once/)
    await removeOtherRuns(folder, runIdOf(run))
    assert.deepEqual(await readdir(folder), [])
  })
})

describe('results that stay beside what a run has saved', () => {
  const left = async (folder: string, saved: readonly string[]): Promise<readonly string[]> => {
    const { output, lines } = recorded()
    await sayLeftResults(output, folder, { runId: runIdOf(run), saved })
    return lines
  }
  const ending =
    '. They were not changed; move or remove them if they could be taken for results of this start'

  it('are told apart from those of its own run, when it ended without a merge', async () => {
    const folder = await folderOfOtherRun()
    const kept = await savePeriod(folder, { configuration: run, merged: await mergedIn(run, 2), period: 2 })
    assert.deepEqual(await left(folder, pathsOf(kept)), [
      `Beside it, of another run (${runIdOf(otherRun).slice(0, 8)}) and not of this one: ` +
        'model.certificate.json, model.safetensors, model.period-1.certificate.json, model.period-1.safetensors, ' +
        `tuned.safetensors${ending}`,
    ])
  })

  it('are said when an earlier start of the very run has left them', async () => {
    const folder = await emptyFolder()
    for (const period of [1, 2])
      await savePeriod(folder, { configuration: run, merged: await mergedIn(run, period), period })
    await saveResult(folder, { configuration: run, result: await resultIn(run, 3, { isTuned: true }) })
    // The second start has no merge in its second period, and no tuned model.
    const first = await savePeriod(folder, { configuration: run, merged: await mergedIn(run, 4), period: 1 })
    const last = await saveResult(folder, { configuration: run, result: await resultIn(run, 5) })
    assert.deepEqual(await left(folder, [first, last].flatMap(pathsOf)), [
      'Beside it, of this very run, but from an earlier start: model.period-2.certificate.json, ' +
        `model.period-2.safetensors, tuned.safetensors${ending}`,
    ])
    // The third has no merge at all.
    const files = (await left(folder, []))[0]!
    assert.match(files, /start: model\.certificate\.json, model\.safetensors, model\.period-1\./)
  })

  it('are none where all are its own, and what a peer of another run has learned says itself whose it is', async () => {
    const folder = await emptyFolder()
    const { weights, digest } = await mergedIn(otherRun, 2)
    const path = join(folder, 'local.safetensors')
    await saveRunModel(path, { configuration: otherRun, weights, digest, peers: 1 })
    const result = await resultIn(run, 3, { isTuned: true })
    const saved = pathsOf(await saveResult(folder, { configuration: run, result }))
    assert.equal(saved.length, 3)
    assert.deepEqual(await left(folder, saved), [])
  })
})

describe('a merge that is saved where another run has left its own', () => {
  it('stands beside no model or certificate of that run, and beside all else', async () => {
    const folder = await folderOfOtherRun()
    const { weights, digest } = await mergedIn(otherRun, 2)
    const path = join(folder, 'local.safetensors')
    await saveRunModel(path, { configuration: otherRun, weights, digest, peers: 1 })
    await saveResult(folder, { configuration: run, result: await resultIn(run, 3) })
    const { output, lines } = recorded()
    assert.equal(await clearOtherRuns(output, [folder], runIdOf(run)), true)
    assert.deepEqual(lines, [
      `Gone, as of another run: ${['model.period-1.certificate.json', 'model.period-1.safetensors', 'tuned.safetensors'].map((name) => join(folder, name)).join(', ')}`,
    ])
    assert.deepEqual((await readdir(folder)).sort(), [
      'local.safetensors',
      'model.certificate.json',
      'model.safetensors',
      'notes.txt',
    ])
    assert.equal((await formerResults(folder))[0]!.run, runIdOf(run))
  })

  it('leaves those of its own run, from periods before', async () => {
    const folder = await emptyFolder()
    await savePeriod(folder, { configuration: run, merged: await mergedIn(run, 1), period: 1 })
    await saveResult(folder, { configuration: run, result: await resultIn(run, 3, { isTuned: true }) })
    await removeOtherRuns(folder, runIdOf(run))
    assert.equal((await readdir(folder)).length, 5)
  })
})
