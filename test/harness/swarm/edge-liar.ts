import { mayBeRead } from '../../../protocols/final-merge/reduce-scatter/calls.js'
import { mergeIdOf, parseMergeId, quorumOf } from '../../../protocols/final-merge/index.js'
import type { MergeMessage } from '../../../protocols/wire/types.js'
import type { Liar } from './calling-liar.js'
import type { Echo, Tongue } from './liar.js'

/** A call by this liar, or by a key that it made up. */
const callBy = (
  { self, signCall }: Liar,
  {
    mergeId,
    named,
    caller = self,
  }: { readonly mergeId: string; readonly named: readonly string[]; readonly caller?: string },
): Echo => {
  const members = [...named].sort()
  const signature = signCall(mergeId, members, caller)
  return { from: self, message: { type: 'call', mergeId, members, caller, signature } }
}

/** Calls that it makes at once, and by how many numbers each is ahead of the one before. */
const FAR = { calls: 10, numbers: 1_000 }

/**
 * Whenever a merge begins it calls for ten more, further and further ahead, of itself and as few others as may be told of a
 * result: those who are not named are to go by numbers that the others do not.
 */
export const callsFarAhead = (honest: Tongue, liar: Liar): Tongue => {
  const { self, liars, members } = liar
  const begun = new Set<string>()
  let furthest = 0
  return {
    ...honest,
    echo(heard) {
      if (heard.type !== 'call' || liars.includes(heard.caller) || begun.has(heard.mergeId)) return []
      begun.add(heard.mergeId)
      const all = members()
      let named = [self]
      for (const id of all) if (id !== self && !mayBeRead(all, named)) named = [...named, id]
      const { period } = parseMergeId(heard.mergeId)!
      return Array.from({ length: FAR.calls }, () => {
        furthest += FAR.numbers
        return callBy(liar, { mergeId: mergeIdOf(period, furthest), named })
      })
    },
  }
}

/** Pairs of calls after which it has had enough. */
const PAIRS_MAX = 20

/** It calls twice for one merge: of all to one half of the members, and of a key more to the other. */
export const callsTwice = (honest: Tongue, liar: Liar): Tongue => {
  const { self, members } = liar
  return callsForHalves(honest, liar, (mergeId) => [
    callBy(liar, { mergeId, named: members() }),
    callBy(liar, { mergeId, named: [...members(), `${self}-key`] }),
  ])
}

/** The same by two keys that it made up, other ones each time. */
export const callsByKeys = (honest: Tongue, liar: Liar): Tongue => {
  const { self, members } = liar
  const callOf = (mergeId: string, caller: string): Echo =>
    callBy(liar, { mergeId, named: [...members(), caller], caller })
  return callsForHalves(honest, liar, (mergeId) => [
    callOf(mergeId, `${self}-${mergeId}a`),
    callOf(mergeId, `${self}-${mergeId}b`),
  ])
}

/** Whenever honest members are in a merge it calls for the next, by one call to one half of the members and by another to the rest. */
const callsForHalves = (
  honest: Tongue,
  { liars }: Liar,
  pairFor: (mergeId: string) => readonly [Echo, Echo],
): Tongue => {
  let newest = 0
  let pairs = 0
  return {
    ...honest,
    echo(heard, from) {
      const { period, sequence } = parseMergeId(heard.mergeId)!
      const isTrigger = heard.type === 'commitment' && !liars.includes(from) && sequence >= newest
      if (!isTrigger || pairs >= PAIRS_MAX) return []
      pairs += 1
      newest = sequence + 1
      const mergeId = mergeIdOf(period, newest)
      return pairFor(mergeId).map((call, half) => ({ ...call, to: (index) => index % 2 === half }))
    },
  }
}

/**
 * Commits last, and at that moment calls for the same merge once more, with a key that it made up: who hears one first goes
 * on, and who hears the other first is to take up the other call.
 */
export const callsAlike = (honest: Tongue, liar: Liar): Tongue => {
  const { self, liars, members } = liar
  let own: MergeMessage | undefined
  const committed = new Map<string, Set<string>>()
  return {
    ...honest,
    words(message) {
      if (message.type !== 'commitment') return message
      own = message
      return undefined
    },
    echo(heard, from) {
      if (heard.type !== 'commitment' || liars.includes(from)) return []
      const { mergeId } = heard
      const said = committed.get(mergeId) ?? new Set()
      committed.set(mergeId, said.add(from))
      const all = members()
      const isLast = all.every((id) => liars.includes(id) || said.has(id))
      if (!isLast || own?.mergeId !== mergeId) return []
      const commitment = { from: self, message: own }
      own = undefined
      return [commitment, callBy(liar, { mergeId, named: [...all, `${self}-key`] })]
    },
  }
}

/**
 * Says that it holds the result only when that completes two thirds, and calls anew at that moment: some are to vote, and the
 * others to follow it.
 */
export const callsAtTheVote = (honest: Tongue, liar: Liar): Tongue => {
  const { self, liars, members } = liar
  const ready = new Map<string, Set<string>>()
  return {
    ...honest,
    words: (message) => (message.type === 'ready' || message.type === 'result' ? undefined : message),
    echo(heard, from) {
      if (heard.type !== 'ready' || liars.includes(from)) return []
      const { mergeId } = heard
      const said = ready.get(mergeId) ?? new Set()
      ready.set(mergeId, said.add(from))
      const all = members()
      if (said.size !== quorumOf(all.length) - 1) return []
      const { period, sequence } = parseMergeId(mergeId)!
      return [
        { from: self, message: heard },
        callBy(liar, { mergeId: mergeIdOf(period, sequence + 1), named: all }),
      ]
    },
  }
}
