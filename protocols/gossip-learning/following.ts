/**
 * When to pull from the partners of a round in mode async. A snapshot is worth most when it is fresh at the moment it
 * is mixed, at the end of the round. So a partner whose newest snapshot is already here is asked only when its next
 * head comes; one with something new, or one that was not asked for a whole round because no head came, is asked now.
 */
export interface Following {
  /**
   * A round begins.
   * @param pulls how often each partner may be asked in this round.
   * @param hasNews whether a partner may have a snapshot newer than the newest here.
   * @returns the partners to ask now.
   */
  begin(partners: readonly string[], pulls: number, hasNews: (partner: string) => boolean): readonly string[]
  /** Whether the partner may be asked once more in this round. */
  mayAsk(partner: string): boolean
  asked(partner: string): void
}

export const createFollowing = (): Following => {
  let left = new Map<string, number>()
  let pullsEach = 0
  return {
    begin(partners, pulls, hasNews) {
      const before = left
      const untouched = pullsEach
      left = new Map(partners.map((partner) => [partner, pulls]))
      pullsEach = pulls
      return partners.filter((partner) => hasNews(partner) || before.get(partner) === untouched)
    },
    mayAsk: (partner) => (left.get(partner) ?? 0) > 0,
    asked(partner) {
      const pulls = left.get(partner)
      if (pulls !== undefined) left.set(partner, pulls - 1)
    },
  }
}
