import { limits } from '../../limits.js'
import type { Fetch, Fetched } from '../contract.js'

/**
 * Are members whom others leave out still there? While a roster is agreed on nothing else is asked of them, so nothing
 * else would tell, and those who know of a death would never agree with those who do not.
 */
export class Probes {
  /** Digests of the frozen models of those in doubt, by id. */
  private readonly open = new Map<string, string>()
  private readonly doubted = new Set<string>()

  /** @param busy members with a fetch under way: its end tells as much. */
  constructor(private readonly busy: Set<string>) {}

  /** Each once. */
  doubt(id: string, digest: string): void {
    if (this.doubted.has(id)) return
    this.doubted.add(id)
    this.open.set(id, digest)
  }

  /** Some have not answered yet. */
  get isOpen(): boolean {
    return this.open.size > 0
  }

  next(): readonly { readonly type: 'fetch'; readonly fetch: Fetch }[] {
    const { busy } = this
    const asked = [...this.open]
      .filter(([id]) => !busy.has(id))
      .slice(0, Math.max(0, limits.mergePullsMax - busy.size))
    for (const [id] of asked) busy.add(id)
    return asked.map(([from, digest]) => ({ type: 'fetch', fetch: { what: 'leaves', from, digest } }))
  }

  /** @returns whether the member is gone. */
  fetched({ fetch, problem }: Fetched): boolean {
    const isAnswer = this.open.delete(fetch.from)
    // Without an average it may be there all the same, and only not have got so far.
    return isAnswer && problem !== undefined && !(fetch.what === 'reduced' && problem === 'none')
  }
}
