import { limits } from '../../limits.js'
import type { Fetched } from '../contract.js'
import { Doubts, FAILURES_TOLD_APART } from './doubts.js'

/** How the members of a roster answer what they are asked, and who of them is lost. */
export class Answers {
  /** Members without whose model there is no average: they do not answer, or not truly. */
  readonly lost = new Set<string>()
  /** Failures of each since something came from it. */
  private readonly misses = new Map<string, number>()
  /** Members who were asked for anything, and those who gave anything. */
  private readonly approached = new Set<string>()
  private readonly givers = new Set<string>()
  private advanced = false
  /** Failed since the last tick. */
  private readonly paused = new Set<string>()
  /** Others go on without them. */
  private readonly doubts = new Doubts()

  /** It is being asked for something. */
  approach(id: string): void {
    this.approached.add(id)
  }

  wasAsked(id: string): boolean {
    return this.approached.has(id)
  }

  /** Has failed just now: asked again at once, it would fail for the same reason. */
  isPaused(id: string): boolean {
    return this.paused.has(id)
  }

  fetched(fetched: Fetched): void {
    const { fetch, arrived, problem } = fetched
    const { from, what } = fetch
    if (problem) this.paused.add(from)
    if (this.doubts.fetched(fetched)) this.lost.add(from)
    // Slow perhaps, but coming.
    if (problem === undefined || arrived.length > 0) this.gave(from)
    // Without an average it may be there all the same, and only not have got so far.
    if (what !== 'pieces' && what !== 'sketch') return
    if (problem === 'false') this.lost.add(from)
    else if (problem && (what === 'sketch' || arrived.length === 0)) this.miss(from)
  }

  private gave(id: string): void {
    this.misses.delete(id)
    this.givers.add(id)
    this.advanced = true
  }

  private miss(id: string): void {
    const misses = (this.misses.get(id) ?? 0) + 1
    this.misses.set(id, misses)
    if (misses >= limits.mergeFetchTriesMax) this.lost.add(id)
  }

  /** Others go on without this member: is it still there? */
  doubt(id: string): void {
    this.doubts.doubt(id)
  }

  /** It has answered since it was doubted. */
  isThere(id: string): boolean {
    return this.doubts.isThere(id)
  }

  /** Any answer tells, so only where nothing else is asked. */
  isToBeProbed(id: string): boolean {
    return this.doubts.isToBeAsked(id)
  }

  tick(): void {
    this.paused.clear()
    this.doubts.tick()
  }

  /** Whether anything came since this was asked last. */
  takeAdvance(): boolean {
    const { advanced } = this
    this.advanced = false
    return advanced
  }

  /** It fails: once if it has never given anything. */
  isFailing(id: string): boolean {
    return (this.misses.get(id) ?? 0) >= (this.givers.has(id) ? FAILURES_TOLD_APART : 1)
  }
}
