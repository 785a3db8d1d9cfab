import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { reasonOf } from '../../protocols/errors.js'
import { loadCertificate, loadModel, removeFiles, StoreError } from '../store/index.js'
import type { Output } from './output.js'
import { LAST_MERGE, LOCAL, mergeOf, mergeOfPeriod, TUNED, type MergeFiles } from './result-files.js'

/** Files of one merge, its tuned model, or of a peer that ended without, which an earlier run has left in a folder. */
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
    const files = names.filter((name) => mergeOf(name) === period)
    const merge = period === 'last' ? LAST_MERGE : mergeOfPeriod(Number(period))
    results.push({ files, run: await runOf(folder, merge), isLocal: false })
  }
  // By themselves: they may be of another run than the merged model beside them, or stand alone.
  for (const name of [TUNED, LOCAL].filter((name) => names.includes(name))) {
    results.push({ files: [name], run: await runOfModel(join(folder, name)), isLocal: name === LOCAL })
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
    `${folder} has results of ${whose.join(', and of ')}: ${files.slice(0, NAMED_MAX).join(', ')}${more}. Once the first merged ` +
      'model of this run is safe, merged models of other runs go, and what was tuned from them; files of one name are replaced. ' +
      'To keep them, move them now, or stop and choose another folder with --out',
  )
  output.emit({ type: 'formerResults', folder, runs: runs.map((run) => run ?? null), files })
}

/**
 * Says which results in a folder this start of a run has not saved: beside what it has, they could be taken for its own,
 * and their certificates hold. One line for each run that they are of. What a peer had learned in another run is left
 * out: it has no certificate, and says itself of which run it is.
 * @param saved paths of what this start has saved.
 */
export const sayLeftResults = async (
  output: Output,
  folder: string,
  { runId, saved }: { readonly runId: string; readonly saved: readonly string[] },
): Promise<void> => {
  const own = new Set(saved.map((path) => basename(path)))
  const byRun = new Map<string | undefined, string[]>()
  for (const { files, run, isLocal } of await formerResults(folder)) {
    const left = files.filter((name) => !own.has(name))
    if (left.length === 0 || (isLocal && run !== runId)) continue
    byRun.set(run, [...(byRun.get(run) ?? []), ...left])
  }
  for (const [run, files] of byRun)
    output.say(
      `Beside it, ${whoseLeft(run, runId)}: ${files.join(', ')}. They were not changed; ` +
        'move or remove them if they could be taken for results of this start',
    )
}

const whoseLeft = (run: string | undefined, runId: string): string => {
  if (run === undefined) return 'of a run that cannot be told'
  return run === runId
    ? 'of this very run, but from an earlier start'
    : `of another run (${run.slice(0, 8)}) and not of this one`
}

/**
 * Takes away the merged models of other runs with their certificates, and what was tuned from them, once one of this run
 * is saved beside them. What a peer had learned in another run stays: it has no certificate, and says itself of which
 * run it is. So does what cannot be told.
 * @returns the names of what went. @throws StoreError as removeFiles; what this run has saved stays whole.
 */
export const removeOtherRuns = async (folder: string, runId: string): Promise<readonly string[]> => {
  const others = (await formerResults(folder)).filter(
    ({ run, isLocal }) => !isLocal && run !== undefined && run !== runId,
  )
  const names = others.flatMap(({ files }) => files)
  try {
    await removeFiles(names.map((name) => join(folder, name)))
    return names
  } catch (error) {
    if (error instanceof StoreError)
      error.message += ` What this run has saved in ${folder} is whole; remove by hand what other runs have left there.`
    throw error
  }
}

/**
 * Does so in these folders, and says what went or why it could not: the run is none the worse for it.
 * @returns whether it did.
 */
export const clearOtherRuns = async (
  output: Output,
  folders: readonly string[],
  runId: string,
): Promise<boolean> => {
  const gone: string[] = []
  let isCleared = true
  for (const folder of folders) {
    try {
      gone.push(...(await removeOtherRuns(folder, runId)).map((name) => join(folder, name)))
    } catch (error) {
      output.say(`Results of other runs are still there: ${reasonOf(error)}`)
      isCleared = false
    }
  }
  const more = gone.length > NAMED_MAX ? ` and ${gone.length - NAMED_MAX} more` : ''
  if (gone.length > 0) output.say(`Gone, as of another run: ${gone.slice(0, NAMED_MAX).join(', ')}${more}`)
  return isCleared
}
