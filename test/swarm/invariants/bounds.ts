import { limits } from '../../../protocols/limits.js'
import { perIncarnation, violated, type Invariant } from './contract.js'

/** Actions that may be planned per peer and member: its pulls, announcements, copies of them, timers. Guess, from runs. */
const PLANNED_PER_PAIR = 64

/**
 * Inbox, requests in flight and timers stay within `protocols/limits.ts`, and the engine's own count of its pulls is
 * what it asked for and has not been answered: no place is lost or given twice.
 */
export const bounds: Invariant = {
  name: 'bounds',
  watch(watched) {
    const pullsOf = perIncarnation(() => new Set<string>())
    return {
      handled(peer, event, effects) {
        const pulls = pullsOf(peer)
        if (event.type === 'pulled' || event.type === 'pullEnded') {
          if (!pulls.delete(event.from))
            throw violated('bounds', peer.id, `hears of a pull from ${event.from} that ended before`)
        }
        for (const effect of effects) {
          if (effect.type !== 'pull') continue
          if (effect.from === peer.id) throw violated('bounds', peer.id, 'pulls from itself')
          if (pulls.has(effect.from))
            throw violated('bounds', peer.id, `pulls twice at a time from ${effect.from}`)
          pulls.add(effect.from)
        }
        const { inboxSize, pullsUnderWay } = peer.engine.state
        if (pulls.size > limits.pullsMax)
          throw violated('bounds', peer.id, `has ${pulls.size} pulls under way`)
        if (inboxSize > limits.inboxSnapshotsMax)
          throw violated('bounds', peer.id, `keeps ${inboxSize} snapshots`)
        if (pullsUnderWay !== pulls.size) {
          throw violated(
            'bounds',
            peer.id,
            `counts ${pullsUnderWay} pulls under way, where ${pulls.size} are`,
          )
        }
      },
      stepped() {
        const { length } = watched.peers
        const most = PLANNED_PER_PAIR * length * (length + 1)
        if (watched.planned > most)
          throw violated('bounds', 'the swarm', `has ${watched.planned} actions planned`)
      },
    }
  },
}
