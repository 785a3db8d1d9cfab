import { limits } from '../../limits.js'
import { rosterDigest } from '../../final-merge/roster.js'

/** Who is expected in the merge, and who is gone from it. Only grows: names first, then departures. */
export interface Roll {
  /** True when some were new. At most `limits.mergeMembersMax` are kept. */
  name(ids: readonly string[]): boolean
  /** True when it was not known. */
  lose(id: string): boolean
  isGone(id: string): boolean
  /** False when it is another process than the one heard first. */
  isSame(id: string, session: string): boolean
  /** Sorted. */
  readonly live: readonly string[]
  readonly gone: readonly string[]
  /** More than half of those named are not gone. */
  readonly isMajority: boolean
  /** Digest of the live ones. */
  readonly view: string
}

export const createRoll = (self: string): Roll => {
  const named = new Set([self])
  const gone = new Set<string>()
  const sessions = new Map<string, string>()
  let live: readonly string[] = []
  let view = ''

  const recount = (): void => {
    live = [...named].filter((id) => !gone.has(id)).sort()
    view = rosterDigest(live)
  }
  const name = (ids: readonly string[]): boolean => {
    const before = named.size
    for (const id of ids) if (named.size < limits.mergeMembersMax) named.add(id)
    if (named.size > before) recount()
    return named.size > before
  }
  recount()

  return {
    name,
    lose(id) {
      name([id])
      if (gone.has(id) || !named.has(id)) return false
      gone.add(id)
      recount()
      return true
    },
    isGone: (id) => gone.has(id),
    isSame(id, session) {
      const first = sessions.get(id)
      if (first === undefined && named.has(id)) sessions.set(id, session)
      return (first ?? session) === session
    },
    get live() {
      return live
    },
    get gone() {
      return [...gone].sort()
    },
    get isMajority() {
      return 2 * live.length > named.size
    },
    get view() {
      return view
    },
  }
}
