import { limits } from '../../../protocols/limits.js'
import type { PushSumMessage } from '../../../protocols/wire/index.js'

/**
 * Small messages on their way to neighbours. A few go out at once, one at a time to each; of each kind only the newest
 * waits, because it says all that the older ones did.
 */
export interface Outbox {
  post(to: string, message: PushSumMessage): void
}

/** @param send may reject: the message is lost then, and will be said again. */
export const createOutbox = (
  send: (to: string, message: PushSumMessage) => Promise<void>,
  signal: AbortSignal,
): Outbox => {
  const waiting = new Map<string, Map<PushSumMessage['type'], PushSumMessage>>()
  const busy = new Set<string>()

  const sendAll = async (to: string, messages: Iterable<PushSumMessage>): Promise<void> => {
    try {
      for (const message of messages) await send(to, message)
    } catch {
      // A peer's fault or the network's: counted and reported where it happened.
    }
    busy.delete(to)
    pump()
  }

  const pump = (): void => {
    if (signal.aborted) return waiting.clear()
    for (const [to, messages] of waiting) {
      if (busy.size >= limits.mergePullsMax) return
      if (busy.has(to)) continue
      waiting.delete(to)
      busy.add(to)
      void sendAll(to, messages.values())
    }
  }

  return {
    post(to, message) {
      const messages = waiting.get(to) ?? new Map<PushSumMessage['type'], PushSumMessage>()
      waiting.set(to, messages.set(message.type, message))
      pump()
    },
  }
}
