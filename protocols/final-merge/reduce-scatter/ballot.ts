import { bytesToHex } from '@noble/hashes/utils.js'
import type { RosterEntry } from '../../wire/types.js'
import type { Certificate } from '../certificate.js'
import type { Call } from './calls.js'
import type { Claimed, Proposal, Voice, Voices } from './voices.js'

/** What the members named in a call have agreed on so far. Whoever is not named has no voice. */
export interface Ballot {
  /** Members who have announced a roster in this attempt or a later one. */
  announced(attempt: number): readonly string[]
  /** The newest attempt whose roster two thirds agree on, if any. */
  agreedRoster(): { readonly attempt: number; readonly proposal: Proposal } | undefined
  /** Entries that more than half of those who announced in this attempt named alike; sorted. Who contradicted itself has no say. */
  majorityEntries(attempt: number): readonly RosterEntry[]
  /** Entries that rosters of this attempt name, for members whom all that name them name alike; sorted. */
  undisputedEntries(attempt: number): readonly RosterEntry[]
  /**
   * The members whom others would leave out in an attempt after this one, by index, and who would. Of each voice the
   * newest roster counts, if it could be one.
   */
  leftOut(attempt: number): ReadonlyMap<number, readonly string[]>
  /** What two thirds say that they hold, and who does. */
  readyForVote(): { readonly claimed: Claimed; readonly holders: readonly string[] } | undefined
  /** Whether this member says that it holds this result. */
  holds(id: string, digest: string): boolean
  /** Two thirds voted alike. */
  elected(): Elected | undefined
}

export interface Elected {
  readonly call: Call
  readonly claimed: Claimed
  readonly entries: readonly RosterEntry[]
  readonly signatures: Certificate['signatures']
}

export const createBallot = (call: Call, voices: Voices): Ballot => {
  const { members, mergeId, quorum, digest: callDigest } = call

  const heard = (): (readonly [string, Voice])[] =>
    members.flatMap((id) => {
      const voice = voices.of(id, mergeId)
      return voice ? [[id, voice] as const] : []
    })

  /** The first value that a quorum of members has, by its key. */
  const saidByQuorum = <T>(
    values: readonly { readonly id: string; readonly key: string; readonly value: T }[],
  ) => {
    const groups = new Map<string, { value: T; ids: string[] }>()
    for (const { id, key, value } of values) {
      const group = groups.get(key) ?? { value, ids: [] }
      if (!groups.has(key)) groups.set(key, group)
      if (!group.ids.includes(id)) group.ids.push(id)
    }
    return [...groups.values()].find(({ ids }) => ids.length >= quorum)
  }

  /** Of this call, of its members only, and of more than half of them, as a roster must be. */
  const counts = ({ call: of, entries }: Proposal): boolean =>
    of === callDigest &&
    2 * entries.length > members.length &&
    entries.every(({ member }) => member < members.length)

  const proposalsIn = (attempt: number) =>
    heard().flatMap(([id, { rosters }]) => {
      const value = rosters.get(attempt)
      return value && counts(value) ? [{ id, key: value.digest, value }] : []
    })

  const entriesOf = (roster: string): readonly RosterEntry[] | undefined => {
    for (const [, { rosters }] of heard()) {
      for (const proposal of rosters.values()) {
        if (proposal.digest === roster && counts(proposal)) return proposal.entries
      }
    }
    return undefined
  }

  const attempts = (): number[] =>
    [...new Set(heard().flatMap(([, { rosters }]) => [...rosters.keys()]))].sort((a, b) => b - a)

  /** Counted again only when somebody has said something new. */
  const cached = <T>(count: () => T): (() => T) => {
    let at = -1
    let value!: T
    return () => {
      if (at !== voices.version) value = count()
      at = voices.version
      return value
    }
  }

  return {
    announced: (attempt) =>
      heard().flatMap(([id, { rosters }]) => ([...rosters.keys()].some((at) => at >= attempt) ? [id] : [])),

    agreedRoster: cached(() => {
      for (const attempt of attempts()) {
        const group = saidByQuorum(proposalsIn(attempt))
        if (group) return { attempt, proposal: group.value }
      }
      return undefined
    }),

    majorityEntries(attempt) {
      const proposals = proposalsIn(attempt).filter(({ id }) => !voices.of(id, mergeId)!.equivocated)
      const alike = new Map<string, { entry: RosterEntry; count: number }>()
      for (const { value } of proposals) {
        for (const entry of value.entries) {
          const key = `${entry.member} ${entry.digest} ${entry.samples}`
          const counted = alike.get(key) ?? { entry, count: 0 }
          counted.count += 1
          alike.set(key, counted)
        }
      }
      return [...alike.values()]
        .filter(({ count }) => 2 * count > proposals.length)
        .map(({ entry }) => entry)
        .sort((a, b) => a.member - b.member)
    },

    undisputedEntries(attempt) {
      const named = new Map<number, RosterEntry | undefined>()
      for (const { value } of proposalsIn(attempt)) {
        for (const entry of value.entries) {
          const known = named.has(entry.member) ? named.get(entry.member) : entry
          const isSame = known?.digest === entry.digest && known.samples === entry.samples
          named.set(entry.member, isSame ? entry : undefined)
        }
      }
      return [...named.values()].filter((entry) => entry !== undefined).sort((a, b) => a.member - b.member)
    },

    leftOut(attempt) {
      const by = new Map<number, string[]>()
      for (const [id, { rosters }] of heard()) {
        const later = [...rosters].filter(([at, proposal]) => at > attempt && counts(proposal))
        if (later.length === 0) continue
        const [, { entries }] = later.reduce((newest, one) => (one[0] > newest[0] ? one : newest))
        const named = new Set(entries.map(({ member }) => member))
        members.forEach((_, member) => {
          if (!named.has(member)) by.set(member, [...(by.get(member) ?? []), id])
        })
      }
      return by
    },

    readyForVote: cached(() => {
      const group = saidByQuorum(
        heard().flatMap(([id, { readies }]) =>
          [...readies.values()]
            .filter((claimed) => claimed.call === callDigest)
            .map((value) => ({ id, key: `${value.roster} ${value.digest}`, value })),
        ),
      )
      return group && { claimed: group.value, holders: group.ids }
    }),

    holds: (id, digest) =>
      [...(voices.of(id, mergeId)?.readies.values() ?? [])].some(
        (claimed) => claimed.call === callDigest && claimed.digest === digest,
      ),

    elected: cached(() => {
      const group = saidByQuorum(
        heard().flatMap(([id, { vote }]) =>
          vote?.call === callDigest ? [{ id, key: `${vote.roster} ${vote.digest}`, value: vote }] : [],
        ),
      )
      const entries = group && entriesOf(group.value.roster)
      if (!entries) return undefined
      const signatures = group.ids.map((id) => ({
        id,
        signature: bytesToHex(voices.of(id, mergeId)!.vote!.signature),
      }))
      return { call, claimed: group.value, entries, signatures }
    }),
  }
}
