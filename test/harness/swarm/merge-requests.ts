import type { Swarm } from './swarm.js'
import type { SimulatedPeer } from './peer.js'

/** Bytes of a request, and of an answer that brings nothing. */
const REQUEST_BYTES = 128

/** What a source hands to whoever asked. */
export interface Answer<T> {
  readonly value: T
  readonly bytes: number
}

/**
 * A request to another peer over the simulated network: ends with the answer, or with undefined at the latest after
 * `timeoutMs`. A source may answer later, by calling `reply` again; only the first answer counts.
 */
export const createRequests = (swarm: Swarm, timeoutMs: number) => {
  const { agenda } = swarm
  return <T>(
    peer: SimulatedPeer,
    source: SimulatedPeer,
    answer: (reply: (answer: Answer<T>) => void) => void,
    settle: (value: T | undefined) => void,
  ): void => {
    const deadlineMs = agenda.nowMs + timeoutMs
    const { incarnation } = peer
    const asked = source.incarnation
    let settled = false
    let hopeless = false
    let answered = false
    const end = (value: T | undefined): void => {
      // Another process in its place has asked for nothing.
      if (settled || peer.incarnation !== incarnation) return
      settled = true
      settle(value)
    }
    /** Only when no answer can come in time is a timer needed. */
    const giveUp = (): void => {
      if (hopeless) return
      hopeless = true
      agenda.plan(Math.max(0, deadlineMs - agenda.nowMs), () => end(undefined))
    }
    const reply = ({ value, bytes }: Answer<T>): void => {
      if (answered || source.incarnation !== asked || !source.alive) return
      answered = true
      if (swarm.send(source, peer, REQUEST_BYTES + bytes, () => end(value), giveUp) > deadlineMs) giveUp()
    }
    const arrive = (): void => {
      answer(reply)
      // It waits at the source, which may never answer.
      if (!answered) giveUp()
    }
    if (swarm.send(peer, source, REQUEST_BYTES, arrive, giveUp) > deadlineMs) giveUp()
  }
}

export type Request = ReturnType<typeof createRequests>
