/** `period.sequence`, both counted from 1. */
export const mergeIdOf = (period: number, sequence: number): string => `${period}.${sequence}`

/** Of a merge id: nine digits. */
export const SEQUENCE_MAX = 999_999_999

const MERGE_ID = /^([1-9]\d{0,8})\.([1-9]\d{0,8})$/

/** Undefined for what is no merge id of this kind. */
export const parseMergeId = (
  mergeId: string,
): { readonly period: number; readonly sequence: number } | undefined => {
  const [, period, sequence] = MERGE_ID.exec(mergeId) ?? []
  return period === undefined ? undefined : { period: Number(period), sequence: Number(sequence) }
}
