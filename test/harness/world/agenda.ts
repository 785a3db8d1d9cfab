import { createHeap } from './heap.js'

/** Virtual time: what is due, ordered by time, ties by the order in which it was planned. */
export interface Agenda {
  readonly nowMs: number
  /** Actions that are planned, cancelled ones among them until their time comes. */
  readonly size: number
  /** Plans an action `afterMs` from now. */
  plan(afterMs: number, action: Action): void
  /**
   * Plans an action that can be called off, or that needs something from outside virtual time first: a result that a
   * thread is still computing. Virtual time does not pass that point before it is there.
   */
  planWith(afterMs: number, action: () => void, ready?: Promise<unknown>): Planned
  /** What the next action still needs, if anything; `step` must not be called before it has settled. */
  readonly waitsFor: Promise<unknown> | undefined
  /**
   * Does the next action and moves the clock to it. False when nothing is planned.
   * @throws what its `ready` was rejected with.
   */
  step(): boolean
}

export interface Planned {
  cancel(): void
}

/** What is done at its time: a function, or an object where millions of them are planned, which costs less memory. */
export type Action = (() => void) | { run(): void }

/** A planned action with more to it. */
class Entry implements Planned {
  failure: { readonly reason: unknown } | undefined
  constructor(
    public action: (() => void) | undefined,
    public waitsFor: Promise<unknown> | undefined,
  ) {}
  cancel(): void {
    this.action = undefined
  }
  run(): void {
    if (this.failure) throw this.failure.reason
    this.action!()
  }
}

/**
 * Virtual milliseconds that one slot holds. Only speed depends on it: in a swarm of thousands a slot's actions are
 * hundreds to thousands, few enough for a heap that stays in the processor's cache.
 */
const SLOT_MS = 1 / 16

/** What is planned for one slot of time, in the order of planning. */
class Slot {
  readonly times: number[] = []
  readonly actions: Action[] = []
}

/**
 * A calendar: actions wait in slots, in no order, and are put in order when their slot's time comes. One heap over all
 * of them would be simpler, but with a hundred thousand messages under way each step down it misses the cache.
 */
export const createAgenda = (): Agenda => {
  /** Slots that lie ahead, by number. */
  const slots = new Map<number, Slot>()
  /** Their numbers. */
  const ahead = createHeap<undefined>()
  /** The slot whose time it is, in order. */
  const current = createHeap<Action>()
  let currentSlot = -1
  /** Of the present slot: whatever was planned for it while it lay ahead came before what is planned for it now. */
  let sequence = 0
  let size = 0
  let nowMs = 0

  const push = (atMs: number, action: Action): void => {
    size += 1
    const number = Math.floor(atMs / SLOT_MS)
    if (number <= currentSlot) return current.push(atMs, sequence++, action)
    let slot = slots.get(number)
    if (!slot) {
      slots.set(number, (slot = new Slot()))
      ahead.push(number, 0, undefined)
    }
    slot.times.push(atMs)
    slot.actions.push(action)
  }

  /** The next action that has not been cancelled, if any, is on top of the heap afterwards. */
  const settle = (): void => {
    for (;;) {
      while (current.size > 0) {
        const first = current.top()
        if (!(first instanceof Entry) || first.action) return
        current.drop()
        size -= 1
      }
      if (ahead.size === 0) return
      currentSlot = ahead.topKey()
      ahead.drop()
      const { times, actions } = slots.get(currentSlot)!
      slots.delete(currentSlot)
      for (sequence = 0; sequence < times.length; sequence++) {
        current.push(times[sequence]!, sequence, actions[sequence]!)
      }
    }
  }

  return {
    get nowMs() {
      return nowMs
    },
    get size() {
      return size
    },
    plan(afterMs, action) {
      push(nowMs + (afterMs > 0 ? afterMs : 0), action)
    },
    planWith(afterMs, action, ready) {
      const entry = new Entry(action, ready)
      ready?.then(
        () => (entry.waitsFor = undefined),
        (reason: unknown) => {
          entry.failure = { reason }
          entry.waitsFor = undefined
        },
      )
      push(nowMs + (afterMs > 0 ? afterMs : 0), entry)
      return entry
    },
    get waitsFor() {
      settle()
      const first = current.size > 0 ? current.top() : undefined
      return first instanceof Entry ? first.waitsFor : undefined
    },
    step() {
      settle()
      if (current.size === 0) return false
      const first = current.top()
      if (first instanceof Entry && first.waitsFor) {
        throw new Error('the next action waits for a result; wait for `waitsFor` before the next step')
      }
      nowMs = current.topKey()
      current.drop()
      size -= 1
      if (typeof first === 'function') first()
      else first.run()
      return true
    },
  }
}
