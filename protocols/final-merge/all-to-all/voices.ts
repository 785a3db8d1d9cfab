import { limits } from '../../limits.js'
import type { MergeMessage } from '../../wire/types.js'

/** What one member has said in a merge. */
export interface Voice {
  /** Digest of its frozen model: the first it committed to, for a frozen model does not change. */
  digest?: string
  /** Its newest holdings. */
  holdings?: { readonly attempt: number; readonly have: ReadonlySet<string> }
  /** Its one vote. */
  vote?: Vote
}

export interface Vote {
  /** Digest of the roster. */
  readonly roster: string
  /** Digest of the averaged model. */
  readonly digest: string
}

/** Who has said what. Bounded by `mergeMembersMax`. */
export interface Voices {
  hear(from: string, message: MergeMessage): void
  of(id: string): Voice | undefined
  /** Sorted ids of those that committed to a frozen model. */
  committed(): readonly string[]
  /** Sorted ids of those that cast this very vote. */
  votersFor(vote: Vote): readonly string[]
  /** The vote of more than half of those committed. Each votes once, so there is at most one such. */
  majority(): Vote | undefined
  /** The set with this digest, if any member ever said that it holds just that. */
  rosterWith(digest: string): readonly string[] | undefined
}

export const createVoices = (rosterDigest: (roster: readonly string[]) => string): Voices => {
  const voices = new Map<string, Voice>()
  const rosters = new Map<string, readonly string[]>()

  const voiceOf = (id: string): Voice | undefined => {
    const known = voices.get(id)
    if (known || voices.size >= limits.mergeMembersMax) return known
    const voice: Voice = {}
    voices.set(id, voice)
    return voice
  }
  const committed = (): string[] => [...voices].flatMap(([id, { digest }]) => (digest ? [id] : [])).sort()
  const votersFor = ({ roster, digest }: Vote): string[] =>
    committed().filter((id) => {
      const vote = voices.get(id)!.vote
      return vote?.roster === roster && vote.digest === digest
    })

  return {
    hear(from, message) {
      const voice = voiceOf(from)
      if (!voice) return
      switch (message.type) {
        case 'call':
          return
        case 'commitment':
          voice.digest ??= message.digest
          return
        case 'holdings':
          if (message.attempt <= (voice.holdings?.attempt ?? 0)) return
          voice.holdings = { attempt: message.attempt, have: new Set(message.have) }
          if (rosters.size < limits.mergeMembersMax * limits.mergeAttemptsMax)
            rosters.set(rosterDigest(message.have), message.have)
          return
        case 'result':
          voice.vote ??= { roster: message.roster, digest: message.digest }
          return
        default:
      }
    },
    of: (id) => voices.get(id),
    committed,
    votersFor,
    majority() {
      const all = committed()
      for (const id of all) {
        const vote = voices.get(id)!.vote
        if (vote && 2 * votersFor(vote).length > all.length) return vote
      }
      return undefined
    },
    rosterWith: (digest) => rosters.get(digest),
  }
}
