import { join } from 'node:path'
import { runIdOf, type RunConfiguration } from '../../protocols/run/index.js'
import { describeSnapshot } from '../network/index.js'
import type { MergedModel, PeerResult } from '../peer.js'
import { removeFiles, saveCertificate } from '../store/index.js'
import { removeOtherRuns } from './former-results.js'
import { LAST_MERGE, mergeOfPeriod, TUNED, type MergeFiles } from './result-files.js'
import { saveRunModel } from './save-model.js'

/** Where a merged model was saved. */
export interface SavedMerge {
  readonly model: string
  /** Null after a merge by all-to-all or push-sum, which have none. */
  readonly certificate: string | null
  readonly statisticsCertificate: string | null
}

/** Where a result was saved. */
export interface SavedResult extends SavedMerge {
  /** The model after steps on this peer's own data. */
  readonly tuned: string | null
}

/** Saves what a run ended with, each file whole or not at all; what an earlier run left there goes first. @throws StoreError */
export const saveResult = async (
  folder: string,
  { configuration, result }: { readonly configuration: RunConfiguration; readonly result: PeerResult },
): Promise<SavedResult> => {
  const { roster, tuned } = result
  const path = join(folder, TUNED)
  await removeOtherRuns(folder, runIdOf(configuration))
  await removeFiles([path])
  const saved = await saveMerge(folder, { configuration, merged: result, files: LAST_MERGE })
  if (!tuned) return { ...saved, tuned: null }
  const { weights, statistics } = tuned
  const { digest } = await describeSnapshot(weights)
  const peers = roster.length
  await saveRunModel(path, { configuration, weights, digest, peers, ...(statistics ? { statistics } : {}) })
  return { ...saved, tuned: path }
}

/** Saves the merged model of a period that is not the last, in the same way. @throws StoreError */
export const savePeriod = (
  folder: string,
  {
    configuration,
    merged,
    period,
  }: {
    readonly configuration: RunConfiguration
    readonly merged: MergedModel
    /** Counted from 1. */
    readonly period: number
  },
): Promise<SavedMerge> => saveMerge(folder, { configuration, merged, files: mergeOfPeriod(period) })

const saveMerge = async (
  folder: string,
  {
    configuration,
    merged: { weights, statistics, digest, roster, certificate, statisticsCertificate },
    files,
  }: {
    readonly configuration: RunConfiguration
    readonly merged: MergedModel
    readonly files: MergeFiles
  },
): Promise<SavedMerge> => {
  const file = (name: string): string => join(folder, name)
  const saved = {
    model: file(files.model),
    certificate: certificate ? file(files.certificate) : null,
    statisticsCertificate: statisticsCertificate ? file(files.statisticsCertificate) : null,
  }
  // Of an earlier merge under this name: they would not fit.
  await removeFiles([files.certificate, files.statisticsCertificate].map(file))
  await saveRunModel(saved.model, {
    ...{ configuration, weights, digest, peers: roster.length },
    ...(statistics ? { statistics } : {}),
  })
  if (certificate) await saveCertificate(saved.certificate!, certificate)
  if (statisticsCertificate) await saveCertificate(saved.statisticsCertificate!, statisticsCertificate)
  return saved
}
