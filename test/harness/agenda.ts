/** Virtual time: what is due, ordered by time, ties by the order in which it was planned. */
export interface Agenda {
  readonly nowMs: number
  readonly size: number
  /** Plans an action `afterMs` from now. Returns a function that cancels it. */
  plan(afterMs: number, action: () => void): () => void
  /** Does the next action and moves the clock to it. False when nothing is planned. */
  step(): boolean
}

interface Item {
  readonly atMs: number
  readonly sequence: number
  action: (() => void) | undefined
}

export const createAgenda = (): Agenda => {
  const heap: Item[] = []
  let nowMs = 0
  let sequence = 0
  return {
    get nowMs() {
      return nowMs
    },
    get size() {
      return heap.length
    },
    plan(afterMs, action) {
      const item: Item = { atMs: nowMs + Math.max(0, afterMs), sequence: sequence++, action }
      push(heap, item)
      // A cancelled item stays in the heap until its time comes: removing it would cost a search.
      return () => void (item.action = undefined)
    },
    step() {
      for (;;) {
        const item = pop(heap)
        if (!item) return false
        if (!item.action) continue
        nowMs = item.atMs
        item.action()
        return true
      }
    },
  }
}

const before = (a: Item, b: Item): boolean =>
  a.atMs < b.atMs || (a.atMs === b.atMs && a.sequence < b.sequence)

const push = (heap: Item[], item: Item): void => {
  let index = heap.push(item) - 1
  while (index > 0) {
    const parent = (index - 1) >> 1
    if (!before(item, heap[parent]!)) break
    heap[index] = heap[parent]!
    index = parent
  }
  heap[index] = item
}

const pop = (heap: Item[]): Item | undefined => {
  const first = heap[0]
  const last = heap.pop()
  if (heap.length === 0 || last === undefined) return first
  let index = 0
  for (;;) {
    const left = 2 * index + 1
    if (left >= heap.length) break
    const right = left + 1
    const child = right < heap.length && before(heap[right]!, heap[left]!) ? right : left
    if (!before(heap[child]!, last)) break
    heap[index] = heap[child]!
    index = child
  }
  heap[index] = last
  return first
}
