/** Milliseconds that a peer stays once all have the result, for those that were not called, and otherwise at least. Guess. */
const LINGER_MS = { done: 500, silent: 5_000 }
/** Repetitions without a question that are silence: one more than between two questions. */
const ASK_EVERY = 5

/** How long a peer stays after the merge: a member that still reads the result must not lose whom it reads it from. */
export interface Lingering {
  /** A member has asked for something of the merge, or whether there is a result. */
  asked(): void
  /** All members that the merge named have the result. */
  settled(): void
  /**
   * Begins to wait. Resolves when this peer may go: when nobody has asked for a while.
   * @param repeatMs milliseconds between repetitions of words; whoever lacks a result asks with every fourth.
   * @param mostMs milliseconds that it waits at most: whoever asks for ever must not keep it.
   */
  over(times: { readonly repeatMs: number; readonly mostMs: number }): Promise<void>
}

/** Does not keep the process alive: the network does. */
const wait = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms).unref())

export const createLingering = (): Lingering => {
  let askedMs = -Infinity
  const settled = Promise.withResolvers<void>()

  const silence = async (silentMs: number, endMs: number): Promise<void> => {
    const sinceMs = performance.now()
    for (;;) {
      const untilMs = Math.min(Math.max(sinceMs, askedMs) + silentMs, endMs)
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
    over({ repeatMs, mostMs }) {
      const endMs = performance.now() + mostMs
      return Promise.race([
        settled.promise.then(() => silence(LINGER_MS.done, endMs)),
        silence(Math.max(LINGER_MS.silent, ASK_EVERY * repeatMs), endMs),
      ])
    },
  }
}
