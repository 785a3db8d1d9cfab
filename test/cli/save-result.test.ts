import assert from 'node:assert/strict'
import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { keepCopy } from '../../node/cli/demo/keep-copy.js'
import { clearOtherRuns } from '../../node/cli/former-results.js'
import { replaceFiles } from '../../node/cli/replace-files.js'
import { savePeriod, saveResult } from '../../node/cli/save-result.js'
import { atomicWrite, StoreError } from '../../node/store/index.js'
import { runIdOf } from '../../protocols/run/index.js'
import { emptyFolder, mergedIn, otherRun, recorded, resultIn, run } from './results-of-runs.js'

/** All files of a folder with what is in them, read as text. */
const contents = async (folder: string): Promise<Record<string, string>> => {
  const names = (await readdir(folder)).sort()
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'latin1')))
  return Object.fromEntries(names.map((name, index) => [name, texts[index]!]))
}

const full = (): Promise<never> => Promise.reject(new StoreError('DISK_FULL', 'no space left.'))
const writes =
  (text: string) =>
  (path: string): Promise<void> =>
    atomicWrite(path, Buffer.from(text))

describe('files that replace others together', () => {
  const folderWithOld = async (): Promise<string> => {
    const folder = await emptyFolder()
    for (const name of ['model', 'certificate', 'statistics']) await writeFile(join(folder, name), 'old')
    return folder
  }

  it('take their places, and what does not fit them goes', async () => {
    const folder = await folderWithOld()
    const files = [
      { name: 'model', write: writes('new') },
      { name: 'certificate', write: writes('new') },
    ]
    await replaceFiles(folder, { files, unfit: ['certificate', 'statistics'] })
    assert.deepEqual(await contents(folder), { certificate: 'new', model: 'new' })
  })

  it('may be read by whoever could read those before', async () => {
    const folder = await folderWithOld()
    await chmod(join(folder, 'certificate'), 0o600)
    const files = [{ name: 'certificate', write: writes('new') }]
    await replaceFiles(folder, { files, unfit: ['certificate'] })
    assert.equal((await stat(join(folder, 'certificate'))).mode & 0o777, 0o600)
  })

  it('leave everything as it was when one of them cannot be written, and say so', async () => {
    const folder = await folderWithOld()
    const files = [
      { name: 'model', write: writes('new') },
      { name: 'certificate', write: full },
    ]
    await assert.rejects(replaceFiles(folder, { files, unfit: ['certificate', 'statistics'] }), {
      code: 'DISK_FULL',
      message: `no space left. What was in ${folder} before is all still there.`,
    })
    assert.deepEqual(await contents(folder), { certificate: 'old', model: 'old', statistics: 'old' })
  })

  it('leave the old ones where they are until the last of them is written', async () => {
    const folder = await folderWithOld()
    const seen: string[] = []
    const write = async (path: string): Promise<void> => {
      seen.push(
        ...(await Promise.all(['model', 'statistics'].map((name) => readFile(join(folder, name), 'utf8')))),
      )
      await writes('new')(path)
    }
    const files = ['model', 'certificate'].map((name) => ({ name, write }))
    await replaceFiles(folder, { files, unfit: ['certificate', 'statistics'] })
    assert.deepEqual(seen, ['old', 'old', 'old', 'old'])
  })

  it('leave no certificate of before beside the new model when they cannot take their places', async () => {
    const folder = await folderWithOld()
    // A folder where the file should go.
    await writes('')(join(folder, 'taken', 'file'))
    const files = [
      { name: 'model', write: writes('new') },
      { name: 'taken', write: writes('new') },
    ]
    await assert.rejects(replaceFiles(folder, { files, unfit: ['certificate', 'statistics'] }), {
      name: 'StoreError',
      message: /is whole, and none has a certificate of another merge, but some may have none\.$/,
    })
    assert.deepEqual((await readdir(folder)).sort(), ['model', 'taken'])
  })

  it('are not mixed with what a process left that was killed while it saved', async () => {
    const folder = await folderWithOld()
    await writes('torn')(join(folder, '.saving', 'certificate'))
    await replaceFiles(folder, { files: [{ name: 'model', write: writes('new') }], unfit: ['certificate'] })
    assert.deepEqual(await contents(folder), { model: 'new', statistics: 'old' })
  })
})

describe('a result that cannot be saved', () => {
  it('leaves all that another run has left, to the last byte', async () => {
    const folder = await emptyFolder()
    await savePeriod(folder, { configuration: otherRun, merged: await mergedIn(otherRun, 1), period: 1 })
    const former = await resultIn(otherRun, 2, { isTuned: true })
    await saveResult(folder, { configuration: otherRun, result: former })
    const before = await contents(folder)
    assert.equal(Object.keys(before).length, 5)
    const { tuned, ...result } = await resultIn(run, 3, { isTuned: true })
    // The merged model and its certificate can be written, and the tuned model, the last, cannot.
    const broken = { ...result, tuned: { ...tuned!, weights: tuned!.weights.map(() => NaN) } }
    await assert.rejects(
      saveResult(folder, { configuration: run, result: broken }),
      /before is all still there/,
    )
    assert.deepEqual(await contents(folder), before)
  })
})

describe('a result without a tuned model', () => {
  it('leaves the tuned model of an earlier start of the run alone', async () => {
    const folder = await emptyFolder()
    await saveResult(folder, { configuration: run, result: await resultIn(run, 1, { isTuned: true }) })
    const { tuned } = await saveResult(folder, { configuration: run, result: await resultIn(run, 2) })
    assert.equal(tuned, null)
    assert.ok((await readdir(folder)).includes('tuned.safetensors'))
  })
})

describe('the merged model that a demo copies beside the folders of its peers', () => {
  const folderOfOther = async (): Promise<string> => {
    const out = await emptyFolder()
    await savePeriod(out, { configuration: otherRun, merged: await mergedIn(otherRun, 1), period: 1 })
    await saveResult(out, { configuration: otherRun, result: await resultIn(otherRun, 2, { isTuned: true }) })
    return out
  }

  it('takes the place of all that another run has merged there', async () => {
    const out = await folderOfOther()
    const peer = join(out, 'peer-0')
    const saved = await saveResult(peer, { configuration: run, result: await resultIn(run, 3) })
    const copies = await keepCopy(saved, out)
    const { output, lines } = recorded()
    await clearOtherRuns(output, [out], runIdOf(run))
    assert.match(lines.join(), /^Gone, as of another run: \/\S+, /)
    assert.deepEqual((await readdir(out)).sort(), ['model.certificate.json', 'model.safetensors', 'peer-0'])
    assert.deepEqual(await readFile(copies.model), await readFile(saved.model))
    assert.deepEqual(await readFile(copies.certificate!), await readFile(saved.certificate!))
    assert.equal(copies.statisticsCertificate, null)
  })

  it('leaves no certificate of another run where its merge has none', async () => {
    const out = await folderOfOther()
    const result = { ...(await resultIn(run, 3)), certificate: null } as never
    const saved = await saveResult(join(out, 'peer-0'), { configuration: run, result })
    assert.equal((await keepCopy(saved, out)).certificate, null)
    assert.ok(!(await readdir(out)).includes('model.certificate.json'))
  })
})
