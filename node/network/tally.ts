export interface NetworkStats {
  /**
   * Bytes of frames handed to streams, and of own gossip times its direct recipients. Counted in this layer: without
   * TLS, yamux, identify, pings, and gossip that is forwarded for others.
   */
  readonly bytesSent: number
  /** Bytes of frames read from streams, and of accepted gossip once per message. */
  readonly bytesReceived: number
  /** Faults of other peers by code. */
  readonly refused: Readonly<Record<string, number>>
}

export interface Tally {
  sent(bytes: number): void
  received(bytes: number): void
  refuse(code: string): void
  read(): NetworkStats
}

/** Distinct codes that are counted by themselves. Codes are our own, so this is never reached. */
const CODES_MAX = 64

/** Counts what passes through the network layer. */
export const createTally = (): Tally => {
  let bytesSent = 0
  let bytesReceived = 0
  const refused = new Map<string, number>()
  return {
    sent: (bytes) => void (bytesSent += bytes),
    received: (bytes) => void (bytesReceived += bytes),
    refuse(code) {
      const counted = refused.has(code) || refused.size < CODES_MAX ? code : 'OTHER'
      refused.set(counted, (refused.get(counted) ?? 0) + 1)
    },
    read: () => ({ bytesSent, bytesReceived, refused: Object.fromEntries(refused) }),
  }
}
