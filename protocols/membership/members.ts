/** Who is in the run, as far as this peer knows: itself and everyone heard from within the timeout. */
export interface Membership {
  /** Sorted ids, oneself among them. The same array as long as nothing changes. */
  readonly members: readonly string[]
  /** Notes a sign of life. True when the membership changed. Beyond `membersMax` newcomers are not taken. */
  heard(id: string, nowMs: number): boolean
  /** Notes a farewell. True when the membership changed. */
  left(id: string): boolean
  /** Drops and returns those silent for longer than the timeout. */
  expire(nowMs: number): readonly string[]
}

export const createMembership = ({
  self,
  timeoutMs,
  membersMax,
}: {
  readonly self: string
  readonly timeoutMs: number
  readonly membersMax: number
}): Membership => {
  const lastHeardMs = new Map<string, number>()
  let members: readonly string[] = [self]
  const refresh = (): void => {
    members = Object.freeze([self, ...lastHeardMs.keys()].sort())
  }
  return {
    get members() {
      return members
    },
    heard(id, nowMs) {
      if (id === self) return false
      const known = lastHeardMs.has(id)
      if (!known && lastHeardMs.size + 1 >= membersMax) return false
      lastHeardMs.set(id, nowMs)
      if (!known) refresh()
      return !known
    },
    left(id) {
      if (!lastHeardMs.delete(id)) return false
      refresh()
      return true
    },
    expire(nowMs) {
      const gone = [...lastHeardMs].filter(([, heardMs]) => nowMs - heardMs > timeoutMs).map(([id]) => id)
      for (const id of gone) lastHeardMs.delete(id)
      if (gone.length > 0) refresh()
      return gone
    },
  }
}
