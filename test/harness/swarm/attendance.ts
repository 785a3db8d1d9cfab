import type { Agenda } from '../world/agenda.js'
import type { Comings, Incident } from '../world/churn.js'
import type { SimulatedPeer } from './peer.js'
import type { Views } from './views.js'

/** Who is there. Carries out what the scenario says of coming and going. */
export interface Attendance {
  /** Peers that are there. */
  readonly alive: number
  /** Of these, those with rounds to do. */
  readonly unfinished: number
  /** Scheduled incidents that have not happened yet. */
  readonly scheduledLeft: number
  /** Rounds done by those that are there, together. */
  readonly roundSum: number
  /** Those that begin together come. */
  open(): readonly SimulatedPeer[]
  /** So many rounds are done by a peer, itself or by the one it took over from. */
  reached(peer: SimulatedPeer, round: number): void
  finished(peer: SimulatedPeer): void
  /** Nobody goes by the rates any more; what is scheduled still happens. */
  endChurn(): void
}

export interface AttendanceHooks {
  readonly note: (peer: SimulatedPeer, text: string) => void
  /** The peer has come, or has gone. */
  readonly attends: (peer: SimulatedPeer) => void
  /** Tells everyone who the members are now. */
  readonly membersChanged: () => void
  /** A fresh process: its optimizer's state is gone, and with its disk its model too. */
  readonly restart: (peer: SimulatedPeer, state: 'kept' | 'lost') => void
  /** Begins to train; `late` ones catch up with the others first. */
  readonly begin: (peer: SimulatedPeer, late: boolean) => void
}

export const createAttendance = ({
  agenda,
  comings,
  peers,
  views,
  memberMs,
  hooks,
}: {
  readonly agenda: Agenda
  readonly comings: Comings
  readonly peers: readonly SimulatedPeer[]
  readonly views: Views
  /** Of silence, until the others drop a member. */
  readonly memberMs: number
  readonly hooks: AttendanceHooks
}): Attendance => {
  let scheduledLeft = comings.scheduled.length
  let alive = 0
  let unfinished = 0
  let roundSum = 0
  let churnEnded = false

  const appear = (peer: SimulatedPeer): void => {
    peer.alive = true
    peer.finished = false
    alive += 1
    unfinished += 1
    roundSum += peer.round
    hooks.attends(peer)
    views.set(peer.index, true)
    planGoing(peer)
  }

  const disappear = (peer: SimulatedPeer): void => {
    peer.alive = false
    hooks.attends(peer)
    alive -= 1
    if (!peer.finished) unfinished -= 1
    roundSum -= peer.round
  }

  const forget = (peer: SimulatedPeer): void => {
    views.set(peer.index, false)
    hooks.membersChanged()
  }

  const strike = ({ peer: index, does, state }: Incident): void => {
    const peer = peers[index]!
    const comes = does === 'join' || does === 'restart'
    // Two incidents may come to the same: a crash of someone who has left changes nothing.
    if (comes === peer.alive) return
    hooks.note(peer, does === 'restart' ? `restarts, state ${state}` : WORDS[does])
    if (comes) {
      if (does === 'restart') hooks.restart(peer, state)
      appear(peer)
      hooks.membersChanged()
      return hooks.begin(peer, does === 'join' || state === 'lost')
    }
    disappear(peer)
    if (does === 'leave') return forget(peer)
    const { incarnation } = peer
    agenda.plan(memberMs, () => {
      if (!peer.alive && peer.incarnation === incarnation && views.has(index)) forget(peer)
    })
  }

  /** By the rates. Nobody goes any more once all rounds are done, or the merge has begun. */
  const planGoing = (peer: SimulatedPeer): void => {
    const going = comings.nextGoing()
    if (!going) return
    const { incarnation } = peer
    agenda.plan(going.afterMs, () => {
      if (churnEnded || unfinished === 0 || !peer.alive || peer.incarnation !== incarnation) return
      strike({ peer: peer.index, does: going.does, state: 'kept' })
      const coming = comings.nextReturn()
      if (!coming) return
      scheduledLeft += 1
      agenda.plan(coming.afterMs, () => {
        scheduledLeft -= 1
        strike({ peer: peer.index, does: 'restart', state: coming.state })
      })
    })
  }

  for (const { atMs, ...incident } of comings.scheduled) {
    agenda.plan(atMs, () => {
      scheduledLeft -= 1
      strike(incident)
    })
  }

  return {
    get alive() {
      return alive
    },
    get unfinished() {
      return unfinished
    },
    get scheduledLeft() {
      return scheduledLeft
    },
    get roundSum() {
      return roundSum
    },
    open() {
      const present = peers.filter(({ index }) => !comings.latecomers.has(index))
      present.forEach(appear)
      return present
    },
    reached(peer, round) {
      roundSum += round - peer.round
      peer.round = round
    },
    finished(peer) {
      peer.finished = true
      unfinished -= 1
    },
    endChurn() {
      churnEnded = true
    },
  }
}

const WORDS = { join: 'joins', leave: 'leaves', crash: 'crashes' } as const
