import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { loadCertificate, loadModel, removeFiles } from '../store/index.js'
import type { Output } from './output.js'
import { LAST_MERGE, LOCAL, mergeOf, mergeOfPeriod, TUNED, type MergeFiles } from './result-files.js'

/** Files of one merge, or of a peer that ended without, which an earlier run has left in a folder. */
export interface FormerResult {
  /** Names, sorted. */
  readonly files: readonly string[]
  /** Id of the run, as its certificate says or else the model itself; undefined when neither can be read. */
  readonly run: string | undefined
  /** Not merged: what one peer had learned. */
  readonly isLocal: boolean
}

/** What earlier runs have left in a folder; reads certificates, and models only where there is none. */
export const formerResults = async (folder: string): Promise<readonly FormerResult[]> => {
  // Not there yet; where it cannot be looked into for another reason, saving says why.
  const names = (await readdir(folder).catch(() => [])).sort()
  const periods = [...new Set(names.flatMap((name) => mergeOf(name) ?? []))]
  const results: FormerResult[] = []
  // One after the other: a model may take much of the memory.
  for (const period of periods) {
    const isLast = period === 'last'
    const files = names.filter((name) => mergeOf(name) === period || (isLast && name === TUNED))
    const merge = isLast ? LAST_MERGE : mergeOfPeriod(Number(period))
    results.push({ files, run: await runOf(folder, merge), isLocal: false })
  }
  if (names.includes(LOCAL)) {
    results.push({ files: [LOCAL], run: await runOfModel(join(folder, LOCAL)), isLocal: true })
  }
  return results
}

const runOf = async (
  folder: string,
  { model, certificate, statisticsCertificate }: MergeFiles,
): Promise<string | undefined> => {
  for (const name of [certificate, statisticsCertificate]) {
    const found = await loadCertificate(join(folder, name)).catch(() => undefined)
    if (found !== undefined) return found.run
  }
  return runOfModel(join(folder, model))
}

const runOfModel = (path: string): Promise<string | undefined> =>
  loadModel(path).then(
    ({ metadata }) => metadata.runId,
    () => undefined,
  )

/** Names that are said at most; the others are counted. */
const NAMED_MAX = 4

/** Says, in one line, what earlier runs have left in the folder that a run begins in; nothing where nothing is. */
export const sayFormerResults = async (output: Output, folder: string, runId: string): Promise<void> => {
  const former = await formerResults(folder)
  if (former.length === 0) return
  const files = former.flatMap((result) => result.files)
  const more = files.length > NAMED_MAX ? ` and ${files.length - NAMED_MAX} more` : ''
  const runs = [...new Set(former.map(({ run }) => run))]
  const whose = runs.map((run) => {
    if (run === undefined) return 'a run that cannot be told'
    return run === runId ? 'this very run, from before' : `another run (${run.slice(0, 8)})`
  })
  output.say(
    `${folder} has results of ${whose.join(', and of ')}: ${files.slice(0, NAMED_MAX).join(', ')}${more}. They stay until ` +
      'this run saves its own in their place; to keep them, move them now, or stop and choose another folder with --out',
  )
  output.emit({ type: 'formerResults', folder, runs: runs.map((run) => run ?? null), files })
}

/** Says which merged models in a folder are not of this run: beside what a peer keeps that has none they could be taken for it. */
export const sayOtherRuns = async (output: Output, folder: string, runId: string): Promise<void> => {
  for (const { files, run } of await otherRuns(folder, runId))
    output.say(`Beside it, of another run (${run.slice(0, 8)}) and not of this one: ${files.join(', ')}`)
}

/** Merged models that other runs have left. */
const otherRuns = async (
  folder: string,
  runId: string,
): Promise<readonly (FormerResult & { run: string })[]> =>
  (await formerResults(folder)).flatMap(({ run, ...result }) =>
    result.isLocal || run === undefined || run === runId ? [] : [{ ...result, run }],
  )

/**
 * Takes away the merged models of other runs with their certificates, before one of this run comes to stand beside them.
 * What a peer had learned in another run stays: it has no certificate, and says itself of which run it is.
 * @throws StoreError as removeFiles
 */
export const removeOtherRuns = async (folder: string, runId: string): Promise<void> => {
  const others = await otherRuns(folder, runId)
  await removeFiles(others.flatMap(({ files }) => files.map((name) => join(folder, name))))
}
