import type { PeerResult } from './reports.js'

/** A promise and its ends. */
export const createOutcome = () => {
  const { promise, resolve, reject } = Promise.withResolvers<PeerResult>()
  // Whoever waits for it sees the rejection; nobody has to.
  promise.catch(() => {})
  return { promise, resolve, reject }
}
