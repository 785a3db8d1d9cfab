/** The least first: by key, then by sequence number. */
export interface Heap<Item> {
  readonly size: number
  push(key: number, sequence: number, item: Item): void
  /** Of the least; the heap must not be empty. */
  top(): Item
  topKey(): number
  drop(): void
}

/** Children of a node. Four make a flatter heap than two, and their keys lie in one cache line. */
const ARITY = 4
const CAPACITY_AT_FIRST = 64

/** A 4-ary heap over flat arrays of keys: comparing touches no objects. */
export const createHeap = <Item>(): Heap<Item> => {
  let keys = new Float64Array(CAPACITY_AT_FIRST)
  let sequences = new Float64Array(CAPACITY_AT_FIRST)
  const items: Item[] = []
  let size = 0

  const grow = (): void => {
    const wider = new Float64Array(2 * size)
    const widerSequences = new Float64Array(2 * size)
    wider.set(keys)
    widerSequences.set(sequences)
    keys = wider
    sequences = widerSequences
  }

  const isBefore = (key: number, sequence: number, other: number): boolean =>
    key < keys[other]! || (key === keys[other] && sequence < sequences[other]!)

  const put = (index: number, key: number, sequence: number, item: Item): void => {
    keys[index] = key
    sequences[index] = sequence
    items[index] = item
  }

  return {
    get size() {
      return size
    },
    push(key, sequence, item) {
      if (size === keys.length) grow()
      let index = size++
      while (index > 0) {
        const parent = Math.floor((index - 1) / ARITY)
        if (!isBefore(key, sequence, parent)) break
        put(index, keys[parent]!, sequences[parent]!, items[parent]!)
        index = parent
      }
      put(index, key, sequence, item)
    },
    top: () => items[0]!,
    topKey: () => keys[0]!,
    drop() {
      size -= 1
      // The last one sinks from the first one's place.
      const key = keys[size]!
      const sequence = sequences[size]!
      const item = items.pop()!
      if (size === 0) return
      let index = 0
      for (;;) {
        const firstChild = index * ARITY + 1
        if (firstChild >= size) break
        let least = firstChild
        const end = Math.min(firstChild + ARITY, size)
        for (let child = firstChild + 1; child < end; child++) {
          if (isBefore(keys[child]!, sequences[child]!, least)) least = child
        }
        if (isBefore(key, sequence, least)) break
        put(index, keys[least]!, sequences[least]!, items[least]!)
        index = least
      }
      put(index, key, sequence, item)
    },
  }
}
