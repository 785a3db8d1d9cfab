import type { Network } from '../network/index.js'

/** Connections that a peer keeps up on its own, so that gossip has more than one way round. Guess. */
const CONNECTIONS_WANTED = 8
/** Milliseconds until a peer that could not be reached is dialled again; doubled by each further failure. Guess. */
const REDIAL_AFTER_MS = { first: 1_000, most: 60_000 }
/** Failed dials after which a peer is given up: some ten minutes. Guess. */
const FAILURES_MAX = 14

export interface ConnectionsDeps {
  readonly network: Pick<Network, 'peerId' | 'dial' | 'connectedPeers'>
  readonly signal: AbortSignal
  readonly nowMs: () => number
  /** A peer has failed to answer for so long that it need not be remembered. */
  readonly onGivenUp: (id: string) => void
}

/** Keeps this peer connected to enough others. One dial per peer at a time, and ever fewer to those that do not answer. */
export interface Connections {
  /** Dials the peer unless there are connections enough, or it has just failed to answer. */
  want(id: string): void
  /** Dials the peer at once: whether it answers. */
  answers(id: string): Promise<boolean>
  forget(id: string): void
}

export const createConnections = ({ network, signal, nowMs, onGivenUp }: ConnectionsDeps): Connections => {
  const dialling = new Map<string, Promise<boolean>>()
  const failures = new Map<string, { readonly count: number; readonly againMs: number }>()

  const failed = (id: string): void => {
    const count = (failures.get(id)?.count ?? 0) + 1
    if (count >= FAILURES_MAX) {
      failures.delete(id)
      return onGivenUp(id)
    }
    const waitMs = Math.min(REDIAL_AFTER_MS.first * 2 ** (count - 1), REDIAL_AFTER_MS.most)
    failures.set(id, { count, againMs: nowMs() + waitMs })
  }

  const attempt = async (id: string): Promise<boolean> => {
    try {
      await network.dial(id)
      failures.delete(id)
      return true
    } catch {
      // Which failure it was has been counted and reported where it happened.
      if (!signal.aborted) failed(id)
      return false
    }
  }

  const answers = (id: string): Promise<boolean> => {
    let dial = dialling.get(id)
    if (!dial) {
      dial = attempt(id).finally(() => dialling.delete(id))
      dialling.set(id, dial)
    }
    return dial
  }

  return {
    want(id) {
      if (signal.aborted || id === network.peerId || dialling.has(id)) return
      if (nowMs() < (failures.get(id)?.againMs ?? 0)) return
      const connected = network.connectedPeers()
      if (connected.includes(id) || connected.length + dialling.size >= CONNECTIONS_WANTED) return
      void answers(id)
    },
    answers,
    forget: (id) => void failures.delete(id),
  }
}
