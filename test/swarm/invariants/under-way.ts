import { perIncarnation, violated, type Effect, type Event, type Invariant, type Peer } from './contract.js'

/** What a process has asked for and not been answered yet. */
interface UnderWay {
  started: boolean
  training: boolean
  mixing: boolean
  readonly pulls: Set<string>
  deadlineAtMs: number | undefined
}

/**
 * Every live peer that has rounds to do waits for something that will come: training, a mix, a pull, a deadline. One
 * that is frozen for the final merge waits for that, which `ends` sees to.
 */
export const underWay: Invariant = {
  name: 'under-way',
  watch(watched) {
    const waitsOf = perIncarnation((): UnderWay => ({
      started: false,
      training: false,
      mixing: false,
      pulls: new Set(),
      deadlineAtMs: undefined,
    }))
    const touched = new Set<Peer>()
    return {
      handled(peer, event, effects) {
        touched.add(peer)
        const waits = waitsOf(peer)
        noteEvent(waits, event)
        for (const effect of effects) noteEffect(waits, effect)
      },
      stepped() {
        for (const peer of touched) {
          if (!peer.alive) continue
          const missing = whatIsMissing(peer, waitsOf(peer), watched.nowMs)
          if (missing !== undefined) throw violated('under-way', peer.id, missing)
        }
        touched.clear()
      },
    }
  },
}

const noteEvent = (waits: UnderWay, event: Event): void => {
  switch (event.type) {
    case 'start':
      waits.started = true
      return
    case 'trained':
      waits.training = false
      return
    case 'mixed':
      waits.mixing = false
      return
    case 'pulled':
    case 'pullEnded':
      waits.pulls.delete(event.from)
      return
    case 'deadline':
      waits.deadlineAtMs = undefined
      return
    case 'head':
    case 'members':
    case 'freeze':
    case 'resume':
      return
  }
}

const noteEffect = (waits: UnderWay, effect: Effect): void => {
  switch (effect.type) {
    case 'train':
      waits.training = true
      return
    case 'mix':
      waits.mixing = true
      return
    case 'pull':
      waits.pulls.add(effect.from)
      return
    case 'setDeadline':
      waits.deadlineAtMs = effect.atMs
      return
    case 'clearDeadline':
      waits.deadlineAtMs = undefined
      return
    case 'publish':
    case 'roundEnded':
    case 'finished':
    case 'frozen':
      return
  }
}

const whatIsMissing = (peer: Peer, waits: UnderWay, nowMs: number): string | undefined => {
  const { phase, frozen } = peer.engine.state
  if (frozen) return undefined
  switch (phase) {
    case 'idle':
      return waits.started ? 'was started and does nothing' : undefined
    case 'joining':
      return waits.pulls.size > 0 ? undefined : 'is joining, but pulls from nobody'
    case 'training':
      return waits.training ? undefined : 'is in phase training, but nothing trains'
    case 'mixing':
      return waits.mixing ? undefined : 'is in phase mixing, but nothing is mixed'
    case 'collecting':
      if (waits.deadlineAtMs === undefined) return 'waits for its neighbours without a deadline'
      return waits.deadlineAtMs >= nowMs ? undefined : 'waits for its neighbours beyond its deadline'
    case 'finished':
      return undefined
  }
}
