import { SEGMENT_VERSIONS, VERSIONS_BEHIND_MAX, type PushSumTiming } from './timing.js'

/**
 * To whom a peer gives mass. A segment is one running sum: it has the same readers from its first version to its last,
 * so what each of them may take is what was given for it. When they change, and when the sum has grown long, the next
 * split begins a new segment; the old one is kept as long as one of its readers has not taken all of it.
 */
export interface Readers {
  add(id: string): void
  /** It has told what it has taken; from now on it gets mass, since pulls from here reach it. */
  hear(id: string, taken: number, nowMs: number): void
  /** The newest version it may take; 0 while there is none. */
  offersTo(id: string): number
  /** All have told that pulls reach them. */
  readonly areAllThere: boolean
  /** The next split; undefined while nobody would get a part of it. One must end before the next begins. */
  beginSplit(nowMs: number): NextSplit | undefined
  /**
   * @param weight of the running sum, which this split has added one part to.
   * @returns the weight that went to readers which have left meanwhile.
   */
  endSplit(weight: number): number
  /** What one with this version takes next. */
  serve(id: string, version: number): { readonly segment: number; readonly after: number } | undefined
  /** The least version that some reader may yet take; Infinity when all have taken all. */
  readonly leastUntaken: number
  /** Gone: takes nothing any more. Returns the weight that was ever given to it. */
  leave(id: string): number
  /** Gives up those that have been behind for too long. Returns the weight that they may not have taken. */
  writeOff(nowMs: number): number
  /** Segments that nobody will ask for again, each named once. */
  release(): number[]
}

export interface NextSplit {
  readonly segment: number
  readonly version: number
  /** Sorted. */
  readonly readers: readonly string[]
}

interface Segment {
  readonly id: number
  readonly readers: readonly string[]
  /** Splits in it. */
  count: number
  newest: number
  weight: number
}

interface Reader {
  isThere: boolean
  taken: number
  /** The newest version meant for it. */
  until: number
  /** Segments that it has not taken all of, in order, each with what it has taken before it begins with it. */
  line: { readonly segment: Segment; readonly after: number }[]
  /** Versions it has not taken, and the weight of its part in each. */
  untaken: { readonly version: number; readonly weight: number }[]
  given: number
  /** Since when it has taken nothing, although there was something; undefined while there is not. */
  behindSinceMs?: number | undefined
  isWrittenOff: boolean
}

export const createReaders = ({ lagMs, writeOffMs }: PushSumTiming): Readers => {
  const readers = new Map<string, Reader>()
  const closed = new Set<Segment>()
  let current: Segment | undefined
  let under: { readonly next: NextSplit; readonly beganMs: number } | undefined
  let version = 0
  let segments = 0

  const behindMs = ({ behindSinceMs }: Reader, nowMs: number): number => nowMs - (behindSinceMs ?? nowMs)

  const gets = (reader: Reader, nowMs: number): boolean =>
    reader.isThere &&
    !reader.isWrittenOff &&
    reader.untaken.length < VERSIONS_BEHIND_MAX &&
    behindMs(reader, nowMs) < lagMs

  const owes = (segment: Segment): boolean =>
    [...readers.values()].some(({ line }) => line.some((ticket) => ticket.segment === segment))

  const dropTaken = (reader: Reader): void => {
    reader.line = reader.line.filter(({ segment }) => segment.newest > reader.taken)
  }

  const open = (ids: readonly string[]): Segment => {
    if (current) closed.add(current)
    for (const reader of readers.values()) dropTaken(reader)
    current = { id: ++segments, readers: ids, count: 0, newest: version, weight: 0 }
    for (const id of ids) {
      const reader = readers.get(id)!
      reader.line.push({ segment: current, after: reader.until })
    }
    return current
  }

  const isOver = (segment: Segment, ids: readonly string[]): boolean => {
    const same = ids.length === segment.readers.length && ids.every((id, i) => id === segment.readers[i])
    // Two long segments for one slow reader would be one too many to keep.
    return !same || (segment.count >= SEGMENT_VERSIONS && ![...closed].some(owes))
  }

  return {
    add(id) {
      if (readers.has(id)) return
      const fresh = { taken: 0, until: 0, given: 0, line: [], untaken: [] }
      readers.set(id, { ...fresh, isThere: false, isWrittenOff: false })
    },
    hear(id, taken, nowMs) {
      const reader = readers.get(id)
      if (!reader || reader.isWrittenOff || taken > reader.until) return
      reader.isThere = true
      if (taken <= reader.taken) return
      reader.taken = taken
      reader.untaken = reader.untaken.filter(({ version }) => version > taken)
      reader.line = reader.line.filter(({ segment }) => segment === current || segment.newest > taken)
      reader.behindSinceMs = reader.untaken.length > 0 ? nowMs : undefined
    },
    offersTo: (id) => readers.get(id)?.until ?? 0,
    get areAllThere() {
      return [...readers.values()].every(({ isThere }) => isThere)
    },
    beginSplit(nowMs) {
      const ids = [...readers.keys()].filter((id) => gets(readers.get(id)!, nowMs)).sort()
      if (ids.length === 0) return undefined
      const segment = !current || isOver(current, ids) ? open(ids) : current
      const next = { segment: segment.id, version: version + 1, readers: ids }
      under = { next, beganMs: nowMs }
      return next
    },
    endSplit(weight) {
      const segment = current!
      version = under!.next.version
      const part = weight - segment.weight
      let lost = 0
      for (const id of under!.next.readers) {
        const reader = readers.get(id)
        if (!reader) {
          lost += part
          continue
        }
        reader.until = version
        reader.given += part
        reader.untaken.push({ version, weight: part })
        reader.behindSinceMs ??= under!.beganMs
      }
      Object.assign(segment, { count: segment.count + 1, newest: version, weight })
      under = undefined
      return lost
    },
    serve(id, version) {
      const ticket = readers.get(id)?.line.find(({ segment }) => segment.newest > version)
      return ticket && { segment: ticket.segment.id, after: ticket.after }
    },
    get leastUntaken() {
      const least = [...readers.values()].flatMap(({ untaken, isWrittenOff }) =>
        isWrittenOff ? [] : (untaken[0]?.version ?? []),
      )
      return Math.min(...least)
    },
    leave(id) {
      const { given, isWrittenOff, untaken } = readers.get(id) ?? {
        given: 0,
        isWrittenOff: false,
        untaken: [],
      }
      readers.delete(id)
      // What was written off has been counted.
      return isWrittenOff ? given - weightOf(untaken) : given
    },
    writeOff(nowMs) {
      let weight = 0
      for (const reader of readers.values()) {
        if (reader.isWrittenOff || behindMs(reader, nowMs) < writeOffMs) continue
        weight += weightOf(reader.untaken)
        Object.assign(reader, { isWrittenOff: true, line: [] })
      }
      return weight
    },
    release() {
      const done = [...closed].filter((segment) => !owes(segment))
      for (const segment of done) closed.delete(segment)
      return done.map(({ id }) => id)
    },
  }
}

const weightOf = (parts: Reader['untaken']): number => parts.reduce((sum, { weight }) => sum + weight, 0)
