import { limits } from '../limits.js'
import { hasNews, type Acquaintance } from './acquaintances.js'
import type { GossipEffect } from './events.js'

/**
 * Pulls per partner and round in mode async when the schedule asks for all neighbours. A partner of equal speed
 * publishes once a round; the second pull is for two heads that fall into one round. Faster ones are not chased.
 */
const FRESH_PULLS = 2

/** Whom a peer is asking, and, in mode async, whom it may ask once more. One pull per member at a time. */
export class Pulls<W> {
  underWay = 0
  /** Which choice of partners is the present one, and how often each of them may be asked. */
  private choice = 0
  private asksEach = 0

  /** @param ownVersion what the snapshot will be compared with when it comes. */
  ask(peer: Acquaintance<W>, ownVersion: number): GossipEffect<W>[] {
    if (peer.pullingSince !== undefined || this.underWay >= limits.pullsMax) return []
    peer.pullingSince = ownVersion
    this.underWay += 1
    if (peer.asksLeft > 0) peer.asksLeft -= 1
    return [{ type: 'pull', from: peer.id, newerThan: peer.receivedVersion }]
  }

  /** @returns the own version when the pull began; undefined when none was under way. */
  end(peer: Acquaintance<W>): number | undefined {
    const since = peer.pullingSince
    if (since !== undefined) this.underWay -= 1
    peer.pullingSince = undefined
    return since
  }

  /**
   * A new choice of partners. A snapshot is worth most when it is fresh at the moment it is mixed, at the end of the
   * round. So a partner whose newest snapshot is already here is asked only when its next head comes; one with something
   * new, or one that was not asked for a whole round because no head came, is asked now.
   */
  follow({
    partners,
    isEveryone,
    isWorthAsking,
    ownVersion,
  }: {
    readonly partners: readonly Acquaintance<W>[]
    readonly isEveryone: boolean
    readonly isWorthAsking: (peer: Acquaintance<W>) => boolean
    readonly ownVersion: number
  }): GossipEffect<W>[] {
    const [choiceBefore, asksBefore] = [this.choice, this.asksEach]
    this.choice += 1
    this.asksEach = isEveryone ? FRESH_PULLS : 1
    const pulls: GossipEffect<W>[] = []
    for (const peer of partners) {
      const wasNotAsked = peer.chosenIn === choiceBefore && peer.asksLeft === asksBefore
      peer.chosenIn = this.choice
      peer.asksLeft = this.asksEach
      if (isWorthAsking(peer) || wasNotAsked) pulls.push(...this.ask(peer, ownVersion))
    }
    return pulls
  }

  /** Whether it is a partner that may be asked once more before the next choice. */
  mayAsk(peer: Acquaintance<W>): boolean {
    return peer.chosenIn === this.choice && peer.asksLeft > 0
  }

  /** Whether it may be asked once more, and there is something to ask for. */
  wants(peer: Acquaintance<W>): boolean {
    return this.mayAsk(peer) && hasNews(peer)
  }
}
