import { limits } from '../limits.js'
import type { Held } from './contract.js'

/** The models that a reader remembers as others sent them: the last one of each sender, of the last few senders. */
export interface Holdings {
  of(sender: string): Held | undefined
  keep(sender: string, held: Held): void
  /** What was held was not what the sender meant: the next request says that nothing is. */
  forget(sender: string): void
}

/** @param capacity senders; the one that brought nothing for longest goes first, and will send a whole model again. */
export const createHoldings = (capacity: number = limits.heldModelsMax): Holdings => {
  /** In the order in which they were kept. */
  const bySender = new Map<string, Held>()
  return {
    of: (sender) => bySender.get(sender),
    keep(sender, held) {
      bySender.delete(sender)
      bySender.set(sender, held)
      if (bySender.size <= capacity) return
      const [oldest] = bySender.keys()
      bySender.delete(oldest!)
    },
    forget: (sender) => void bySender.delete(sender),
  }
}
