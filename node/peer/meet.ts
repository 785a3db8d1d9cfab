import type { Network, PullModel } from '../network/index.js'
import type { Learner } from './learner.js'
import type { PeerReport } from './reports.js'
import type { RollCall } from './roll-call.js'

export interface MeetDeps {
  readonly network: Pick<Network, 'dial'>
  readonly rollCall: RollCall
  readonly learner: Pick<Learner, 'dispatch'>
  readonly pull: PullModel
  /** Multiaddrs of members to contact first. */
  readonly dial: readonly string[]
  readonly signal: AbortSignal
  readonly onReport: (report: PeerReport) => void
}

/**
 * Meets the others once this peer can learn: takes up those who came while the trainer started, contacts the members
 * whose addresses were given and hears how far they are, and announces this peer.
 * @throws NetworkError of a dial; the signal's reason
 */
export const meet = async (deps: MeetDeps): Promise<void> => {
  const { network, rollCall, learner, pull, signal, onReport } = deps
  signal.throwIfAborted()
  for (const { id, name } of rollCall.records) onReport({ type: 'member', id, name, change: 'joined' })
  learner.dispatch({ type: 'members', members: rollCall.members })
  for (const id of rollCall.members) {
    const head = rollCall.headOf(id)
    if (head) learner.dispatch({ type: 'head', from: id, head })
  }
  for (const address of deps.dial) {
    const from = await network.dial(address)
    // How far the run is, before this peer decides whether it is late.
    const snapshot = await pull({ from, newerThan: -1, signal }).catch(() => null)
    signal.throwIfAborted()
    if (snapshot) rollCall.heardHead(from, snapshot.head)
  }
  rollCall.announce()
}
