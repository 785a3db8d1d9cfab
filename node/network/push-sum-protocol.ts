import type { StreamHandler } from '@libp2p/interface'
import {
  decodePushSumMessage,
  encodePushSumMessage,
  type PushSumMessage,
} from '../../protocols/wire/index.js'
import { createExchanges, type ExchangesDeps } from './exchanges.js'
import { serveFrames, type FrameServerDeps } from './frame-server.js'

/** Small messages between neighbours in a push-sum merge: one way, on a stream that lasts. Nothing is answered. */
export const PUSH_SUM_PROTOCOL = '/murmuration/push-sum/1.0.0'

export interface PushSumClient {
  /** Resolves once the stream takes more. @throws NetworkError or WireError; the message may be lost then. */
  tell(to: string, message: PushSumMessage, signal?: AbortSignal): Promise<void>
  stop(): void
}

export const createPushSumClient = (deps: ExchangesDeps): PushSumClient => {
  const exchanges = createExchanges({ ...deps, protocol: PUSH_SUM_PROTOCOL, encode: encodePushSumMessage })
  return {
    tell: (to, message, caller) =>
      exchanges.run({ from: to, what: 'getting a hearing', signal: caller }, (stream, signal) =>
        stream.send(message, signal),
      ),
    stop: () => exchanges.stop(),
  }
}

/** Hears what members say. */
export const hearPushSum = (
  deps: FrameServerDeps & { readonly onPushSum: (from: string, message: PushSumMessage) => void },
): StreamHandler =>
  serveFrames({ ...deps, requestBytesMax: deps.limits.controlFrameBytesMax }, (frame, peerId) => {
    deps.onPushSum(peerId, decodePushSumMessage(frame))
    return []
  })
