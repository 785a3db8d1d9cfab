import type { RollCall } from '../roll-call.js'

/** Those who may call for the merges of a run that names them. */
export interface Callers {
  /** Peer ids, as the run lists them. */
  readonly callers: readonly string[]
  /** Those of them that are here. */
  readonly here: readonly { readonly id: string; readonly name: string }[]
}

/** A merge that is due, and that this peer may not call for. */
export interface AwaitedCall extends Callers {
  /** Counted from 1. */
  readonly period: number
  /** Milliseconds until the period ends without a merge, if nobody calls, comes or goes. */
  readonly leftMs: number
}

/** @param callers as the run lists them. */
export const callersAmong = (
  { members, records }: Pick<RollCall, 'members' | 'records'>,
  callers: readonly string[],
): Callers => {
  const names = new Map(records.map(({ id, name }) => [id, name]))
  const here = callers.filter((id) => members.includes(id))
  return { callers, here: here.map((id) => ({ id, name: names.get(id) ?? id.slice(-8) })) }
}
