import { createHeadPace, type HeadPace } from '../../../protocols/gossip-learning/index.js'
import type { Agenda, Planned } from '../world/agenda.js'
import type { SimulatedPeer } from './peer.js'

interface Pacing {
  readonly incarnation: number
  readonly pace: HeadPace
  planned: Planned | undefined
}

/**
 * Announces what peers publish no oftener than real ones do, in virtual time.
 * @param announce tells of what the peer has published last.
 * @returns to be called with a peer that has just published.
 */
export const createAnnouncing = ({
  agenda,
  msPerMember,
  membersOf,
  announce,
}: {
  readonly agenda: Agenda
  readonly msPerMember: number
  readonly membersOf: (peer: SimulatedPeer) => number
  readonly announce: (peer: SimulatedPeer) => void
}): ((peer: SimulatedPeer) => void) => {
  const pacings = new Map<number, Pacing>()

  /** Of the present process. */
  const pacingOf = ({ index, incarnation }: SimulatedPeer): Pacing => {
    const known = pacings.get(index)
    if (known?.incarnation === incarnation) return known
    known?.planned?.cancel()
    const fresh = { incarnation, pace: createHeadPace(msPerMember), planned: undefined }
    pacings.set(index, fresh)
    return fresh
  }

  return (peer) => {
    const pacing = pacingOf(peer)
    const now = (): void => {
      pacing.planned?.cancel()
      pacing.planned = undefined
      if (!peer.alive || peer.incarnation !== pacing.incarnation) return
      pacing.pace.announced(peer.published!.head, agenda.nowMs)
      announce(peer)
    }
    const at = { members: membersOf(peer), nowMs: agenda.nowMs }
    const waitMs = pacing.pace.waitMs(peer.published!.head, at)
    if (waitMs <= 0) now()
    else pacing.planned ??= agenda.planWith(waitMs, now)
  }
}
