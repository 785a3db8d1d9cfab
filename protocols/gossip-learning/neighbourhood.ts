import { createRandom, sampleOf } from '../random.js'
import type { GossipLearningConfig } from './contract.js'
import type { Received } from './inbox.js'

/** Who is chosen to be asked in one round. */
export interface Choice {
  readonly partners: readonly string[]
  /** The schedule wants all neighbours, not some of them. */
  readonly isEveryone: boolean
}

/** The members as a peer sees them, and whom topology and schedule give it to exchange with. */
export class Neighbourhood {
  private members: readonly string[]
  /** The round whose neighbours were last chosen from. */
  private chosenRound = 0

  constructor(
    private readonly config: Pick<GossipLearningConfig, 'self' | 'seed' | 'topology' | 'schedule'>,
  ) {
    this.members = [config.self]
  }

  /** @param members sorted, oneself among them; borrowed, and not changed. */
  update(members: readonly string[]): void {
    this.members = members
  }

  has(id: string): boolean {
    return this.ids().has(id)
  }

  ids(): ReadonlySet<string> {
    return setOf(this.members)
  }

  of(round: number): readonly string[] {
    const { topology, self } = this.config
    return topology.neighbours({ members: this.members, self, round })
  }

  /** What Metropolis-Hastings weights go by: how many are asked in a round, at most. */
  degree(round: number): number {
    return Math.min(this.of(round).length, this.config.schedule.partnersMax(round))
  }

  /**
   * @param turns of a finished peer so far: they take the place of further rounds in the schedule.
   * @param published snapshots so far; with the turns, what makes one choice's random numbers differ from the next's.
   */
  choose({ round, turns, published }: Readonly<Record<'round' | 'turns' | 'published', number>>): Choice {
    const { seed, self, schedule } = this.config
    const random = createRandom(seed, 'partners', self, published, ...(turns > 0 ? [turns] : []))
    this.chosenRound = round
    const candidates = this.of(round)
    const count = schedule.partners(round + turns, random)
    const partners = count >= candidates.length ? candidates : sampleOf(candidates, count, random)
    return { partners, isEveryone: count === Infinity }
  }

  /** What the topology prescribes for these senders; nothing when one of them was not its choice this time. */
  prescribedFor(received: readonly Received<unknown>[]): readonly number[] | undefined {
    const { topology, self } = this.config
    if (!topology.mixingWeights) return undefined
    const asked = { members: this.members, self, round: this.chosenRound }
    const chosen = topology.neighbours(asked)
    const weights = topology.mixingWeights(asked)
    const shares = received.map(({ from }) => weights[chosen.indexOf(from)])
    return shares.every((share) => share !== undefined) ? shares : undefined
  }
}

/** One set per members array, shared by the engines that share the array. */
const sets = new WeakMap<readonly string[], ReadonlySet<string>>()

const setOf = (members: readonly string[]): ReadonlySet<string> => {
  let set = sets.get(members)
  if (!set) sets.set(members, (set = new Set(members)))
  return set
}
