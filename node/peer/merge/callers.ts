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

/** Callers that are named, and characters of one: a refusal's text is bounded. Ids have 52, and names up to 64. */
const NAMED_MAX = 3
const CHARACTERS_MAX = 120

/** `12D3… (bob, here) or 12D3… (not here) or one of 4 more`, those that are here first. */
export const callersInWords = ({ callers, here }: Callers): string => {
  const away = callers.filter((id) => here.every((caller) => caller.id !== id))
  const all = [
    ...here.map(({ id, name }) => `${id} (${name}, here)`),
    // As somebody has written them into a run file.
    ...away.map((id) => `${id.replace(/[^\x21-\x7e]/g, '?')} (not here)`),
  ]
  const named = all.slice(0, NAMED_MAX).map((caller) => caller.slice(0, CHARACTERS_MAX))
  const more = all.length - named.length
  return `${named.join(' or ')}${more > 0 ? ` or one of ${more} more` : ''}`
}
