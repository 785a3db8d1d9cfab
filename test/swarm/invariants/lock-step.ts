import { perIncarnation, violated, type Invariant } from './contract.js'

/**
 * Mode rounds waits for all neighbours, and for nobody who answered or is gone. Held for everyone asked in each round:
 * a peer that waits misses someone; and where nothing is lost or cut and nobody comes or goes, a round without a
 * deadline or a request in vain mixes all neighbours, except those that missed the last deadline and were silent since.
 */
export const lockStep: Invariant = {
  name: 'lock-step',
  watch(watched) {
    const { scenario, world, topology, peers } = watched
    if (scenario.mode !== 'rounds') return {}
    const { events, rates } = world.churn
    const incidents = events.length + rates.crashesPerMinute + rates.leavesPerMinute
    const quiet =
      scenario.schedule === 'every:1' && world.links.loss === 0 && world.partitions.length + incidents === 0
    const memories = perIncarnation(() => ({
      neighbours: [] as readonly string[],
      /** Of these, who has neither answered nor gone. More than the engine waits for, never less. */
      missing: new Set<string>(),
      /** Whom it has asked since it trained: what a request of an earlier round brings is no answer in this one. */
      asked: new Set<string>(),
      silent: new Set<string>(),
      exempt: new Set<string>(),
      newest: new Map<string, number>(),
      excused: false,
      frozen: false,
    }))
    return {
      handled(peer, event, effects) {
        const memory = memories(peer)
        const { round } = peer.engine.state
        switch (event.type) {
          case 'trained':
            memory.neighbours = topology.neighbours({ members: watched.viewOf(peer), self: peer.id, round })
            memory.missing = new Set(memory.neighbours)
            memory.asked = new Set()
            memory.exempt = new Set(memory.silent)
            memory.excused = memory.frozen
            break
          case 'head':
          case 'pulled':
            if (event.head.version > (memory.newest.get(event.from) ?? 0)) {
              memory.newest.set(event.from, event.head.version)
              memory.silent.delete(event.from)
            }
            if (event.type === 'pulled' && event.head.round >= round) memory.missing.delete(event.from)
            break
          case 'pullEnded':
            if (memory.asked.delete(event.from)) memory.missing.delete(event.from)
            memory.excused = true
            break
          case 'members':
            for (const id of memory.missing) if (!event.members.includes(id)) memory.missing.delete(id)
            break
          case 'deadline':
            for (const id of memory.missing) memory.silent.add(id)
            memory.excused = true
            break
          case 'freeze':
            memory.frozen = true
            break
          case 'start':
          case 'mixed':
          case 'resume':
            break
        }
        for (const effect of effects) {
          if (effect.type === 'pull') memory.asked.add(effect.from)
          if (effect.type !== 'roundEnded' || memory.excused || !quiet) continue
          const left = memory.neighbours.filter(
            (id) => !memory.exempt.has(id) && !effect.mixedFrom.includes(id),
          )
          if (left.length > 0) {
            throw violated(
              'lock-step',
              peer.id,
              `ends round ${round} without mixing its neighbours ${left.join(' ')}`,
            )
          }
        }
      },
      stepped() {
        for (const peer of peers) {
          const { phase, frozen } = peer.engine.state
          if (!peer.alive || frozen || phase !== 'collecting') continue
          if (memories(peer).missing.size > 0) continue
          throw violated('lock-step', peer.id, 'waits, but all its neighbours have answered or gone')
        }
      },
    }
  },
}
