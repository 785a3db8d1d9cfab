import { parseMergeId } from '../../../protocols/final-merge/index.js'
import { namesMostOf } from '../../../protocols/final-merge/reduce-scatter/calls.js'
import type { MergeMessage } from '../../../protocols/wire/types.js'
import type { Tongue } from './liar.js'

/** A lying peer, and what it knows. */
export interface Liar {
  readonly self: string
  /** All who lie, itself among them. */
  readonly liars: readonly string[]
  /** The members that it sees. */
  readonly members: () => readonly string[]
  /** @param caller itself, or a key that it made up. @default itself */
  readonly signCall: (mergeId: string, members: readonly string[], caller?: string) => Uint8Array
}

/** Calls after which it has had enough: a merge that did not end by then would have none. */
const CALLS_MAX = 20

/**
 * Calls anew as soon as an honest member takes part in a merge, and takes part in its own calls and in those of other
 * liars at once, with all keys that it made up for them.
 */
export const callsAnew = (
  honest: Tongue,
  { self, liars, members, signCall }: Liar,
  choose: (liar: Pick<Liar, 'self' | 'members'>) => Chosen,
): Tongue => {
  let own: MergeMessage | undefined
  let newest = 0
  let calls = 0

  const commitment = (mergeId: string) => (own ? [{ from: self, message: { ...own, mergeId } }] : [])

  const call = (mergeId: string): ReturnType<Tongue['echo']> => {
    const { named, keys } = choose({ self, members })
    const all = [...named, ...keys].sort()
    const signature = signCall(mergeId, all)
    return [
      { from: self, message: { type: 'call', mergeId, members: all, caller: self, signature } },
      ...commitment(mergeId),
      ...keys.map((from, index) => ({
        from,
        message: { type: 'commitment', mergeId, digest: `${index % 10}`.repeat(64), samples: 1 } as const,
      })),
    ]
  }

  return {
    ...honest,
    words(message) {
      if (message.type === 'commitment') own = message
      return message
    },
    echo(heard, from) {
      const { period, sequence } = parseMergeId(heard.mergeId)!
      const isNewer = sequence > newest
      if (heard.type === 'call' && liars.includes(heard.caller) && isNewer) {
        newest = sequence
        return commitment(heard.mergeId)
      }
      const isTrigger = heard.type === 'commitment' && !liars.includes(from) && sequence >= newest
      if (!isTrigger || !own || calls >= CALLS_MAX) return []
      calls += 1
      newest = sequence + 1
      return call(`${period}.${newest}`)
    },
  }
}

/** Whom it calls: members, and keys of its own. */
interface Chosen {
  readonly named: readonly string[]
  readonly keys: readonly string[]
}

/** All members, and as many keys as these put up with. */
export const withMadeUpKeys = ({ self, members }: Pick<Liar, 'self' | 'members'>): Chosen => {
  const named = members()
  const keys: string[] = []
  for (;;) {
    const more = [...keys, `${self}-key-${keys.length}`]
    if (!namesMostOf(named, [...named, ...more])) return { named, keys }
    keys.push(more.at(-1)!)
  }
}

/** Itself and no more of the others than it must, the last ones. */
export const withoutMost = ({ self, members }: Pick<Liar, 'self' | 'members'>): Chosen => {
  const all = members()
  const others = all.filter((id) => id !== self)
  let named = [self]
  while (others.length > 0 && !namesMostOf(all, named)) named = [...named, others.pop()!]
  return { named, keys: [] }
}
