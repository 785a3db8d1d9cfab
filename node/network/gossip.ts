import { TopicValidatorResult } from '@chainsafe/libp2p-gossipsub'
import type { GossipSub, Message, TopicValidatorFn } from '@chainsafe/libp2p-gossipsub'
import type { Limits } from '../../protocols/limits.js'
import {
  decodeHeadsMessage,
  decodeMergeMessages,
  encodeHeadsMessage,
  packMergeMessages,
} from '../../protocols/wire/index.js'
import type { HeadsMessage, MergeMessage } from '../../protocols/wire/index.js'
import type { Admission } from './admission.js'
import type { NetworkHandlers } from './contract.js'
import { asExchangeError } from './errors.js'
import { createPace } from './pace.js'
import type { Tally } from './tally.js'

export interface Topics {
  readonly heads: string
  readonly merge: string
}

export const topicsOf = (runId: string): Topics => ({
  heads: `murmuration/${runId}/heads`,
  merge: `murmuration/${runId}/merge`,
})

export interface Gossip {
  start(): void
  publishHead(message: HeadsMessage): Promise<void>
  publishMerge(message: MergeMessage): Promise<void>
  /** Tells the owner once when an admitted peer listens. */
  check(peerId: string): void
  forget(peerId: string): void
}

export interface GossipDeps {
  readonly pubsub: GossipSub
  readonly topics: Topics
  readonly self: string
  readonly admission: Admission
  readonly handlers: Pick<NetworkHandlers, 'onHeads' | 'onMerge' | 'onSubscribed'>
  readonly limits: Limits
  readonly tally: Tally
  readonly onFault: (peerId: string, code: string, message: string) => void
  readonly nowMs: () => number
}

const { Accept, Ignore, Reject } = TopicValidatorResult

/**
 * Small signed messages to every member. A message is decoded and judged before it is forwarded: what does not decode
 * is rejected, which costs the forwarder its standing; what is late or too frequent is dropped quietly.
 */
export const createGossip = (deps: GossipDeps): Gossip => {
  const { pubsub, topics, self, admission, handlers, tally, onFault } = deps
  const pace = createPace(deps)
  const told = new Set<string>()
  /** What the validator has decoded, for the delivery of the very same object. */
  const decoded = new WeakMap<Message, () => void>()

  const validator =
    <T>(
      decode: (bytes: Uint8Array) => T,
      {
        acceptable,
        deliver,
      }: { acceptable: (from: string, message: T) => boolean; deliver: (from: string, message: T) => void },
    ): TopicValidatorFn =>
    async (forwarder, message) => {
      if (message.type !== 'signed') return Reject
      const from = message.from.toString()
      if (from === self) return Ignore
      const forwarderId = forwarder.toString()
      if (!(await admission.isMemberWhenSettled(forwarderId))) {
        tally.refuse('NOT_ADMITTED')
        return Ignore
      }
      let content: T
      try {
        content = decode(message.data)
      } catch (error) {
        const { code, message: text } = asExchangeError(error, forwarderId)
        onFault(forwarderId, code, text)
        return Reject
      }
      if (!acceptable(from, content)) return Ignore
      decoded.set(message, () => deliver(from, content))
      return Accept
    }

  const publish = async (topic: string, bytes: Uint8Array): Promise<void> => {
    const { recipients } = await pubsub.publish(topic, bytes)
    tally.sent(bytes.byteLength * recipients.length)
  }

  /** Messages for the merge that were said in this turn, to go together; if one cannot, which is a bug, none does. */
  let said: MergeMessage[] = []
  let publishing: Promise<void> | undefined
  const publishSaid = async (): Promise<void> => {
    const messages = said
    said = []
    publishing = undefined
    await Promise.all(packMergeMessages(messages).map((bytes) => publish(topics.merge, bytes)))
  }

  const check = (peerId: string) => {
    if (told.has(peerId) || !admission.isMember(peerId)) return
    if (!pubsub.getSubscribers(topics.heads).some((subscriber) => subscriber.toString() === peerId)) return
    told.add(peerId)
    handlers.onSubscribed?.(peerId)
  }

  return {
    start() {
      pubsub.topicValidators.set(
        topics.heads,
        validator(decodeHeadsMessage, {
          acceptable: (from, message) => pace.accept(from, message),
          deliver: (from, message) => handlers.onHeads(from, message),
        }),
      )
      pubsub.topicValidators.set(
        topics.merge,
        validator(decodeMergeMessages, {
          acceptable: () => true,
          deliver: (from, messages) => messages.forEach((message) => handlers.onMerge(from, message)),
        }),
      )
      pubsub.addEventListener('message', ({ detail: message }) => {
        tally.received(message.data.byteLength)
        decoded.get(message)?.()
      })
      pubsub.addEventListener('subscription-change', ({ detail }) => check(detail.peerId.toString()))
      pubsub.subscribe(topics.heads)
      pubsub.subscribe(topics.merge)
    },
    publishHead: (message) => publish(topics.heads, encodeHeadsMessage(message)),
    publishMerge(message) {
      said.push(message)
      publishing ??= Promise.resolve().then(publishSaid)
      return publishing
    },
    check,
    forget: (peerId) => void told.delete(peerId),
  }
}
