import type { Limits } from '../../protocols/limits.js'
import type { HeadsMessage } from '../../protocols/wire/index.js'

export interface Pace {
  /** Whether a message is newer than all before it and its sender within the rate. Counts it if so. */
  accept(from: string, message: HeadsMessage): boolean
}

interface Sender {
  version: number
  tokens: number
  refilledMs: number
}

/**
 * Lets through what is new and not too frequent on the heads topic: a token bucket per sender that holds one second's
 * worth. Remembers `limits.membersMax` senders, the one heard longest ago is forgotten first.
 */
export const createPace = ({
  limits,
  nowMs,
}: {
  readonly limits: Pick<Limits, 'headsPerSecondMax' | 'membersMax'>
  readonly nowMs: () => number
}): Pace => {
  const senders = new Map<string, Sender>()
  const rate = limits.headsPerSecondMax
  return {
    accept(from, message) {
      const now = nowMs()
      const sender = senders.get(from) ?? { version: -1, tokens: rate, refilledMs: now }
      senders.delete(from)
      senders.set(from, sender)
      if (senders.size > limits.membersMax) senders.delete(senders.keys().next().value!)

      sender.tokens = Math.min(rate, sender.tokens + ((now - sender.refilledMs) / 1000) * rate)
      sender.refilledMs = now
      if (sender.tokens < 1) return false
      sender.tokens -= 1

      if (message.type !== 'head') return true
      if (message.head.version <= sender.version) return false
      sender.version = message.head.version
      return true
    },
  }
}
