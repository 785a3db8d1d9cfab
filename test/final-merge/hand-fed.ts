import {
  reduceScatter,
  resultBytes,
  type MergeConfig,
  type MergeEffect,
  type MergeEvent,
} from '../../protocols/final-merge/index.js'
import { callBytes, callDigest, entriesDigest } from '../../protocols/final-merge/statement.js'
import { limits } from '../../protocols/limits.js'
import { createRandom } from '../../protocols/random.js'
import type { MergeMessage, RosterEntry } from '../../protocols/wire/types.js'
import { signaturesOf } from '../harness/index.js'

export const RUN = 'r'
export const timing = { commitMs: 100, pullMs: 1000, agreeMs: 300, repeatMs: 50 }
/** Those whom most tests call. */
export const members = ['a', 'b', 'c', 'd']
/** As long as an honest exchange may last: so long those who are ready wait for whom others leave out. */
export const patienceMs = (1 + limits.mergeExtensionsMax) * timing.pullMs
export const types = (items: readonly { readonly type: string }[]): string[] => items.map(({ type }) => type)
export const withoutTime = (items: readonly { readonly type: string }[]): string[] =>
  types(items).filter((type) => type !== 'setTick')
export const digestOf = (letter: string): string => letter.repeat(64)

type Message<Type> = MergeMessage & { readonly type: Type }
type EffectOf<Type> = MergeEffect & { readonly type: Type }

/** What the members of one call say, as they would. */
export const wordsOf = (members: readonly string[], mergeId = '1.1') => {
  const call = callDigest({ run: RUN, mergeId, members })
  const entryOf = (id: string): RosterEntry => ({
    member: members.indexOf(id),
    digest: digestOf(id),
    samples: 1,
  })
  const rosterOf = (ids: readonly string[]) => entriesDigest(call, ids.map(entryOf))
  return {
    digest: call,
    entryOf,
    rosterOf,
    call: (caller = members[0]!): Message<'call'> => {
      const signature = signaturesOf(caller).sign(callBytes({ run: RUN, mergeId, members }))
      return { type: 'call', mergeId, members, caller, signature }
    },
    commitment: (id: string): Message<'commitment'> => {
      return { type: 'commitment', mergeId, digest: digestOf(id), samples: 1 }
    },
    roster: (ids: readonly string[], attempt = 1): Message<'roster'> => {
      return { type: 'roster', mergeId, call, attempt, entries: ids.map(entryOf) }
    },
    ready: (ids: readonly string[], digest: string, attempt = 1): Message<'ready'> => {
      return { type: 'ready', mergeId, call, attempt, roster: rosterOf(ids), digest }
    },
    vote: (from: string, ids: readonly string[], digest: string, attempt = 1): Message<'result'> => {
      const claim = { mergeId, call, roster: rosterOf(ids), digest }
      const signature = signaturesOf(from).sign(
        resultBytes({ ...claim, run: RUN, rule: 'mean', weighting: 'uniform' }),
      )
      return { type: 'result', attempt, ...claim, signature }
    },
  }
}

/** One machine, with everyone else played by hand. Its own digests are those of its letter. */
export const machineOf = (self: string, config: Partial<MergeConfig> = {}) => {
  const claims = new Map<string, string>()
  const machine = reduceScatter.create({
    ...{ self, run: RUN, period: 1, timing: () => timing, chunks: 4, chunkBytes: 16, weighting: 'uniform' },
    ...{ rule: { name: 'mean', linear: true }, mayCall: () => true, random: createRandom('by hand', self) },
    signatures: signaturesOf(self),
    claim(slot, value) {
      const said = claims.get(slot) ?? value
      claims.set(slot, said)
      return said === value
    },
    ...config,
  })
  const said: MergeMessage[] = []
  const effects: MergeEffect[] = []
  const handle = (event: MergeEvent, nowMs = 0): MergeEffect[] => {
    const asked = machine.handle(event, nowMs)
    for (const effect of asked) {
      effects.push(effect)
      if (effect.type === 'broadcast') said.push(effect.message)
    }
    return asked
  }
  const hear = (from: string, message: MergeMessage, nowMs = 0): MergeEffect[] =>
    handle({ type: 'message', from, message }, nowMs)
  const freeze = (nowMs = 0): MergeEffect[] =>
    handle({ type: 'frozen', digest: digestOf(self), samples: 1 }, nowMs)
  const of = <Type extends MergeEffect['type']>(type: Type, from: readonly MergeEffect[] = effects) =>
    from.filter((effect): effect is EffectOf<Type> => effect.type === type)
  const saidOf = <Type extends MergeMessage['type']>(type: Type) =>
    said.filter((message): message is Message<Type> => message.type === type)

  /** Answers every fetch truly, except from the silent, until nothing more is asked. */
  const settle = (nowMs = 0, { silent = [] as readonly string[] } = {}): void => {
    const open = effects.filter((effect) => effect.type === 'fetch' && !answered.has(effect))
    if (open.length === 0) return
    for (const effect of open) {
      if (effect.type !== 'fetch') continue
      answered.add(effect)
      const { fetch } = effect
      const isSilent = silent.includes(fetch.from)
      const arrived = 'chunks' in fetch && !isSilent ? fetch.chunks : []
      handle(
        { type: 'fetched', fetched: { fetch, arrived, ...(isSilent ? { problem: 'unreachable' } : {}) } },
        nowMs,
      )
    }
    settle(nowMs, { silent })
  }
  const answered = new Set<MergeEffect>()

  return { machine, claims, said, effects, handle, hear, freeze, of, saidOf, settle }
}

export type HandFed = ReturnType<typeof machineOf>

/** Everybody answers all that was ever asked, but has no average yet. */
export const giveNoAverages = ({ of, handle }: HandFed, nowMs: number): void => {
  for (const { fetch } of of('fetch')) {
    const isAverage = fetch.what === 'reduced'
    const arrived = !isAverage && 'chunks' in fetch ? fetch.chunks : []
    const problem = isAverage ? ({ problem: 'none' } as const) : {}
    handle({ type: 'fetched', fetched: { fetch, arrived, ...problem } }, nowMs)
  }
}

/** Up to the exchange: all have committed and want everyone's model. */
export const exchanging = (self: string, members: readonly string[], config: Partial<MergeConfig> = {}) => {
  const fed = machineOf(self, config)
  const words = wordsOf(members)
  const others = members.filter((id) => id !== self)
  fed.handle({ type: 'call', members })
  fed.freeze()
  for (const id of others) fed.hear(id, words.commitment(id))
  for (const id of others) fed.hear(id, words.roster(members))
  return { ...fed, words, others }
}

/** Up to `ready`: it has averaged, read and verified. */
export const ready = (self: string, members: readonly string[], config: Partial<MergeConfig> = {}) => {
  const fed = exchanging(self, members, config)
  fed.settle()
  fed.handle({ type: 'checked', bad: [] })
  fed.settle()
  for (const { chunk } of fed.of('judge'))
    fed.handle({ type: 'judged', chunk, wrong: false, falseSketches: [] })
  fed.handle({ type: 'assembled', digest: digestOf('f') })
  return fed
}
