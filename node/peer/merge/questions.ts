import { limits } from '../../../protocols/limits.js'

/** Asks for a result that others have and this peer knows no call for, so that no machine asks by itself. */
export interface Questions {
  /** At once and then ever more rarely, `mergeAsksMax` times, unless it is asking already. */
  begin(): void
  /** Without effect when it does not ask. */
  end(): void
}

/** The wait doubles so often. Guess, and the same for a machine: `ASK_EVERY_MIN`, `ASK_EVERY_MAX` of the reduce-scatter. */
const DOUBLINGS = 4

/** @param firstWaitMs milliseconds between the first two questions: whoever has just spoken does not answer. */
export const createQuestions = (ask: () => void, firstWaitMs: number): Questions => {
  let timer: NodeJS.Timeout | undefined
  const askAfter = (times: number): void => {
    timer = undefined
    if (times === limits.mergeAsksMax) return
    timer = setTimeout(() => askAfter(times + 1), firstWaitMs * 2 ** Math.min(times, DOUBLINGS))
    ask()
  }
  return {
    begin() {
      if (timer === undefined) askAfter(0)
    },
    end() {
      clearTimeout(timer)
      timer = undefined
    },
  }
}
