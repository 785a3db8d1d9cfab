import type { Accusations } from './accusations.js'
import { Agreement } from './agreement.js'
import type { Ballot } from './ballot.js'
import type { Call } from './calls.js'
import { Standing } from './standing.js'
import type { Voices } from './voices.js'

/** What the members named in a call say, and what this peer makes of it. */
export interface Talks {
  readonly ballot: Ballot
  readonly standing: Standing
  readonly agreement: Agreement
}

export interface TalksConfig {
  readonly self: string
  readonly voices: Voices
  readonly accusations: Accusations
  /** Members with a fetch under way. */
  readonly busy: Set<string>
}

/** At the beginning: nothing is proposed, and nobody is known to be gone. */
export const createTalks = (
  call: Call,
  ballot: Ballot,
  { self, voices, accusations, busy }: TalksConfig,
): Talks => {
  const standing = new Standing(call, voices, accusations)
  return { ballot, standing, agreement: new Agreement({ self, standing, ballot, busy }) }
}
