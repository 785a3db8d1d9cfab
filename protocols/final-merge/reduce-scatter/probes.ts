import { limits } from '../../limits.js'
import type { Fetch, Fetched } from '../contract.js'

/** Questions without an answer: one may be a hiccup of either side. Guess. */
const FAILURES_MAX = 2

interface Probe {
  /** Of the member's frozen model. */
  readonly digest: string
  isAsked: boolean
  failures: number
  /** Failed since the last tick: asked again at once, it would fail for the same reason. */
  isPaused: boolean
}

/**
 * Are members whom others leave out still there? While a roster is agreed on nothing else is asked of them, so nothing
 * else would tell, and those who know of a death would never agree with those who do not.
 */
export class Probes {
  private readonly open = new Map<string, Probe>()
  private readonly doubted = new Set<string>()

  /** @param busy members with a fetch under way. */
  constructor(private readonly busy: Set<string>) {}

  /** Each once. */
  doubt(id: string, digest: string): void {
    if (this.doubted.has(id)) return
    this.doubted.add(id)
    this.open.set(id, { digest, isAsked: false, failures: 0, isPaused: false })
  }

  /** Some have not answered yet. */
  get isOpen(): boolean {
    return this.open.size > 0
  }

  tick(): void {
    for (const probe of this.open.values()) probe.isPaused = false
  }

  next(): readonly { readonly type: 'fetch'; readonly fetch: Fetch }[] {
    const { busy } = this
    const asked = [...this.open]
      .filter(([id, { isPaused }]) => !isPaused && !busy.has(id))
      .slice(0, Math.max(0, limits.mergePullsMax - busy.size))
    return asked.map(([from, probe]) => {
      busy.add(from)
      probe.isAsked = true
      return { type: 'fetch', fetch: { what: 'leaves', from, digest: probe.digest } }
    })
  }

  /** Any answer will do, also to what was asked before it was in doubt. @returns whether the member is gone. */
  fetched({ fetch, problem }: Fetched): boolean {
    const probe = this.open.get(fetch.from)
    // Without an average it may be there all the same, and only not have got so far.
    const isAnswer = problem === undefined || (fetch.what === 'reduced' && problem === 'none')
    if (isAnswer) this.open.delete(fetch.from)
    if (isAnswer || !probe?.isAsked) return false
    probe.isAsked = false
    probe.isPaused = true
    probe.failures += 1
    if (probe.failures < FAILURES_MAX) return false
    return this.open.delete(fetch.from)
  }
}
