import { join } from 'node:path'
import type { RunConfiguration } from '../../protocols/run/index.js'
import { describeSnapshot } from '../network/index.js'
import type { MergedModel, PeerResult } from '../peer.js'
import { saveCertificate } from '../store/index.js'
import { replaceFiles, type NewFile } from './replace-files.js'
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

/**
 * Saves what a run ended with, each file whole or not at all. What was there before under these names goes once the new
 * files are safe; all else stays.
 * @throws StoreError as {@link replaceFiles}
 */
export const saveResult = async (
  folder: string,
  { configuration, result }: { readonly configuration: RunConfiguration; readonly result: PeerResult },
): Promise<SavedResult> => {
  const { roster, tuned } = result
  const files = filesOf(LAST_MERGE, { configuration, merged: result })
  if (tuned) {
    const { weights, statistics } = tuned
    const { digest } = await describeSnapshot(weights)
    const peers = roster.length
    const model = { configuration, weights, digest, peers, ...(statistics ? { statistics } : {}) }
    files.push({ name: TUNED, write: (path) => saveRunModel(path, model) })
  }
  await replaceFiles(folder, { files, unfit: certificatesOf(LAST_MERGE) })
  return { ...savedAs(folder, LAST_MERGE, result), tuned: tuned && join(folder, TUNED) }
}

/**
 * Saves the merged model of a period that is not the last, each file whole or not at all; the
 * same holds for what was there before.
 * @throws StoreError as {@link replaceFiles}
 */
export const savePeriod = async (
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
): Promise<SavedMerge> => {
  const names = mergeOfPeriod(period)
  const files = filesOf(names, { configuration, merged })
  await replaceFiles(folder, { files, unfit: certificatesOf(names) })
  return savedAs(folder, names, merged)
}

/** Paths of all that was saved. */
export const pathsOf = (saved: SavedMerge & { readonly tuned?: string | null }): string[] =>
  [saved.model, saved.certificate, saved.statisticsCertificate, saved.tuned].flatMap((path) => path ?? [])

/** Those of an earlier merge under these names would not fit. */
export const certificatesOf = ({ certificate, statisticsCertificate }: MergeFiles): readonly string[] => [
  certificate,
  statisticsCertificate,
]

/** The model before its certificates. */
const filesOf = (
  names: MergeFiles,
  {
    configuration,
    merged: { weights, statistics, digest, roster, certificate, statisticsCertificate },
  }: { readonly configuration: RunConfiguration; readonly merged: MergedModel },
): NewFile[] => {
  const peers = roster.length
  const model = { configuration, weights, digest, peers, ...(statistics ? { statistics } : {}) }
  const files: NewFile[] = [{ name: names.model, write: (path) => saveRunModel(path, model) }]
  if (certificate) {
    files.push({ name: names.certificate, write: (path) => saveCertificate(path, certificate) })
  }
  if (statisticsCertificate) {
    const write = (path: string): Promise<void> => saveCertificate(path, statisticsCertificate)
    files.push({ name: names.statisticsCertificate, write })
  }
  return files
}

const savedAs = (
  folder: string,
  names: MergeFiles,
  { certificate, statisticsCertificate }: MergedModel,
): SavedMerge => ({
  model: join(folder, names.model),
  certificate: certificate ? join(folder, names.certificate) : null,
  statisticsCertificate: statisticsCertificate ? join(folder, names.statisticsCertificate) : null,
})
