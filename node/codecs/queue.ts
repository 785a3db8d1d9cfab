/**
 * What waits for the thread. Decoding comes first, since a pull of this peer's own waits for it; encoding, which others
 * ask for, comes when nothing is to be decoded. Each kind in the order in which it was asked for.
 */
export interface CodingQueue<Job> {
  push(kind: 'decode' | 'encode', job: Job): void
  /** Takes the one that is next. */
  next(): Job | undefined
  /** @returns whether it was still waiting. */
  remove(job: Job): boolean
  /** Takes all. */
  drain(): readonly Job[]
}

export const createCodingQueue = <Job>(): CodingQueue<Job> => {
  const waiting = { decode: new Set<Job>(), encode: new Set<Job>() }
  const take = (jobs: Set<Job>): Job | undefined => {
    for (const job of jobs) {
      jobs.delete(job)
      return job
    }
    return undefined
  }
  return {
    push: (kind, job) => void waiting[kind].add(job),
    next: () => take(waiting.decode) ?? take(waiting.encode),
    remove: (job) => Object.values(waiting).some((jobs) => jobs.delete(job)),
    drain() {
      const jobs = [...waiting.decode, ...waiting.encode]
      for (const set of Object.values(waiting)) set.clear()
      return jobs
    },
  }
}
