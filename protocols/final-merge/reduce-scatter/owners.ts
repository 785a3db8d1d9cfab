import { hash32 } from '../../random.js'

/** Who averages which chunk. */
export interface Owners {
  /** Sorted indices of the chunks that are this member's to average. */
  chunksOf(id: string): readonly number[]
  /** Whom to ask for an averaged chunk, the owner first, then the next in rendezvous order. */
  candidates(chunk: number): readonly string[]
  /**
   * Who vouches for the owner's own piece of a chunk: holds it, and sketches it for the others. The owner itself could
   * bend its sketch together with the average. Undefined in a merge of one.
   */
  witness(chunk: number): string | undefined
}

/**
 * Rendezvous hashing (Thaler and Ravishankar 1998): a chunk goes to the member with the highest hash of both. When a
 * member is gone, the chunks of the others mostly stay where they are. With bounded loads (Mirrokni, Thorup and
 * Zadimoghaddam 2018): nobody owns more than its share rounded up, or the busiest peer would send twice its share.
 * @param members sorted; at least one.
 * @param salt so that not the same members are asked for the same chunks in every merge.
 */
export const createOwners = ({
  members,
  chunks,
  salt,
}: {
  readonly members: readonly string[]
  readonly chunks: number
  readonly salt: string
}): Owners => {
  const share = Math.ceil(chunks / members.length)
  const owned = new Map<string, number[]>(members.map((id) => [id, []]))
  const orders: (readonly string[])[] = []
  for (let chunk = 0; chunk < chunks; chunk++) {
    const ranked = rank(members, `${salt} ${chunk}`)
    const owner = ranked.find((id) => owned.get(id)!.length < share)!
    owned.get(owner)!.push(chunk)
    orders.push([owner, ...ranked.filter((id) => id !== owner)])
  }
  return {
    chunksOf: (id) => owned.get(id) ?? [],
    candidates: (chunk) => orders[chunk]!,
    witness: (chunk) => orders[chunk]![1],
  }
}

const rank = (members: readonly string[], key: string): readonly string[] =>
  members
    .map((id) => ({ id, score: hash32(`${key} ${id}`) }))
    .sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1))
    .map(({ id }) => id)
