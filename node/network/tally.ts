/** Weights of newest snapshots that went over the network in one codec, in bytes. */
export interface CodecTraffic {
  readonly sent: number
  readonly received: number
  /** What these would have been in plain float32. */
  readonly plainSent: number
  readonly plainReceived: number
}

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
  /** Newest snapshots by codec, without what is around their weights; models and parts of models in a merge are not among them. */
  readonly codecs: Readonly<Record<string, CodecTraffic>>
}

export interface Tally {
  sent(bytes: number): void
  received(bytes: number): void
  refuse(code: string): void
  /** Weights were sent or received in a codec, one of those that this peer has. They are also counted as bytes. */
  weights(
    way: 'sent' | 'received',
    codec: string,
    bytes: { readonly encoded: number; readonly plain: number },
  ): void
  read(): NetworkStats
}

/** Distinct codes that are counted by themselves. Codes are our own, so this is never reached. */
const CODES_MAX = 64

/** Counts what passes through the network layer. */
export const createTally = (): Tally => {
  let bytesSent = 0
  let bytesReceived = 0
  const refused = new Map<string, number>()
  const codecs = new Map<string, CodecTraffic>()
  return {
    sent: (bytes) => void (bytesSent += bytes),
    received: (bytes) => void (bytesReceived += bytes),
    refuse(code) {
      const counted = refused.has(code) || refused.size < CODES_MAX ? code : 'OTHER'
      refused.set(counted, (refused.get(counted) ?? 0) + 1)
    },
    weights(way, codec, { encoded, plain }) {
      const before = codecs.get(codec) ?? { sent: 0, received: 0, plainSent: 0, plainReceived: 0 }
      const { sent, received, plainSent, plainReceived } = before
      const after =
        way === 'sent'
          ? { sent: sent + encoded, plainSent: plainSent + plain }
          : { received: received + encoded, plainReceived: plainReceived + plain }
      codecs.set(codec, { ...before, ...after })
    },
    read: () => ({
      ...{ bytesSent, bytesReceived },
      refused: Object.fromEntries(refused),
      codecs: Object.fromEntries(codecs),
    }),
  }
}
