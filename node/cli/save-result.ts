import { join } from 'node:path'
import type { RunConfiguration } from '../../protocols/run/index.js'
import { describeSnapshot } from '../network/index.js'
import type { PeerResult } from '../peer.js'
import { removeFiles, saveCertificate } from '../store/index.js'
import { saveRunModel } from './save-model.js'

/** Names of the files beside a merged model. */
export const CERTIFICATE = 'model.certificate.json'
export const STATISTICS_CERTIFICATE = 'statistics.certificate.json'
const TUNED = 'tuned.safetensors'

/** Where a result was saved. */
export interface SavedResult {
  readonly model: string
  /** Null after a merge by all-to-all or push-sum, which have none. */
  readonly certificate: string | null
  readonly statisticsCertificate: string | null
  /** The model after steps on this peer's own data. */
  readonly tuned: string | null
}

/** Saves what a run ended with, each file whole or not at all; what an earlier run left there goes first. @throws StoreError */
export const saveResult = async (
  folder: string,
  { configuration, result }: { readonly configuration: RunConfiguration; readonly result: PeerResult },
): Promise<SavedResult> => {
  const { weights, statistics, digest, roster, certificate, statisticsCertificate, tuned } = result
  const file = (name: string): string => join(folder, name)
  const saved = {
    model: file('model.safetensors'),
    certificate: certificate ? file(CERTIFICATE) : null,
    statisticsCertificate: statisticsCertificate ? file(STATISTICS_CERTIFICATE) : null,
    tuned: tuned ? file(TUNED) : null,
  }
  await removeFiles([CERTIFICATE, STATISTICS_CERTIFICATE, TUNED].map(file))
  await saveRunModel(saved.model, {
    ...{ configuration, weights, digest, peers: roster.length },
    ...(statistics ? { statistics } : {}),
  })
  if (certificate) await saveCertificate(saved.certificate!, certificate)
  if (statisticsCertificate) await saveCertificate(saved.statisticsCertificate!, statisticsCertificate)
  if (tuned) {
    const described = await describeSnapshot(tuned.weights)
    await saveRunModel(saved.tuned!, {
      ...{ configuration, weights: tuned.weights, digest: described.digest, peers: roster.length },
      ...(tuned.statistics ? { statistics: tuned.statistics } : {}),
    })
  }
  return saved
}
