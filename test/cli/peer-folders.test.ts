import assert from 'node:assert/strict'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { assertPeersCanSave, sayLeftFolders } from '../../node/cli/demo/peer-folders.js'
import { saveResult } from '../../node/cli/save-result.js'
import { emptyFolder, otherRun, recorded, resultIn, run } from './results-of-runs.js'

/** A demo's folder with a result in each of these peers' folders, the last of them of another run. */
const demoFolder = async (indexes: readonly number[]): Promise<string> => {
  const out = await emptyFolder()
  for (const index of indexes) {
    const configuration = index === indexes.at(-1) ? otherRun : run
    const result = await resultIn(configuration, 1)
    await saveResult(join(out, `peer-${index}`), { configuration, result })
  }
  return out
}

const said = async (out: string, saved: readonly number[]): Promise<readonly string[]> => {
  const { output, lines } = recorded()
  const folders = saved.map((index) => join(out, `peer-${index}`))
  await sayLeftFolders(output, out, folders)
  return lines
}

describe("peers' folders before a demo", () => {
  it('are as well missing as there', async () => {
    const out = await demoFolder([1])
    await assertPeersCanSave(out, 3)
    assert.deepEqual(await readdir(out), ['peer-1'])
    assert.equal((await readdir(join(out, 'peer-1'))).length, 2)
  })

  it('are refused where a file is in the place of one', async () => {
    const out = await emptyFolder()
    await writeFile(join(out, 'peer-2'), 'mine')
    await assert.rejects(assertPeersCanSave(out, 3), { code: 'NOT_WRITABLE' })
    // Of a demo of two peers it is in nobody's way.
    await assertPeersCanSave(out, 2)
  })
})

describe("peers' folders at the end of a demo", () => {
  it('are not spoken of where each has been saved anew, or is empty', async () => {
    const out = await demoFolder([0, 1])
    await mkdir(join(out, 'peer-2'))
    assert.deepEqual(await said(out, [0, 1]), [])
  })

  it('are named where they keep what an earlier demo left, of this run or another, by number', async () => {
    const out = await demoFolder([0, 2, 10])
    const [line, ...more] = await said(out, [0])
    assert.match(
      line!,
      /^Models that are not of this demo's result lie in peer-2, peer-10, mostly from an earlier demo\./,
    )
    assert.deepEqual(more, [])
  })

  it('of other names are nobody’s business', async () => {
    const out = await demoFolder([0])
    await mkdir(join(out, 'peer-notes'))
    await writeFile(join(out, 'peer-notes', 'model.safetensors'), 'mine')
    assert.deepEqual(await said(out, [0]), [])
  })
})
