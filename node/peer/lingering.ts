/**
 * Milliseconds that a peer stays after the merge to answer those that are not done: once all are; since somebody asked last; and at
 * most, since whoever asks for ever must not keep it. Guess: a slow link needs 40 s for 40 MB.
 */
const LINGER_MS = { done: 500, silent: 5_000, most: 120_000 }

/** How long a peer stays after the merge: a member that still reads the result must not lose whom it reads it from. */
export interface Lingering {
  /** A member has asked for something of the merge. */
  asked(): void
  /** All members that the merge named have the result. */
  settled(): void
  /** Begins to wait. Resolves when this peer may go. */
  over(): Promise<void>
}

/** Does not keep the process alive: the network does. */
const wait = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms).unref())

export const createLingering = (): Lingering => {
  let askedMs = -Infinity
  const settled = Promise.withResolvers<void>()

  const silence = async (sinceMs: number): Promise<void> => {
    for (;;) {
      const untilMs = Math.min(Math.max(sinceMs, askedMs) + LINGER_MS.silent, sinceMs + LINGER_MS.most)
      const leftMs = untilMs - performance.now()
      if (leftMs <= 0) return
      await wait(leftMs)
    }
  }

  return {
    asked() {
      askedMs = performance.now()
    },
    settled: () => settled.resolve(),
    over: () => Promise.race([settled.promise.then(() => wait(LINGER_MS.done)), silence(performance.now())]),
  }
}
