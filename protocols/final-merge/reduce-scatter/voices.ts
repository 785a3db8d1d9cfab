import type { MergeMessage, RosterEntry } from '../../wire/types.js'
import { entriesDigest } from '../statement.js'
import { Seats, type Priority } from './seats.js'

/** The roster that a member announced in one attempt. */
export interface Proposal {
  readonly call: string
  readonly digest: string
  readonly entries: readonly RosterEntry[]
}

/** An average that a member says it holds. */
export interface Claimed {
  readonly attempt: number
  readonly call: string
  readonly roster: string
  readonly digest: string
}

/** What one member has said in the newest merge that it spoke of. */
export interface Voice {
  readonly mergeId: string
  readonly sequence: number
  /** Of its frozen model: the first that it committed to. */
  commitment: { readonly digest: string; readonly samples: number } | undefined
  /** It has committed to two different models, said two rosters in one attempt, or voted twice. */
  equivocated: boolean
  /** By attempt. */
  readonly rosters: Map<number, Proposal>
  readonly readies: Map<number, Claimed>
  vote: (Claimed & { readonly signature: Uint8Array }) | undefined
}

/** What counts in a call. */
export type Said = Exclude<MergeMessage, { readonly type: 'call' | 'holdings' | 'ask' }>

/** Who has said what. Bounded: one voice per seat, and no more words of a kind than a message can number attempts. */
export interface Voices {
  /** @param sequence of the message's merge id. A member's earlier sequences are forgotten. */
  hear(from: string, message: Said, sequence: number): void
  /** What a member said in this merge. */
  of(id: string, mergeId: string): Voice | undefined
  /** Sequence of the newest merge that a member spoke of; undefined when it spoke of none. */
  newestOf(id: string): number | undefined
  /** Grows with every word that is new. */
  readonly version: number
}

export const createVoices = ({
  isSigned,
  priorityOf,
}: {
  /** Whether a vote carries its sender's signature; the others are not heard. */
  readonly isSigned: (from: string, vote: Said & { readonly type: 'result' }) => boolean
  /** For a seat. */
  readonly priorityOf: (id: string) => Priority
}): Voices => {
  const voices = new Seats<Voice>(priorityOf)
  let version = 0

  const voiceOf = (id: string, mergeId: string, sequence: number): Voice | undefined => {
    const known = voices.get(id)
    if (known && known.sequence >= sequence) return known.sequence === sequence ? known : undefined
    const voice: Voice = {
      ...{ mergeId, sequence, commitment: undefined, equivocated: false },
      ...{ rosters: new Map(), readies: new Map(), vote: undefined },
    }
    return voices.set(id, voice) ? voice : undefined
  }

  return {
    hear(from, message, sequence) {
      const voice = voiceOf(from, message.mergeId, sequence)
      if (!voice) return
      switch (message.type) {
        case 'commitment': {
          const { digest, samples } = message
          if (!voice.commitment) version += 1
          voice.commitment ??= { digest, samples }
          if (voice.commitment.digest !== digest || voice.commitment.samples !== samples)
            voice.equivocated = true
          return
        }
        case 'roster': {
          const { attempt, call, entries } = message
          const known = voice.rosters.get(attempt)
          const digest = entriesDigest(call, entries)
          // Whoever has announced one moves to no other call of the merge.
          if (!known) {
            version += 1
            voice.rosters.set(attempt, { call, digest, entries })
          } else if (known.digest !== digest) voice.equivocated = true
          return
        }
        case 'ready': {
          const { attempt, call, roster, digest } = message
          if (voice.readies.has(attempt)) return
          version += 1
          voice.readies.set(attempt, { attempt, call, roster, digest })
          return
        }
        case 'result': {
          const { attempt, call, roster, digest, signature } = message
          if (voice.vote) {
            if (voice.vote.roster !== roster || voice.vote.digest !== digest) voice.equivocated = true
          } else if (isSigned(from, message)) {
            version += 1
            voice.vote = { attempt, call, roster, digest, signature }
          }
        }
      }
    },
    newestOf: (id) => voices.get(id)?.sequence,
    of(id, mergeId) {
      const voice = voices.get(id)
      return voice?.mergeId === mergeId ? voice : undefined
    },
    get version() {
      return version
    },
  }
}
