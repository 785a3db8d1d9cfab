/** Names of the files that a merge leaves in a folder. */
export interface MergeFiles {
  readonly model: string
  readonly certificate: string
  /** Of a model with batch normalisation. */
  readonly statisticsCertificate: string
}

const filesWith = (infix: string): MergeFiles => ({
  model: `model${infix}.safetensors`,
  certificate: `model${infix}.certificate.json`,
  statisticsCertificate: `statistics${infix}.certificate.json`,
})

/** Of the last merge. */
export const LAST_MERGE = filesWith('')
/** Of a merge that is not the last. @param period counted from 1. */
export const mergeOfPeriod = (period: number): MergeFiles => filesWith(`.period-${period}`)

/** The last merged model after steps on the own data. */
export const TUNED = 'tuned.safetensors'
/** What a peer has learned that ended without a merge. */
export const LOCAL = 'local.safetensors'

/** The period whose merge left a file of this name, `last` for the last one; undefined for any other file. */
export const mergeOf = (name: string): string | undefined => {
  const [, kind, period, ending] =
    /^(model|statistics)(?:\.period-([1-9]\d*))?\.(safetensors|certificate\.json)$/.exec(name) ?? []
  if (kind === undefined || (kind === 'statistics' && ending === 'safetensors')) return undefined
  return period ?? 'last'
}
