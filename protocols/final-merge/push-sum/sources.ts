import { limits } from '../../limits.js'
import type { ParcelLabel } from './messages.js'
import type { PushSumTiming } from './timing.js'

/** From whom a peer takes mass: what they offer, what it has, and whom it asks next. */
export interface Sources {
  add(id: string, nowMs: number): void
  /** It has told up to which version one may take. */
  hear(id: string, offers: number): void
  /** Those to ask now, which are being asked from here on, and the version one has of each. */
  ask(): readonly { readonly from: string; readonly newerThan: number }[]
  /** A pull has ended without a running sum. */
  ended(id: string, answered: boolean): void
  /** A running sum has come. What to do with it; undefined when it must not be taken. */
  take(id: string, label: ParcelLabel, nowMs: number): 'difference' | 'whole' | undefined
  /** Those that failed may be asked again. */
  forgive(): void
  /** A split has been made: what was taken before does not count for the next one. */
  startOver(): void
  readonly hasTaken: boolean
  /** Somebody that usually brings something has not yet. */
  isWaiting(nowMs: number): boolean
  /** The newest version taken; null before any answer. */
  taken(id: string): number | null
  /** Gone. Returns the weight that ever came from it. */
  leave(id: string): number
}

interface Source {
  offers: number
  taken: number
  /** The segment that was taken last, and its weight then. */
  segment: number
  weight: number
  received: number
  hasAnswered: boolean
  isAsked: boolean
  hasFailed: boolean
  isNew: boolean
  lastMs: number
}

export const createSources = ({ lagMs }: PushSumTiming): Sources => {
  const sources = new Map<string, Source>()
  const all = (): Source[] => [...sources.values()]

  return {
    add(id, nowMs) {
      if (sources.has(id)) return
      const nothing = { offers: 0, taken: 0, segment: 0, weight: 0, received: 0, lastMs: nowMs }
      sources.set(id, { ...nothing, hasAnswered: false, isAsked: false, hasFailed: false, isNew: false })
    },
    hear(id, offers) {
      const source = sources.get(id)
      if (source && offers > source.offers) source.offers = offers
    },
    ask() {
      let asked = all().filter(({ isAsked }) => isAsked).length
      return [...sources].flatMap(([from, source]) => {
        const { hasAnswered, offers, taken } = source
        // Before the first answer there is nothing to take: the pull shows that pulls work.
        const wanted = !hasAnswered || offers > taken
        if (!wanted || source.isAsked || source.hasFailed || asked >= limits.mergePullsMax) return []
        asked += 1
        source.isAsked = true
        return [{ from, newerThan: taken }]
      })
    },
    ended(id, answered) {
      const source = sources.get(id)
      if (!source) return
      source.isAsked = false
      // Nothing, although it offers something, is a failure too: asking at once would go round for ever.
      source.hasFailed = true
      source.hasAnswered ||= answered
    },
    take(id, label, nowMs) {
      const source = sources.get(id)
      if (!source) return undefined
      source.isAsked = false
      source.hasAnswered = true
      const how = howToTake(source, label)
      if (!how) {
        source.hasFailed = true
        return undefined
      }
      source.received += label.weight - (how === 'whole' ? 0 : source.weight)
      const { segment, version, weight } = label
      Object.assign(source, { segment, taken: version, weight, isNew: true, lastMs: nowMs })
      return how
    },
    forgive() {
      for (const source of all()) source.hasFailed = false
    },
    startOver() {
      for (const source of all()) source.isNew = false
    },
    get hasTaken() {
      return all().some(({ isNew }) => isNew)
    },
    isWaiting: (nowMs) => all().some(({ isNew, lastMs }) => !isNew && nowMs - lastMs < lagMs),
    taken(id) {
      const source = sources.get(id)
      return source?.hasAnswered ? source.taken : null
    },
    leave(id) {
      const received = sources.get(id)?.received ?? 0
      sources.delete(id)
      return received
    },
  }
}

/** Old and repeated running sums are not taken, nor is a segment whose predecessor is not complete yet. */
const howToTake = (source: Source, label: ParcelLabel): 'difference' | 'whole' | undefined => {
  const { segment, after, version, weight } = label
  if (!(version > source.taken) || !Number.isFinite(weight)) return undefined
  if (segment === source.segment) return weight >= source.weight ? 'difference' : undefined
  return segment > source.segment && after === source.taken && weight >= 0 ? 'whole' : undefined
}
