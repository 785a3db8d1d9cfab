import { hash32 } from '../../random.js'

export interface Suspects {
  /** By id of each member that others leave out: who does. */
  readonly by: ReadonlyMap<string, readonly string[]>
  /** How many may be dropped. */
  readonly room: number
  /** The same for all who decide. */
  readonly salt: string
}

/**
 * Whom to go on without, of those whom others leave out: first the one that most leave out, by lot among equals. What a
 * dropped one says counts no more, so of two that leave each other out one stays.
 * @returns at most `room` of the suspects, in the order in which they are dropped.
 */
export const droppedOf = ({ by, room, salt }: Suspects): readonly string[] => {
  const dropped: string[] = []
  while (dropped.length < room) {
    const counted = [...by]
      .filter(([id]) => !dropped.includes(id))
      .map(([id, ids]) => ({ id, count: ids.filter((other) => !dropped.includes(other)).length }))
      .filter(({ count }) => count > 0)
      .sort((a, b) => b.count - a.count || lot(salt, b.id) - lot(salt, a.id) || (a.id < b.id ? -1 : 1))
    if (counted.length === 0) break
    dropped.push(counted[0]!.id)
  }
  return dropped
}

const lot = (salt: string, id: string): number => hash32(`${salt} ${id}`)
